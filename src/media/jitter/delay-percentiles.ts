// How delays are spread: counts by quarters of a millisecond, from which percentiles are read.

const BUCKETS_PER_MS = 4;
/** Later sound has long been given up; what is beyond counts as this much. */
const MAX_COUNTED_MS = 2_000;

export interface DelaySpread {
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
}

export class DelayPercentiles {
  readonly #counts = new Uint32Array(MAX_COUNTED_MS * BUCKETS_PER_MS + 1);
  #total = 0;
  #maxMs = 0;
  /** What is above it has not been counted since the last reset. */
  #topBucket = 0;

  /** A delay below 0, by clocks that are a little off, counts as 0; what is no number, not at all. */
  add(delayMs: number): void {
    if (Number.isNaN(delayMs)) return;
    const ms = Math.max(0, delayMs);
    const bucket = Math.round(Math.min(ms, MAX_COUNTED_MS) * BUCKETS_PER_MS);
    this.#counts[bucket] = (this.#counts[bucket] ?? 0) + 1;
    this.#total++;
    if (bucket > this.#topBucket) this.#topBucket = bucket;
    if (ms > this.#maxMs) this.#maxMs = ms;
  }

  /** To the nearest quarter of a millisecond, the greatest exactly; null if there was none. */
  read(): DelaySpread | null {
    if (this.#total === 0) return null;
    return {
      p50Ms: this.#quantileMs(0.5),
      p95Ms: this.#quantileMs(0.95),
      p99Ms: this.#quantileMs(0.99),
      maxMs: this.#maxMs,
    };
  }

  reset(): void {
    this.#counts.fill(0, 0, this.#topBucket + 1);
    this.#total = 0;
    this.#maxMs = 0;
    this.#topBucket = 0;
  }

  /** The least delay that so large a part of them did not exceed. */
  #quantileMs(quantile: number): number {
    let left = Math.ceil(quantile * this.#total);
    let bucket = -1;
    while (left > 0 && bucket < this.#topBucket) left -= this.#counts[++bucket] ?? 0;
    return Math.max(0, bucket) / BUCKETS_PER_MS;
  }
}
