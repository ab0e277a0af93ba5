// How long sound is under way inside the server: median and 99th percentile of a second's packets.

const BUCKETS_PER_MS = 10;
/** Longer is all the same: no listener could play it. */
const MAX_DELAY_MS = 500;

export class DelayFigures {
  readonly #buckets = new Uint32Array(MAX_DELAY_MS * BUCKETS_PER_MS);
  #count = 0;

  add(delayMs: number, packets: number): void {
    const last = this.#buckets.length - 1;
    const at = Math.max(0, Math.min(last, Math.round(delayMs * BUCKETS_PER_MS)));
    this.#buckets[at] = (this.#buckets[at] ?? 0) + packets;
    this.#count += packets;
  }

  /** Since the last call; null if there was nothing. */
  take(): { p50Ms: number; p99Ms: number } | null {
    if (this.#count === 0) return null;
    const figures = { p50Ms: this.#quantile(0.5), p99Ms: this.#quantile(0.99) };
    this.#buckets.fill(0);
    this.#count = 0;
    return figures;
  }

  #quantile(part: number): number {
    let left = this.#count * part;
    let at = -1;
    while (left > 0) left -= this.#buckets[++at] ?? left;
    return at / BUCKETS_PER_MS;
  }
}
