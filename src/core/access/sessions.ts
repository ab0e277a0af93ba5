// Who is logged in: tokens that end when they were not used for 12 hours. Only their hashes are kept.

import type { Clock } from '#std/clock.ts';
import type { Hash } from './admin-secret.ts';

/** A concert day with a break; whoever opens the page again the next day logs in. */
export const SESSION_IDLE_MS = 12 * 60 * 60_000;
/** 200 KB. Beyond it, the session that was not used for the longest time ends. */
const MAX_SESSIONS = 1_000;
/** The browser's copy of the cookie ends by itself: this often it gets a new one while it is used. */
const RENEW_AFTER_MS = 60 * 60_000;

interface SessionsOptions {
  readonly clock: Clock;
  readonly hash: Hash;
  /** 256 random bits as text. */
  readonly newToken: () => string;
}

interface Session {
  usedAtMs: number;
  renewedAtMs: number;
}

/** `renew`: valid, and the cookie shall be sent again. */
export type SessionVerdict = 'valid' | 'renew' | 'unknown';

export class Sessions {
  readonly #options: SessionsOptions;
  /** By the token's hash: how long a lookup takes tells nothing of a token. Last used, last in line. */
  readonly #sessions = new Map<string, Session>();

  constructor(options: SessionsOptions) {
    this.#options = options;
  }

  /** The token of a new session. Nobody can choose one. */
  open(): string {
    const token = this.#options.newToken();
    const nowMs = this.#options.clock.nowMs();
    this.#sessions.set(this.#keyOf(token), { usedAtMs: nowMs, renewedAtMs: nowMs });
    if (this.#sessions.size > MAX_SESSIONS) {
      const [oldest] = this.#sessions.keys();
      if (oldest !== undefined) this.#sessions.delete(oldest);
    }
    return token;
  }

  use(token: string): SessionVerdict {
    const nowMs = this.#options.clock.nowMs();
    const key = this.#keyOf(token);
    const session = this.#sessions.get(key);
    this.#sessions.delete(key);
    if (!session || nowMs - session.usedAtMs >= SESSION_IDLE_MS) return 'unknown';
    const isDue = nowMs - session.renewedAtMs >= RENEW_AFTER_MS;
    const renewedAtMs = isDue ? nowMs : session.renewedAtMs;
    this.#sessions.set(key, { usedAtMs: nowMs, renewedAtMs });
    return isDue ? 'renew' : 'valid';
  }

  /** Without counting as a use: a page that only looks keeps nobody logged in. */
  has(token: string): boolean {
    const session = this.#sessions.get(this.#keyOf(token));
    return (
      session !== undefined && this.#options.clock.nowMs() - session.usedAtMs < SESSION_IDLE_MS
    );
  }

  /** It need not be there. */
  end(token: string): void {
    this.#sessions.delete(this.#keyOf(token));
  }

  endAll(): void {
    this.#sessions.clear();
  }

  #keyOf(token: string): string {
    return this.#options.hash('SHA-256', token);
  }
}
