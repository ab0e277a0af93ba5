// A connection that comes back by itself: the same rules for pages, phones and the terminal (PRODUCT 3).
//
// Invariants: at most one link is held and at most one timer runs; what an abandoned attempt still
// delivers is closed; no event follows `close`. The states are drawn in connection-state.ts.

import type { Clock, Timer } from '#std/clock.ts';
import { InputError, UnavailableError } from '#std/errors.ts';
import { retryDelayMs, slowDelayMs } from './backoff.ts';
import {
  type ConnectionState,
  describeFailure,
  type Failure,
  NoRetryError,
} from './connection-state.ts';

const CONNECT_TIMEOUT_MS = 3_000;
const PING_INTERVAL_MS = 3_000;
const PING_TIMEOUT_MS = 3_000;

/** What a dial gives: a socket, a peer connection, a poll. */
export interface Link {
  /** Resolves when the other end has shown that it is alive. Without it there are no heartbeats. */
  ping?(signal: AbortSignal): Promise<void>;
  /** Must not throw; is called exactly once. */
  close(reason: string): void;
}

export interface DialContext {
  /** Aborted when the attempt is given up and when the link ends. */
  readonly signal: AbortSignal;
  /** The link, or the attempt, is over (code `lost`). Calls after the first change nothing. */
  lost(reason: string): void;
}

export interface ConnectionOptions<L extends Link> {
  readonly dial: (context: DialContext) => Promise<L>;
  readonly clock: Clock;
  /** 0 to 1. */
  readonly random: () => number;
  /** Retries in a row before giving up. Default: never. */
  readonly maxAttempts?: number;
  readonly connectTimeoutMs?: number;
  readonly pingIntervalMs?: number;
  readonly pingTimeoutMs?: number;
}

type Listener = (state: ConnectionState) => void;

export class Connection<L extends Link> {
  readonly #options: ConnectionOptions<L>;
  readonly #listeners = new Set<Listener>();
  #state: ConnectionState = { kind: 'idle' };
  /** The current attempt and the link it led to; everything older is ignored. */
  #attempt: AbortController | undefined;
  #link: L | undefined;
  #timer: Timer | undefined;
  #pinging = false;
  /** Failures in a row. */
  #failures = 0;

  constructor(options: ConnectionOptions<L>) {
    this.#options = options;
  }

  get state(): ConnectionState {
    return this.#state;
  }

  /** The link, while connected. */
  get link(): L | undefined {
    return this.#link;
  }

