// Repairs the timestamps of video. Good ones pass untouched, so that nothing is lost of their
// precision; the others are replaced by the time at which the frame arrived.
//
// One frame that is wrong is put where the time elapsed since the frame before it has led, and shifts
// all that follow. Timestamps that run at the wrong rate are replaced for as long as they do.

import { timestampDistance } from './distance.ts';
import type { TimestampFaults } from './timestamp-repair.ts';
import { WallDrift } from './wall-drift.ts';

/** B-frames lead back by three frames: half a second at six frames a second. */
const MAX_REORDER_MS = 500;

export class VideoTimestamps {
  reordered = false;
  /** Frames may stand before earlier ones; else going back is a fault, however little. */
  mayReorder = true;
  readonly #faults: TimestampFaults;
  readonly #ticksPerMs: number;
  readonly #drift: WallDrift;
  /** As it came, with the last frame. */
  #timestamp = 0;
  /** Added to what comes. */
  #shift = 0;
  /** The highest given out, and when that frame arrived. */
  #newest = 0;
  #newestAtMs: number | undefined;
  /** The next frame comes from another sender than the last one. */
  #isUnrelated = true;
  /** The newest was made up, so nothing can be a B-frame before it. */
  #wasGenerated = false;

  constructor(clockRate: number, faults: TimestampFaults) {
    this.#ticksPerMs = clockRate / 1000;
    this.#faults = faults;
    this.#drift = new WallDrift(clockRate);
  }

  next(timestamp: number, arrivedAtMs: number): number {
    const elapsedMs = arrivedAtMs - (this.#newestAtMs ?? arrivedAtMs);
    const elapsedTicks = Math.max(1, Math.round(elapsedMs * this.#ticksPerMs));
    if (this.#newestAtMs === undefined) this.#newest = (timestamp - elapsedTicks) >>> 0;
    if (this.#isUnrelated) this.#relate(timestamp, elapsedTicks);
    const stepTicks = timestampDistance(this.#timestamp, timestamp);
    this.#timestamp = timestamp;
    this.reordered = false;
    if (!this.#drift.isTrusted) return this.#generate(stepTicks, elapsedTicks, arrivedAtMs);
    const aheadTicks = timestampDistance(this.#newest, timestamp + this.#shift);
    if (this.#isBFrame(aheadTicks, stepTicks)) {
      this.reordered = true;
      return (timestamp + this.#shift) >>> 0;
    }
    const advanceTicks = this.#judge(aheadTicks, stepTicks, elapsedTicks);
    const drift = this.#drift.add(advanceTicks, elapsedTicks, arrivedAtMs);
    if (drift !== 'agrees') this.#faults.reanchored++;
    return this.#advance(advanceTicks, arrivedAtMs);
  }

  restart(): void {
    this.#isUnrelated = true;
  }

  /** The first frame of a sender stands where the time elapsed has led. */
  #relate(timestamp: number, elapsedTicks: number): void {
    this.#shift = (this.#newest + elapsedTicks - timestamp) >>> 0;
    this.#timestamp = (timestamp - elapsedTicks) >>> 0;
    this.#isUnrelated = false;
  }

  #isBFrame(aheadTicks: number, stepTicks: number): boolean {
    if (!this.mayReorder || this.#wasGenerated || stepTicks === 0) return false;
    return aheadTicks < 0 && aheadTicks >= -MAX_REORDER_MS * this.#ticksPerMs;
  }

  /** How far this frame stands after the newest. What can't be is shifted to the time elapsed. */
  #judge(aheadTicks: number, stepTicks: number, elapsedTicks: number): number {
    const isJump = this.#drift.isJump(aheadTicks, elapsedTicks);
    this.#wasGenerated = stepTicks === 0;
    if (aheadTicks > 0 && !isJump) return aheadTicks;
    if (isJump) this.#faults.jumps++;
    else if (stepTicks === 0) this.#faults.stopped++;
    else if (!this.mayReorder || aheadTicks < -MAX_REORDER_MS * this.#ticksPerMs)
      this.#faults.backwards++;
    // Timestamps that stand still may go on where they would be by now: then the shift is right.
    if (stepTicks !== 0) this.#shift = (this.#shift + elapsedTicks - aheadTicks) >>> 0;
    return elapsedTicks;
  }

  /** The clock on the wall counts. */
  #generate(stepTicks: number, elapsedTicks: number, nowMs: number): number {
    if (this.#drift.probe(stepTicks, nowMs)) {
      this.#shift = (this.#newest + elapsedTicks - this.#timestamp) >>> 0;
    }
    return this.#advance(elapsedTicks, nowMs);
  }

  #advance(ticks: number, nowMs: number): number {
    this.#newest = (this.#newest + ticks) >>> 0;
    this.#newestAtMs = nowMs;
    return this.#newest;
  }
}
