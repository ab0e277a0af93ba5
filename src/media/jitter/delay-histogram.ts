// How late packets have lately been: the worst of each 50 ms, by half milliseconds, forgotten slowly.
//
// The worst of a window counts, not each packet: whatever the packet time, a quantile so says the same
// of time, and a burst that was held up together counts once.

const BUCKETS_PER_MS = 2;
/** Later than this is an outage, for which no buffer is meant. */
const BUCKETS = 200;
const WINDOW_MS = 50;
const HALF_LIFE_MS = 10_000;
/** By so much each window weighs more than the one before: old ones need not be touched. */
const GROWTH = 2 ** (WINDOW_MS / HALF_LIFE_MS);
/** What all windows of an endless time weigh, if the next one weighs 1: some 290. */
const ENDLESS_WEIGHT = 1 / (GROWTH - 1);
/** Then all weights are scaled down: once in half an hour, long before a sum loses precision. */
const MAX_WEIGHT = 2 ** 180;

export class DelayHistogram {
  /** Begins as if all had gone well before: one late packet is one in 290 from the start. */
  readonly #weights = new Float64Array(BUCKETS).fill(ENDLESS_WEIGHT, 0, 1);
  #sum = ENDLESS_WEIGHT;
  #nextWeight = 1;
  #windowFromMs: number | undefined;
  #worstMs = 0;

  /** True if a window has ended, so that quantiles are new. */
  add(delayMs: number, nowMs: number): boolean {
    const hasEnded = this.#windowFromMs !== undefined && nowMs - this.#windowFromMs >= WINDOW_MS;
    if (hasEnded) this.#endWindow();
    this.#windowFromMs ??= nowMs;
    if (delayMs > this.#worstMs) this.#worstMs = delayMs;
    return hasEnded;
  }

  /** What so large a part of the windows did not exceed. */
  quantileMs(quantile: number): number {
    let left = quantile * this.#sum;
    let bucket = -1;
    while (left > 0 && bucket < BUCKETS - 1) left -= this.#weights[++bucket] ?? 0;
    return (bucket + 1) / BUCKETS_PER_MS;
  }

  #endWindow(): void {
    const bucket = Math.min(BUCKETS - 1, Math.floor(this.#worstMs * BUCKETS_PER_MS));
    this.#weights[bucket] = (this.#weights[bucket] ?? 0) + this.#nextWeight;
    this.#sum += this.#nextWeight;
    this.#nextWeight *= GROWTH;
    this.#windowFromMs = undefined;
    this.#worstMs = 0;
    if (this.#nextWeight > MAX_WEIGHT) this.#scaleDown();
  }

  #scaleDown(): void {
    for (let bucket = 0; bucket < BUCKETS; bucket++) {
      this.#weights[bucket] = (this.#weights[bucket] ?? 0) / this.#nextWeight;
    }
    this.#sum /= this.#nextWeight;
    this.#nextWeight = 1;
  }
}