  /** Calls `listener` after every change until the returned function is called. */
  subscribe(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Starts; does nothing while it is already at work. */
  connect(): void {
    const { kind } = this.#state;
    if (kind !== 'idle' && kind !== 'closed' && kind !== 'gave-up') return;
    this.#failures = 0;
    this.#dial(null);
  }

  /** Tries now, whatever the state: a connected link is replaced. Not after `close`. */
  retryNow(reason = 'reconnect asked for'): void {
    const { kind } = this.#state;
    if (kind === 'idle' || kind === 'closed' || kind === 'connecting') return;
    if (kind === 'gave-up') this.#failures = 0;
    const failure = 'failure' in this.#state ? this.#state.failure : null;
    if (this.#drop(reason)) this.#dial(failure);
  }

  /** The device is online or visible again: do not wait any longer, and doubt an old link. */
  wake(): void {
    if (this.#state.kind === 'waiting') this.retryNow();
    else if (this.#state.kind === 'connected' && !this.#pinging) this.#ping();
  }

  /** Ends the link and all attempts. Idempotent. */
  close(reason = 'closed'): void {
    if (this.#state.kind === 'closed') return;
    if (this.#drop(reason)) this.#enter({ kind: 'closed', reason });
  }

  #dial(failure: Failure | null): void {
    const attempt = new AbortController();
    this.#attempt = attempt;
    const timeoutMs = this.#options.connectTimeoutMs ?? CONNECT_TIMEOUT_MS;
    this.#schedule(timeoutMs, () => {
      this.#fail(attempt, unavailable('connect_timeout', `No connection within ${timeoutMs} ms.`));
    });
    const context: DialContext = {
      signal: attempt.signal,
      lost: (reason) => this.#fail(attempt, unavailable('lost', reason)),
    };
    this.#enter({ kind: 'connecting', attempt: this.#failures, failure });
    if (this.#attempt === attempt) void this.#settle(attempt, context);
  }

  async #settle(attempt: AbortController, context: DialContext): Promise<void> {
    let link: L;
    try {
      link = await this.#options.dial(context);
    } catch (cause) {
      this.#fail(attempt, cause);
      return;
    }
    if (this.#attempt === attempt) this.#adopt(link);
    else link.close('given up before it was connected');
  }

  #adopt(link: L): void {
    this.#link = link;
    this.#failures = 0;
    this.#schedulePing();
    this.#enter({ kind: 'connected', sinceMs: this.#options.clock.nowMs() });
  }

  #schedulePing(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    if (!this.#link?.ping) return;
    this.#schedule(this.#options.pingIntervalMs ?? PING_INTERVAL_MS, () => this.#ping());
  }

  #ping(): void {
    const attempt = this.#attempt;
    const pong = attempt && this.#link?.ping?.(attempt.signal);
    if (!pong) return;
    this.#pinging = true;
    const timeoutMs = this.#options.pingTimeoutMs ?? PING_TIMEOUT_MS;
    this.#schedule(timeoutMs, () => {
      this.#fail(attempt, unavailable('silent', `No sign of life for ${timeoutMs} ms.`));
    });
    pong.then(
      () => this.#handlePong(attempt),
      (cause: unknown) => this.#fail(attempt, cause),
    );
  }

  #handlePong(attempt: AbortController): void {
    if (this.#attempt !== attempt) return;
    this.#pinging = false;
    this.#schedulePing();
  }

  #fail(attempt: AbortController, cause: unknown): void {
    if (this.#attempt !== attempt) return;
    const failure = describeFailure(cause);
    if (!this.#drop(failure.reason)) return;
    const attempts = this.#failures;
    const exhausted = attempts >= (this.#options.maxAttempts ?? Number.POSITIVE_INFINITY);
    if (exhausted || cause instanceof NoRetryError) {
      this.#enter({ kind: 'gave-up', attempts, failure });
      return;
    }
    this.#failures++;
    this.#wait(failure, cause instanceof InputError);
  }

  #wait(failure: Failure, refused: boolean): void {
    const { clock, random } = this.#options;
    const attempt = this.#failures;
    const delayMs = refused ? slowDelayMs(random) : retryDelayMs(attempt, random);
    this.#schedule(delayMs, () => this.#dial(failure));
    const retryAtMs = clock.nowMs() + delayMs;
    this.#enter({ kind: 'waiting', attempt, delayMs, retryAtMs, failure });
  }

  /** Lets go of attempt, link and timer. False if what that called has changed the state itself. */
  #drop(reason: string): boolean {
    const state = this.#state;
    const attempt = this.#attempt;
    const link = this.#link;
    this.#attempt = undefined;
    this.#link = undefined;
    this.#pinging = false;
    this.#timer?.cancel();
    this.#timer = undefined;
    attempt?.abort(new Error(reason));
    link?.close(reason);
    return this.#state === state;
  }

  #schedule(delayMs: number, fire: () => void): void {
    this.#timer?.cancel();
    this.#timer = this.#options.clock.after(delayMs, fire);
  }

  /** Last step of every transition, because a listener may start the next one. */
  #enter(state: ConnectionState): void {
    this.#state = state;
    for (const listener of [...this.#listeners]) {
      if (this.#state !== state) return;
      listener(state);
    }
  }
}

function unavailable(code: string, message: string): UnavailableError {
  return new UnavailableError(message, { code });
}
