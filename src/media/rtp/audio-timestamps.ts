// Repairs the timestamps of sound by counting: each packet stands where the one before it ends.
//
// Cameras' steps are inexact, 953 or 964 ticks where a packet lasts 960, and browsers conceal each
// such gap and overlap audibly. What came tells only how many packets are missing in between.

import { timestampDistance } from './distance.ts';
import type { TimestampFaults } from './timestamp-repair.ts';
import { WallDrift } from './wall-drift.ts';

/** Sound this far from its picture is noticed; a count that is further off is wrong itself. */
const MAX_DRIFT_MS = 500;
/** No packets for this long, and timestamps that tell nothing: sound is missing. */
const MIN_SILENCE_MS = 500;

export class AudioTimestamps {
  /** Sound is never sent out of order. */
  readonly reordered = false;
  mayReorder = false;
  readonly #faults: TimestampFaults;
  readonly #ticksPerMs: number;
  readonly #drift: WallDrift;
  /** As it came, with the last packet, and how long that lasts. */
  #timestamp = 0;
  #durationTicks = 0;
  #newest = 0;
  #newestAtMs: number | undefined;
  /** How far what comes has parted from what is counted. */
  #partedTicks = 0;
  #isUnrelated = false;

  constructor(clockRate: number, faults: TimestampFaults) {
    this.#ticksPerMs = clockRate / 1000;
    this.#faults = faults;
    this.#drift = new WallDrift(clockRate);
  }

  next(timestamp: number, arrivedAtMs: number, durationTicks: number): number {
    if (this.#newestAtMs === undefined) this.#newest = timestamp;
    else this.#advance(timestamp, arrivedAtMs, arrivedAtMs - this.#newestAtMs);
    this.#isUnrelated = false;
    this.#timestamp = timestamp;
    this.#newestAtMs = arrivedAtMs;
    this.#durationTicks = durationTicks;
    return this.#newest;
  }

  restart(): void {
    this.#isUnrelated = true;
  }

  #advance(timestamp: number, nowMs: number, elapsedMs: number): void {
    const elapsedTicks = elapsedMs * this.#ticksPerMs;
    const stepTicks = timestampDistance(this.#timestamp, timestamp);
    const advanceTicks = this.#isUnrelated
      ? this.#byClock(elapsedMs)
      : this.#judge(stepTicks, elapsedMs);
    this.#newest = (this.#newest + advanceTicks) >>> 0;
    if (this.#drift.add(advanceTicks, elapsedTicks, nowMs) === 'agrees') return;
    this.#faults.reanchored++;
    // Even at the wrong rate: a clock that ticks in ms would break up the sound.
    this.#drift.reset();
  }

  /** How far this packet stands after the last one. */
  #judge(stepTicks: number, elapsedMs: number): number {
    const isJump = this.#drift.isJump(stepTicks, elapsedMs * this.#ticksPerMs);
    const packets = this.#durationTicks > 0 ? Math.round(stepTicks / this.#durationTicks) : 0;
    if (!isJump && packets > 0) return this.#count(packets, stepTicks);
    if (!isJump && this.#durationTicks === 0 && stepTicks > 0) return stepTicks;
    if (isJump) this.#faults.jumps++;
    else if (stepTicks === 0) this.#faults.stopped++;
    else this.#faults.backwards++;
    return this.#byClock(elapsedMs);
  }

  /** The last packet and those that are missing after it, all as long as the last one. */
  #count(packets: number, stepTicks: number): number {
    const counted = packets * this.#durationTicks;
    this.#partedTicks += stepTicks - counted;
    if (Math.abs(this.#partedTicks) <= MAX_DRIFT_MS * this.#ticksPerMs) return counted;
    // What was counted too far can't be taken back: it is taken for right now.
    const missingTicks = Math.max(this.#partedTicks, 0);
    this.#partedTicks = 0;
    this.#faults.reanchored++;
    return counted + missingTicks;
  }

  /** The timestamp tells nothing: this packet follows the last one, unless there was a pause. */
  #byClock(elapsedMs: number): number {
    const elapsedTicks = elapsedMs > MIN_SILENCE_MS ? elapsedMs * this.#ticksPerMs : 0;
    return Math.max(1, this.#durationTicks, Math.round(elapsedTicks));
  }
}
