// At most so many events a second, counted second by second.

const WINDOW_MS = 1_000;

export class RateLimit {
  readonly #perSecond: number;
  #windowStartMs = Number.NEGATIVE_INFINITY;
  #events = 0;

  constructor(perSecond: number) {
    this.#perSecond = perSecond;
  }

  /** Counts an event; false if it is one too many. */
  admits(nowMs: number): boolean {
    if (nowMs - this.#windowStartMs >= WINDOW_MS) {
      this.#windowStartMs = nowMs;
      this.#events = 0;
    }
    this.#events++;
    return this.#events <= this.#perSecond;
  }
}
