// A counter's rate over the last second, from totals sampled once a second.

export class RateMeter {
  #total = 0;
  #sampledAtMs: number | undefined;
  /** Per second; 0 until two samples are there. */
  rate = 0;

  sample(total: number, nowMs: number): void {
    if (this.#sampledAtMs !== undefined && nowMs > this.#sampledAtMs) {
      this.rate = ((total - this.#total) * 1000) / (nowMs - this.#sampledAtMs);
    }
    this.#total = total;
    this.#sampledAtMs = nowMs;
  }
}
