// Where decoded sound belongs on the 48 kHz time line of what goes out.
//
// Output is counted in samples, since receivers want exact steps; the input's timestamps only say
// where something is missing. `ahead` is how far a frame's timestamp lies ahead of that count:
//
//   −500 ms … 40 ms      jitter: goes on without a gap
//   above 40 ms          something is missing: the gap is kept
//   below −500 ms        the sender's clock is wrong: from here on the count is right
//
// A jittery clock moves the count ahead once, to its latest timestamps, and then stays inside.

import { timestampDistance } from '#media/rtp/distance.ts';

export const OPUS_RATE = 48_000;
/** Two packets. Lost frames of AAC last 21 to 128 ms; two lost ones of 21 ms are noticed together. */
const MAX_EARLY_TICKS = 0.04 * OPUS_RATE;
/** What lip sync bears for a moment; sender reports tell receivers of the rest. */
const MAX_LATE_TICKS = 0.5 * OPUS_RATE;

export class SoundTimeline {
  readonly #ticksPerInputTick: number;
  #lastTimestamp: number | undefined;
  /** Of the last timestamp. */
  #inputTicks = 0;
  #countedTicks = 0;
  reanchored = 0;

  constructor(clockRate: number) {
    this.#ticksPerInputTick = OPUS_RATE / clockRate;
  }

  /** Takes the timestamp of the next frame; returns how many ticks of sound are missing before it. */
  arrive(timestamp: number): number {
    const step = timestampDistance(this.#lastTimestamp ?? timestamp, timestamp);
    this.#lastTimestamp = timestamp;
    this.#inputTicks += step * this.#ticksPerInputTick;
    const ahead = this.#inputTicks - this.#countedTicks;
    if (ahead > MAX_EARLY_TICKS) return ahead;
    if (ahead < -MAX_LATE_TICKS) {
      this.#inputTicks = this.#countedTicks;
      this.reanchored++;
    }
    return 0;
  }

  /** Where what comes next begins. */
  get nowTicks(): number {
    return this.#countedTicks;
  }

  /** So much sound went in, or was left out. */
  advance(ticks: number): void {
    this.#countedTicks += ticks;
  }
}
