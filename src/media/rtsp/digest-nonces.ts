// The nonces that one server connection has given out, each good for a while and in counting order.

interface Issued {
  readonly untilMs: number;
  count: number;
}

type NonceVerdict =
  | 'good'
  /** Ours once, but too old: ask again with `stale=true`. */
  | 'stale'
  /** Not ours, or used before. */
  | 'bad';

/** Several requests may be on their way with older ones. */
const MAX_NONCES = 8;
/** A captured answer is of no use after that; clients keep sessions alive each 30 s or so. */
const NONCE_LIFE_MS = 5 * 60_000;

export class DigestNonces {
  readonly #random: () => string;
  readonly #issued = new Map<string, Issued>();

  /** `random` gives at least 128 bits as text. Nonces are not shared between connections. */
  constructor(random: () => string) {
    this.#random = random;
  }

  issue(nowMs: number): string {
    const [oldest] = this.#issued.keys();
    if (oldest !== undefined && this.#issued.size >= MAX_NONCES) this.#issued.delete(oldest);
    const nonce = this.#random();
    this.#issued.set(nonce, { untilMs: nowMs + NONCE_LIFE_MS, count: 0 });
    return nonce;
  }

  /** Call it when the answer itself is right: it remembers the count. */
  use(nonce: string, count: number | undefined, nowMs: number): NonceVerdict {
    const issued = this.#issued.get(nonce);
    if (!issued) return 'bad';
    if (nowMs >= issued.untilMs) return 'stale';
    if (count === undefined) return 'good';
    if (count <= issued.count) return 'bad';
    issued.count = count;
    return 'good';
  }
}
