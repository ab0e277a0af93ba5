// How often a remote address may be wrong about the secret: ten times at once, then once in 5 s.

const TRIES_AT_ONCE = 10;
const MS_PER_TRY = 5_000;
/** 1 MB. Beyond it, whoever has not tried for the longest time is forgotten. */
const MAX_ADDRESSES = 10_000;

export class WrongTries {
  /** When the address has no try to its account any more; those who tried last stand last. */
  readonly #freeAtMs = new Map<string, number>();

  isBlocked(remote: string, nowMs: number): boolean {
    const freeAtMs = this.#freeAtMs.get(keyOf(remote)) ?? nowMs;
    return freeAtMs - nowMs > (TRIES_AT_ONCE - 1) * MS_PER_TRY;
  }

  count(remote: string, nowMs: number): void {
    const key = keyOf(remote);
    const freeAtMs = Math.max(this.#freeAtMs.get(key) ?? nowMs, nowMs) + MS_PER_TRY;
    this.#freeAtMs.delete(key);
    this.#freeAtMs.set(key, freeAtMs);
    if (this.#freeAtMs.size <= MAX_ADDRESSES) return;
    const [oldest] = this.#freeAtMs.keys();
    if (oldest !== undefined) this.#freeAtMs.delete(oldest);
  }
}

/** Whoever has one IPv6 address has the 2^64 of its network. */
function keyOf(remote: string): string {
  if (!remote.includes(':') || remote.includes('.')) return remote;
  const [head = ''] = remote.split('::', 1);
  return head.split(':').slice(0, 4).join(':');
}
