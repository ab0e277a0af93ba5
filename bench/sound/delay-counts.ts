// How many packets had which delay, in quarters of a millisecond: counts of several processes can be added.

const BUCKETS_PER_MS = 4;
/** Later is all the same. */
const MAX_MS = 10_000;

/** What goes from process to process: bucket → count. */
export type CountsMessage = readonly (readonly [bucket: number, count: number])[];

export class DelayCounts {
  readonly #counts = new Map<number, number>();
  #total = 0;

  add(delayMs: number): void {
    const bucket = Math.round(Math.min(MAX_MS, Math.max(0, delayMs)) * BUCKETS_PER_MS);
    this.#addMany(bucket, 1);
  }

  merge(message: CountsMessage): void {
    for (const [bucket, count] of message) this.#addMany(bucket, count);
  }

  /** All of them; it is empty then. */
  take(): CountsMessage {
    const message = [...this.#counts];
    this.#counts.clear();
    this.#total = 0;
    return message;
  }

  /** The least delay that so large a part did not exceed; NaN if there was none. */
  quantileMs(quantile: number): number {
    let left = Math.max(1, Math.ceil(quantile * this.#total));
    for (const [bucket, count] of [...this.#counts].toSorted(([one], [other]) => one - other)) {
      left -= count;
      if (left <= 0) return bucket / BUCKETS_PER_MS;
    }
    return Number.NaN;
  }

  #addMany(bucket: number, count: number): void {
    this.#counts.set(bucket, (this.#counts.get(bucket) ?? 0) + count);
    this.#total += count;
  }
}
