// The conversation with one listener over its WebSocket: what it says goes to the rules, questions
// for the time are answered here.
//
//            hello                 closed, sent away, gone
//   opening ───────▶ listening ─────────────────────────────▶ over
//      └── no place: closed with 4429 ──────────────────────────▲

import {
  CLOSE_TOO_MANY_LISTENERS,
  type ListenerMessage,
  type ListeningMessage,
  listenerMessage,
} from '#contract/listening.ts';
import { plainAddress } from '#core/console/plain-address.ts';
import type { Log } from '#core/ports/log.ts';
import type { Clock } from '#std/clock.ts';
import { InputError } from '#std/errors.ts';
import { RateLimit } from '#std/rate-limit.ts';
import { TokenBucket } from '#std/token-bucket.ts';
import type { Client } from '../door.ts';
import { errorMessage } from '../error-message.ts';
import { Liveness } from '../liveness.ts';
import { parseMessage } from '../message.ts';
import type { Wire } from '../wire.ts';
import type { ListenerLink, ListenerSession, Listeners } from './listeners.ts';

/** A heartbeat each some seconds and bursts of clock questions are far below. */
const MAX_MESSAGES_PER_SECOND = 100;
/** Who sends so much that makes no sense is not going to send anything else. */
const MAX_MALFORMED = 20;
/** Each is worked out for all 32 channels; a page's sliders may send some at once. */
const CONFIGS = { burst: 10, perSecond: 2 };
/** A client asks some tens of times at its start, then now and then. */
const CLOCK_QUESTIONS = { burst: 60, perSecond: 20 };
/** RFC 6455 §7.4.1. */
const GOING_AWAY = 1001;
const POLICY_VIOLATION = 1008;
const SERVER_FAULT = 1011;
const TRY_AGAIN_LATER = 1013;

const PAGE = 'docs/reference/sound.md';

export interface ListeningCounters {
  /** Handshakes that were refused: too many sockets, or a page of another site. */
  refused: number;
  /** Messages that made no sense. */
  malformed: number;
  /** Questions for the time that were too many. */
  ignored: number;
  /** Sockets that were closed for what they did: too much, too slowly, or only nonsense. */
  dismissed: number;
  /** Sockets whose other end did not answer any more. */
  lost: number;
}

interface ConversationOptions {
  readonly clock: Clock;
  readonly log: Log;
  readonly listeners: Listeners;
  readonly counters: ListeningCounters;
  readonly wire: Wire<ListeningMessage>;
  readonly client: Client;
}

export class Conversation {
  readonly #options: ConversationOptions;
  readonly #liveness: Liveness;
  readonly #messages = new RateLimit(MAX_MESSAGES_PER_SECOND);
  readonly #configs = new TokenBucket(CONFIGS);
  readonly #questions = new TokenBucket(CLOCK_QUESTIONS);
  #malformed = 0;
  #session: ListenerSession | undefined;
  #isOver = false;

  constructor(options: ConversationOptions) {
    this.#options = options;
    this.#liveness = new Liveness(options.clock.nowMs());
    try {
      const session = options.listeners.open(this.#link());
      if (this.#isOver) session.close();
      else this.#session = session;
    } catch (error) {
      this.#refuse(error);
    }
  }

  /** Takes one message; undefined is one that is no text. `receivedAtMs` is wall time. */
  take(text: string | undefined, receivedAtMs: number): void {
    const nowMs = this.#options.clock.nowMs();
    const session = this.#session;
    this.#liveness.hear(nowMs);
    if (!session) return;
    if (!this.#messages.admits(nowMs)) {
      this.#dismiss('too many messages');
      return;
    }
    try {
      const message = this.#read(text);
      if (message.type === 'ntp_request') this.#tellTime(message.t1, receivedAtMs);
      else if (message.type === 'heartbeat') session.heartbeat(message.timestamp);
      else this.#configure(session, message, nowMs);
    } catch (error) {
      this.#say(error);
    }
  }

  /** The other end has answered a ping. */
  hear(): void {
    this.#liveness.hear(this.#options.clock.nowMs());
  }

  /** Called once a second. */
  tick(nowMs: number): void {
    const { wire, counters } = this.#options;
    if (this.#liveness.isGone(nowMs)) {
      counters.lost++;
      this.close();
      wire.terminate();
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
    const session = this.#session;
    this.#session = undefined;
    session?.close();
  }

  #link(): ListenerLink {
    const { client } = this.#options;
    return {
      address: plainAddress(client.address),
      userAgent: client.userAgent ?? null,
      send: (message) => this.#send(message),
      close: (code, reason) => {
        // It knows that this listener is no more.
        this.#session = undefined;
        this.end(code, reason);
      },
    };
  }

  #read(text: string | undefined): ListenerMessage {
    try {
      return parseMessage(text, { schema: listenerMessage, page: PAGE });
    } catch (error) {
      this.#malformed++;
      this.#options.counters.malformed++;
      throw error;
    }
  }

  /** t2 when it came, t3 when the answer goes (RFC 5905 §8). */
  #tellTime(t1: number, t2: number): void {
    const { clock, counters } = this.#options;
    if (this.#questions.admits(clock.nowMs())) {
      this.#send({ type: 'ntp_response', t1, t2, t3: clock.wallMs() });
    } else counters.ignored++;
  }

  #configure(
    session: ListenerSession,
    { payload }: Extract<ListenerMessage, { type: 'client_config' }>,
    nowMs: number,
  ): void {
    if (!this.#configs.admits(nowMs)) {
      const { burst, perSecond } = CONFIGS;
      throw new InputError(
        `This client_config was one too many: ${burst} at once and ${perSecond} a second are taken. Send the last one again in a second.`,
        { code: 'too_many_messages' },
      );
    }
    session.configure(payload);
  }

  /** What cannot be said is not left out: who has missed an event would not know how it stands. */
  #send(message: ListeningMessage): void {
    const { wire } = this.#options;
    if (this.#isOver || wire.send(message)) return;
    if (wire.isChoked) this.#dismiss('too slow', TRY_AGAIN_LATER);
  }

  /** There is no session. */
  #refuse(error: unknown): void {
    const told = errorMessage(error);
    if (told?.code === 'too_many_listeners') this.end(CLOSE_TOO_MANY_LISTENERS, told.message);
    else if (told?.code === 'closing') this.end(GOING_AWAY, told.message);
    else this.#fail(error);
  }

  #say(error: unknown): void {
    const told = errorMessage(error);
    if (!told) this.#fail(error);
    else if (this.#malformed > MAX_MALFORMED) this.#dismiss('too many errors');
    else this.#send(told);
  }

  /** Our own mistake ends this conversation only. */
  #fail(error: unknown): void {
    const { log, client, wire } = this.#options;
    log.error('Listening failed', { remote: client.remote, error: String(error) });
    wire.send({ type: 'error', code: 'internal', message: 'The server has made a mistake.' });
    this.end(SERVER_FAULT, 'internal');
  }

  #dismiss(reason: string, code = POLICY_VIOLATION): void {
    const { counters, log, client } = this.#options;
    counters.dismissed++;
    log.info('Listener sent away', { listener: this.#session?.id, remote: client.remote, reason });
    this.end(code, reason);
  }
}
