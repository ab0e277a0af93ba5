// Whether the other end of a WebSocket is there: its system answers pings (RFC 6455 §5.5.2), also
// while its page sleeps.

const PING_EVERY_MS = 15_000;
/** Two pings unanswered. TCP alone would notice after a quarter of an hour. */
const GONE_AFTER_MS = 30_000;

export class Liveness {
  #heardAtMs: number;
  #pingedAtMs: number;

  constructor(nowMs: number) {
    this.#heardAtMs = nowMs;
    this.#pingedAtMs = nowMs;
  }

  /** A message, or the answer to a ping. */
  hear(nowMs: number): void {
    this.#heardAtMs = nowMs;
  }

  isGone(nowMs: number): boolean {
    return nowMs - this.#heardAtMs >= GONE_AFTER_MS;
  }

  /** True each time a ping is due. */
  takePing(nowMs: number): boolean {
    if (nowMs - this.#pingedAtMs < PING_EVERY_MS) return false;
    this.#pingedAtMs = nowMs;
    return true;
  }
}
