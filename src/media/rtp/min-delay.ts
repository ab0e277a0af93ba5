// The smallest of the last ten seconds' values: what a packet takes when nothing holds it up.

const BUCKET_MS = 1000;
/** Long enough to meet an undelayed packet, short enough that 100 ppm of drift stay below 1 ms. */
const BUCKETS = 10;

export class MinDelay {
  readonly #minima = new Float64Array(BUCKETS).fill(Infinity);
  /** Number of the second that is being filled. */
  #bucket = 0;
  /** Infinity until something was added. */
  value = Infinity;

  add(delayMs: number, atMs: number): void {
    const bucket = Math.floor(atMs / BUCKET_MS);
    if (bucket > this.#bucket) this.#advance(bucket);
    const at = this.#bucket % BUCKETS;
    if (delayMs < (this.#minima[at] ?? Infinity)) this.#minima[at] = delayMs;
    if (delayMs < this.value) this.value = delayMs;
  }

  reset(): void {
    this.#minima.fill(Infinity);
    this.value = Infinity;
  }

  /** Forgets the seconds that leave the window. */
  #advance(bucket: number): void {
    const from = Math.max(this.#bucket + 1, bucket - BUCKETS + 1);
    for (let each = from; each <= bucket; each++) this.#minima[each % BUCKETS] = Infinity;
    this.#bucket = bucket;
    this.value = Infinity;
    for (const minimum of this.#minima) if (minimum < this.value) this.value = minimum;
  }
}
