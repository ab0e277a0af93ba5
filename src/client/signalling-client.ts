// The viewer's end of `WS /ws/{streamId}`: one request at a time, and the news in between.
//
//   opened ──offer, mse──▶ asking ──answer, mse──▶ watching ──event ended──▶ over: `onEnd`
//                             └──error──▶ the request is refused
//   the socket closes, whenever ─────────────────────────────────────────────▶ over: `onEnd`

import type { ClientMessage, ServerMessage } from '#contract/signalling.ts';
import type { Clock, Timer } from '#std/clock.ts';
import { InputError, NotFoundError, UnavailableError } from '#std/errors.ts';
import { readServerMessage } from './signalling-message.ts';

/** A handshake is two round trips; a server that is silent for longer has gone. */
const OPEN_WITHIN_MS = 3_000;
/** The server itself gives a camera 8 s to start, and a conversion 6 s. */
const ANSWER_WITHIN_MS = 16_000;

/** Refusals that time may undo. The others would be the same again. */
const PASSING = new Set([
  'request_timeout',
  'too_many_attempts',
  'too_many_viewers',
  'too_many_trials',
  'too_many_listeners',
  'too_many_logins',
  'too_many_messages',
  'console_unreachable',
  'stream_not_ready',
  'unavailable',
  'closing',
  'internal',
]);

/** The little of a WebSocket that a client needs, so that it runs in any runtime and in tests. */
export interface Socket {
  send(text: string): void;
  /** No event follows. */
  close(): void;
}

export interface SocketEvents {
  onOpen(): void;
  onMessage(data: string | Uint8Array): void;
  /** It failed, or the other side closed it. */
  onClose(): void;
}

export type OpenSocket = (url: string, events: SocketEvents) => Socket;

export type StreamNews = Extract<ServerMessage, { event: 'stream' }>;
export type ViewerStats = Extract<ServerMessage, { type: 'stats' }>;
type Answer = Extract<ServerMessage, { type: 'answer' }>;

interface SignallingEvents {
  /** MP4 of this type follows. */
  onMse?(mime: string): void;
  onBytes?(bytes: Uint8Array): void;
  onStream(news: StreamNews): void;
  onStats(stats: ViewerStats): void;
  /** The session or the socket is over, by no will of ours. Nothing follows. */
  onEnd(reason: string): void;
}

export interface SignallingOptions {
  /** `ws://…/ws/{streamId}` */
  readonly url: string;
  readonly openSocket: OpenSocket;
  readonly clock: Clock;
  /** For servers whose streams not everybody may watch. */
  readonly secret: string | null;
  readonly events: SignallingEvents;
}

type Ask = Extract<ClientMessage, { type: 'offer' | 'mse' }>;

interface Pending {
  readonly resolve: (message: ServerMessage | undefined) => void;
  readonly reject: (cause: Error) => void;
  readonly timer: Timer;
}

export class SignallingClient {
  readonly #options: SignallingOptions;
  #socket: Socket | undefined;
  #isOpen = false;
  #isOver = false;
  #heard = false;
  #pending: Pending | undefined;
  #pongs: (() => void)[] = [];

  constructor(options: SignallingOptions) {
    this.#options = options;
  }

  /** Rejects with `no_socket` where WebSockets do not get through, else `connect_timeout`. */
  async open(): Promise<void> {
    await this.#wait(OPEN_WITHIN_MS, () => {
      const { url, openSocket, secret } = this.#options;
      this.#socket = openSocket(url, {
        onOpen: () => this.#handleOpen(secret),
        onMessage: (data) => this.#take(data),
        onClose: () => this.#handleClose(),
      });
    });
  }

  /** Rejects with what the server has against it. */
  async offer(sdp: string): Promise<Answer> {
    return (await this.#ask({ type: 'offer', sdp })) as Answer;
  }

  /** The MP4's type; `onMse` and its bytes follow. */
  async startMse(codecs: Extract<Ask, { type: 'mse' }>['codecs']): Promise<void> {
    await this.#ask({ type: 'mse', codecs });
  }

  /** Empty: there are no more. */
  sendCandidate(candidate: string): void {
    this.#send({ type: 'candidate', candidate });
  }

  sendQuality(wish: Omit<Extract<ClientMessage, { type: 'quality' }>, 'type'>): void {
    this.#send({ type: 'quality', ...wish });
  }

  /** Resolves when the server answers. */
  ping(): Promise<void> {
    this.#send({ type: 'ping' });
    return new Promise((resolve) => this.#pongs.push(resolve));
  }

  /** Ends the session with the socket. Idempotent; no event follows. */
  close(): void {
    this.#isOver = true;
    this.#pending?.timer.cancel();
    this.#pending?.reject(new UnavailableError('given up', { code: 'lost' }));
    this.#pending = undefined;
    this.#socket?.close();
  }

  #ask(ask: Ask): Promise<ServerMessage | undefined> {
    return this.#wait(ANSWER_WITHIN_MS, () => this.#send(ask));
  }

  #wait(withinMs: number, begin: () => void): Promise<ServerMessage | undefined> {
    return new Promise((resolve, reject) => {
      const timer = this.#options.clock.after(withinMs, () => {
        this.#refuse(
          new UnavailableError('The server does not answer.', { code: 'connect_timeout' }),
        );
      });
      this.#pending = { resolve, reject, timer };
      begin();
    });
  }

  #settle(message?: ServerMessage): void {
    const pending = this.#pending;
    this.#pending = undefined;
    pending?.timer.cancel();
    pending?.resolve(message);
  }

  #refuse(cause: Error): void {
    const pending = this.#pending;
    this.#pending = undefined;
    pending?.timer.cancel();
    pending?.reject(cause);
  }

  #send(message: ClientMessage): void {
    if (this.#isOpen && !this.#isOver) this.#socket?.send(JSON.stringify(message));
  }

  #handleOpen(secret: string | null): void {
    this.#isOpen = true;
    if (secret !== null) this.#send({ type: 'auth', secret });
    this.#settle();
  }

  #handleClose(): void {
    const reason = 'The server closed the connection.';
    const code = this.#heard ? 'lost' : 'no_socket';
    if (this.#pending) this.#refuse(new UnavailableError(reason, { code }));
    else this.#end(reason);
  }

  #end(reason: string): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#options.events.onEnd(reason);
  }

  #take(data: string | Uint8Array): void {
    this.#heard = true;
    if (this.#isOver) return;
    if (typeof data !== 'string') this.#options.events.onBytes?.(data);
    else this.#handle(readServerMessage(data));
  }

  #handle(message: ServerMessage | undefined): void {
    const { events } = this.#options;
    switch (message?.type) {
      case 'answer':
        this.#settle(message);
        break;
      case 'mse':
        events.onMse?.(message.mime);
        this.#settle(message);
        break;
      case 'error':
        this.#refuse(refusal(message.code, message.message));
        break;
      case 'stats':
        events.onStats(message);
        break;
      case 'event':
        this.#handleEvent(message);
        break;
      case 'ping':
        this.#send({ type: 'pong' });
        break;
      case 'pong':
        for (const resolve of this.#pongs.splice(0)) resolve();
    }
  }

  #handleEvent(message: Extract<ServerMessage, { type: 'event' }>): void {
    if (message.event === 'stream') this.#options.events.onStream(message);
    if (message.event === 'ended') this.#end(message.reason);
  }
}

/** As for the answers of the HTTP API. */
function refusal(code: string, message: string): Error {
  if (code.endsWith('not_found')) return new NotFoundError(message, { code });
  if (PASSING.has(code)) return new UnavailableError(message, { code });
  return new InputError(message, { code });
}
