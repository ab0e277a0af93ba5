// When a packet's medium was captured, on the receiver's clock, from timestamps and sender reports.
//
// Alone, a track has its timestamps and the times at which they arrived. The network adds delay and
// never takes any away, so the packet that took least tells how far the two clocks are apart:
//
//   capturedAtMs = timestampMs + offsetMs,   offsetMs = min over 10 s of (arrivedAtMs − timestampMs)
//
// What the fastest packet took is not known and counts as nothing. That is harmless for one track,
// but two tracks may take differently long before they are sent: encoders of sound collect. Sender
// reports (RFC 3550 §6.4.1) tell the camera's own clock for a timestamp, the same for all its tracks:
//
//   ntpMs = timestampMs + senderMs            from a track's sender report
//   delayMs = offsetMs − senderMs             the track's least arrival time minus the camera's clock
//   capturedAtMs = ntpMs + min over the tracks of delayMs
//
// An example: picture and sound are captured at camera time 1000 with timestamps 0; the picture
// arrives at 5010, the sound at 5130. Picture: offset 5010, sender 1000, delay 4010. Sound: offset
// 5130, sender 1000, delay 4130. Both were captured at 1000 + 4010 = 5010. By arrival alone the
// sound would be dated 120 ms too late, and seen as much out of step with the lips.
//
// Only differences count, so a camera whose clock was never set will do. One that lies is noticed:
// its tracks seem seconds apart, or a report contradicts the one before. Then arrival counts alone,
// and so it does where timestamps jump, stand still or run at the wrong rate.

import type { SenderReport } from '#media/rtcp/report.ts';
import { timestampDistance } from './distance.ts';
import { MinDelay } from './min-delay.ts';
import { WallDrift } from './wall-drift.ts';

/** Video, sound and something to spare; further tracks are dated alone. */
const MAX_TRACKS = 8;
/** Tracks of one camera don't leave it further apart; then its reports are wrong. */
const MAX_SKEW_MS = 2000;
/** Cameras stamp reports a frame or two off; a step beyond this is another clock. */
const MAX_REPORT_STEP_MS = 500;
/** How much of such an error a new report brings in. */
const REPORT_GAIN = 0.25;
/** A track that was not heard for so long says nothing about the others: its clock has drifted on. */
const SILENT_AFTER_MS = 10_000;
/** Timestamps that are further off than any network delays have jumped: they are anchored anew. */
const MAX_DELAY_MS = 5000;
/** Further back than B-frames and late packets lead. */
const MAX_STEP_BACK_MS = 500;
/** Timestamps stand still for longer than the largest frame takes to arrive. */
const MAX_STANDSTILL_MS = 1000;

type CameraTime = Pick<SenderReport, 'ntpSeconds' | 'ntpFraction' | 'rtpTimestamp'>;

/** The clocks of one source's tracks. */
export class CaptureClocks {
  readonly #clocks: CaptureClock[] = [];

  add(clockRate: number): CaptureClock {
    if (this.#clocks.length >= MAX_TRACKS) return new CaptureClock(clockRate, new CaptureClocks());
    const clock = new CaptureClock(clockRate, this);
    this.#clocks.push(clock);
    return clock;
  }

  /** The least delay of the tracks that are heard, or undefined while it can't be told. */
  commonDelayMs(nowMs: number): number | undefined {
    let least = Infinity;
    let most = -Infinity;
    let tracks = 0;
    for (const clock of this.#clocks) {
      if (nowMs - clock.heardAtMs > SILENT_AFTER_MS) continue;
      const delayMs = clock.delayMs;
      if (delayMs === undefined) return undefined;
      if (delayMs < least) least = delayMs;
      if (delayMs > most) most = delayMs;
      tracks++;
    }
    return tracks > 1 && most - least <= MAX_SKEW_MS ? least : undefined;
  }
}

export class CaptureClock {
  readonly #ticksPerMs: number;
  readonly #clocks: CaptureClocks;
  readonly #offset = new MinDelay();
  readonly #drift: WallDrift;
  /** Timestamps without their wraps: the newest one. */
  #ticks = 0;
  #timestamp = 0;
  /** When that one came first. */
  #steppedAtMs = 0;
  /** Camera time minus timestamp, as the sender reports have it. */
  #senderMs: number | undefined;
  #capturedAtMs = -Infinity;
  heardAtMs = -Infinity;

