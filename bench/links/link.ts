// A bad link: packets come late, out of order, twice, or not at all, as a seed says, and only as many as its
// bandwidth carries.

export interface LinkQuality {
  /** One way. */
  readonly delayMs: number;
  /** Each packet takes up to so much longer: more than the pause between two puts them out of order. */
  readonly jitterMs: number;
  /** 0 to 1. */
  readonly lossRatio: number;
  readonly repeatRatio: number;
  /** All packets together take up to so much longer and less again, in order, within 10 s. Default: 0. */
  readonly swingMs?: number;
  /** Default: whatever comes. */
  readonly bandwidthMbps?: number;
}

interface LinkOptions {
  readonly quality: LinkQuality;
  /** 0 to 1. */
  readonly random: () => number;
}

const SWING_PERIOD_MS = 10_000;
/** As an access point has it. What would wait longer is dropped. */
const MAX_QUEUE_MS = 100;
/** Some seconds of 20 listeners. What comes then is dropped. */
const MAX_UNDER_WAY = 65_536;
const BITS_PER_BYTE = 8;

export class BadLink {
  /** `full`: there was no room for them. */
  readonly counters = { passed: 0, lost: 0, repeated: 0, overtaken: 0, full: 0 };
  quality: LinkQuality;
  readonly #random: () => number;
  readonly #timers = new Set<NodeJS.Timeout>();
  readonly #startedMs = performance.now();
  #latestDueMs = 0;
  /** When all that is queued will have been sent. */
  #busyUntilMs = 0;

  constructor({ quality, random }: LinkOptions) {
    this.quality = quality;
    this.#random = random;
  }

  /** Calls `send` when the packet arrives: never, once, or twice. */
  pass(sizeBytes: number, send: () => void): void {
    const { lossRatio, repeatRatio } = this.quality;
    const queuedMs = this.#queue(sizeBytes);
    if (queuedMs === undefined || this.#timers.size >= MAX_UNDER_WAY) {
      this.counters.full++;
    } else if (this.#random() < lossRatio) {
      this.counters.lost++;
    } else {
      this.counters.passed++;
      this.#sendLater(queuedMs, send);
      if (this.#random() >= repeatRatio) return;
      this.counters.repeated++;
      this.#sendLater(queuedMs, send);
    }
  }

  close(): void {
    for (const timer of this.#timers) clearTimeout(timer);
  }

  /** How long until the link has sent it; undefined: it has no room for it. */
  #queue(sizeBytes: number): number | undefined {
    const { bandwidthMbps } = this.quality;
    if (bandwidthMbps === undefined) return 0;
    const nowMs = performance.now();
    const startMs = Math.max(nowMs, this.#busyUntilMs);
    if (startMs - nowMs > MAX_QUEUE_MS) return undefined;
    this.#busyUntilMs = startMs + (sizeBytes * BITS_PER_BYTE) / (bandwidthMbps * 1_000);
    return this.#busyUntilMs - nowMs;
  }

  #sendLater(queuedMs: number, send: () => void): void {
    const { delayMs, jitterMs } = this.quality;
    const nowMs = performance.now();
    const waitMs = queuedMs + delayMs + this.#swing(nowMs) + this.#random() * jitterMs;
    const dueMs = nowMs + waitMs;
    if (dueMs < this.#latestDueMs) this.counters.overtaken++;
    this.#latestDueMs = Math.max(this.#latestDueMs, dueMs);
    if (waitMs <= 0) {
      send();
      return;
    }
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      send();
    }, waitMs);
    this.#timers.add(timer);
  }

  #swing(nowMs: number): number {
    const { swingMs = 0 } = this.quality;
    const turns = (nowMs - this.#startedMs) / SWING_PERIOD_MS;
    return (swingMs * (1 - Math.cos(2 * Math.PI * turns))) / 2;
  }
}
