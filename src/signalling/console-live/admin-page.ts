// One open page of an admin: who it is has been said by its handshake, or is said by its first message.

import type { IncomingMessage } from 'node:http';
import { type LiveNews, liveMessage } from '#contract/console-live.ts';
import type { Access } from '#core/access/access.ts';
import type { Log } from '#core/ports/log.ts';
import type { Clock } from '#std/clock.ts';
import { RateLimit } from '#std/rate-limit.ts';
import type { Client } from '../door.ts';
import { errorMessage } from '../error-message.ts';
import { Liveness } from '../liveness.ts';
import { parseMessage } from '../message.ts';
import { refusalOf } from '../secret-refusals.ts';
import type { Wire } from '../wire.ts';
import type { LiveFeed } from './live-feed.ts';

/** There is one thing to say, once. */
const MAX_MESSAGES_PER_SECOND = 10;
/** Who has not said the secret by then is not going to. */
const AUTH_WITHIN_MS = 10_000;
/** RFC 6455 §7.4.1. */
const POLICY_VIOLATION = 1008;
const TRY_AGAIN_LATER = 1013;

export interface ConsoleLiveCounters {
  /** Handshakes that were refused: too many sockets, or a page of another site. */
  refused: number;
  malformed: number;
  wrongSecrets: number;
  /** Sockets that were closed for what they did, or did not say. */
  dismissed: number;
}

interface AdminPageOptions {
  readonly clock: Clock;
  readonly log: Log;
  readonly access: Pick<Access, 'check'>;
  readonly isAdmin: (request: IncomingMessage) => boolean;
  readonly counters: ConsoleLiveCounters;
  readonly feed: LiveFeed;
  readonly wire: Wire<LiveNews>;
  readonly client: Client;
}

/** By its handshake, which may stop to be enough; by the secret; not yet. */
type Login = 'session' | 'secret' | 'none';

export class AdminPage {
  readonly #options: AdminPageOptions;
  readonly #liveness: Liveness;
  readonly #messages = new RateLimit(MAX_MESSAGES_PER_SECOND);
  readonly #openedAtMs: number;
  #login: Login = 'none';
  #isOver = false;

  constructor(options: AdminPageOptions) {
    this.#options = options;
    this.#openedAtMs = options.clock.nowMs();
    this.#liveness = new Liveness(this.#openedAtMs);
    if (options.isAdmin(options.client.request)) this.#admit('session');
  }

  /** Takes one message; undefined is one that is no text. */
  take(text: string | undefined): void {
    const { clock, counters } = this.#options;
    const nowMs = clock.nowMs();
    this.#liveness.hear(nowMs);
    if (this.#isOver) return;
    if (!this.#messages.admits(nowMs)) {
      this.#dismiss('too many messages');
      return;
    }
    try {
      const page = 'docs/reference/sound.md';
      this.#authorize(parseMessage(text, { schema: liveMessage, page }).secret);
    } catch (error) {
      const told = errorMessage(error);
      if (told?.code.startsWith('invalid')) counters.malformed++;
      if (told) this.#options.wire.send(told);
      else this.#fail(error);
    }
  }

  /** The other end has answered a ping. */
  hear(): void {
    this.#liveness.hear(this.#options.clock.nowMs());
  }

  /** Called twice a second. */
  tick(nowMs: number): void {
    const { wire, isAdmin, client } = this.#options;
    if (this.#liveness.isGone(nowMs)) {
      this.close();
      wire.terminate();
    } else if (wire.isTooSlow(nowMs)) this.#dismiss('too slow', TRY_AGAIN_LATER);
    else if (this.#login === 'session' && !isAdmin(client.request)) this.#dismiss('login ended');
    else if (this.#login === 'none' && nowMs - this.#openedAtMs >= AUTH_WITHIN_MS) {
      this.#dismiss('not an admin');
    } else if (this.#liveness.takePing(nowMs)) wire.ping();
  }

  /** Closes the socket. Idempotent. */
  end(code: number, reason: string): void {
    this.close();
    this.#options.wire.close(code, reason);
  }

  /** The socket is gone. Idempotent. */
  close(): void {
    this.#isOver = true;
    this.#options.feed.remove(this.#options.wire);
  }

  /** Wrong ones are counted by address, as those of the HTTP API. */
  #authorize(secret: string): void {
    const { access, counters, client } = this.#options;
    const verdict = access.check(secret, client.address);
    if (verdict !== 'right') {
      counters.wrongSecrets++;
      throw refusalOf(verdict, 'Watching the console');
    }
    this.#admit('secret');
  }

  #admit(login: Login): void {
    const isNew = this.#login === 'none';
    this.#login = login;
    if (isNew) this.#options.feed.add(this.#options.wire);
  }

  #fail(error: unknown): void {
    const { log, client } = this.#options;
    log.error('Console page failed', { remote: client.remote, error: String(error) });
    this.end(1011, 'internal');
  }

  #dismiss(reason: string, code = POLICY_VIOLATION): void {
    const { counters, log, client } = this.#options;
    if (this.#isOver) return;
    counters.dismissed++;
    log.info('Console page sent away', { remote: client.remote, reason });
    this.end(code, reason);
  }
}