  constructor(clockRate: number, clocks: CaptureClocks) {
    this.#ticksPerMs = clockRate / 1000;
    this.#clocks = clocks;
    this.#drift = new WallDrift(clockRate);
  }

  /** Least arrival time minus camera time, if the camera has told its time. */
  get delayMs(): number | undefined {
    return this.#senderMs === undefined ? undefined : this.#offset.value - this.#senderMs;
  }

  /** Never later than the arrival, and never earlier than what this track was given before. */
  capture(timestamp: number, arrivedAtMs: number): number {
    const timestampMs = this.#follow(timestamp, arrivedAtMs);
    this.heardAtMs = arrivedAtMs;
    const commonMs = this.#clocks.commonDelayMs(arrivedAtMs);
    const offsetMs =
      commonMs === undefined || this.#senderMs === undefined
        ? this.#offset.value
        : this.#senderMs + commonMs;
    // By the size of NTP times the sum may be off in its last digit.
    const capturedAtMs = Math.min(timestampMs + offsetMs, arrivedAtMs);
    if (capturedAtMs > this.#capturedAtMs) this.#capturedAtMs = capturedAtMs;
    return this.#capturedAtMs;
  }

  takeSenderReport(report: CameraTime): void {
    // Some cameras report without knowing any time.
    if (report.ntpSeconds === 0) return;
    // Before the first packet there is nothing to relate to.
    if (this.#offset.value === Infinity) this.#timestamp = report.rtpTimestamp;
    const ticks = this.#ticks + timestampDistance(this.#timestamp, report.rtpTimestamp);
    const ntpMs = report.ntpSeconds * 1000 + (report.ntpFraction * 1000) / 2 ** 32;
    const senderMs = ntpMs - ticks / this.#ticksPerMs;
    const step = senderMs - (this.#senderMs ?? senderMs);
    // A step either way is a doubt; the report after it settles the matter.
    if (Math.abs(step) > MAX_REPORT_STEP_MS) this.#senderMs = undefined;
    else this.#senderMs = senderMs - step * (1 - REPORT_GAIN);
  }

  /** Another sender: nothing known about the timestamps holds. */
  restart(): void {
    this.#anchor();
    this.#drift.reset();
  }

  /** The timestamp in ms without wraps, with the filter brought up to date. */
  #follow(timestamp: number, arrivedAtMs: number): number {
    const step = timestampDistance(this.#timestamp, timestamp);
    const isFirst = this.#offset.value === Infinity;
    this.#timestamp = timestamp;
    this.#ticks += step;
    if (isFirst || step !== 0) this.#steppedAtMs = arrivedAtMs;
    const timestampMs = this.#ticks / this.#ticksPerMs;
    const delayMs = arrivedAtMs - timestampMs;
    if (!isFirst && this.#isWrong(step, delayMs, arrivedAtMs)) this.#anchor();
    this.#offset.add(delayMs, arrivedAtMs);
    return timestampMs;
  }

  /** From here on, what arrives now was captured now. */
  #anchor(): void {
    this.#offset.reset();
    this.#senderMs = undefined;
  }

  #isWrong(step: number, delayMs: number, nowMs: number): boolean {
    const stepsBack = step < -MAX_STEP_BACK_MS * this.#ticksPerMs;
    const standsStill = nowMs - this.#steppedAtMs > MAX_STANDSTILL_MS;
    const isFarOff = Math.abs(delayMs - this.#offset.value) > MAX_DELAY_MS;
    if (!stepsBack && !standsStill && !isFarOff) return !this.#keepsUp(step, nowMs);
    this.#drift.reset();
    return true;
  }

  #keepsUp(step: number, nowMs: number): boolean {
    if (!this.#drift.isTrusted) return this.#drift.probe(step, nowMs);
    const elapsedTicks = (nowMs - this.heardAtMs) * this.#ticksPerMs;
    return this.#drift.add(step, elapsedTicks, nowMs) !== 'wrong-rate';
  }
}
