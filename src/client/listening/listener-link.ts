// One session of a listener: the steps until sound comes, then heartbeats and what the server says
// (PRODUCT 2.3).
//
//   opening ──hello──▶ announcing ──answer──▶ configuring ──stream_config──▶ listening
//      │ 4429             │ refused              │ error                       │ closed by the server
//      ▼                  ▼                      ▼                             ▼
//   ───────────────── `open` rejects ─────────────────                       `onEnd`

import type {
  ListenerConfig,
  ListenerEvent,
  ListenerMessage,
  ListeningMessage,
  StreamConfig,
} from '#contract/listening.ts';
import type { Clock, Timer } from '#std/clock.ts';
import { InputError, UnavailableError } from '#std/errors.ts';
import type { ClockSync } from '../clock-sync.ts';
import type { Link } from '../connection.ts';
import type { Socket } from '../signalling-client.ts';
import { ClockQuestions } from './clock-questions.ts';
import { readListeningMessage } from './listening-message.ts';

/** The server sends nothing any more after 30 s without one: five may be lost. */
const HEARTBEAT_PERIOD_MS = 5_000;
/** Refusals that time undoes. The others would be the same again. */
const PASSING = new Set(['session_ended', 'too_many_messages', 'closing', 'internal']);
/** As in the contract, whose schemas a page does not carry. */
const CLOSE_TOO_MANY_LISTENERS = 4429;

export interface ListeningSocketEvents {
  onOpen(): void;
  onMessage(text: string): void;
  /** It failed (code 1006), or the other side closed it. */
  onClose(code: number, reason: string): void;
}

export type OpenListeningSocket = (url: string, events: ListeningSocketEvents) => Socket;

interface ListenerLinkEvents {
  onConfig(config: StreamConfig): void;
  onEvent(event: ListenerEvent): void;
  /** What was said before was refused. */
  onRefusal(code: string, message: string): void;
  /** By no will of ours, after `open` has resolved. Nothing follows. */
  onEnd(code: number, reason: string): void;
}

interface ListenerLinkOptions {
  readonly url: string;
  readonly openSocket: OpenListeningSocket;
  readonly clock: Clock;
  readonly sync: ClockSync;
  readonly wish: ListenerConfig;
  /** Says where the sound is to go. */
  readonly announce: (clientId: string, signal: AbortSignal) => Promise<void>;
  readonly events: ListenerLinkEvents;
}

export class ListenerLink implements Link {
  clientId = '';
  readonly #options: ListenerLinkOptions;
  #socket: Socket | undefined;
  #isOver = false;
  #signal: AbortSignal | undefined;
  #pending: { resolve(): void; reject(cause: Error): void } | undefined;
  #heartbeat: Timer | undefined;
  #questions: ClockQuestions | undefined;

  constructor(options: ListenerLinkOptions) {
    this.#options = options;
  }

  /** Resolves when it is agreed on what comes. Rejects with what the server has against it. */
  open(signal: AbortSignal): Promise<void> {
    this.#signal = signal;
    return new Promise((resolve, reject) => {
      this.#pending = { resolve, reject };
      signal.addEventListener('abort', () => this.close('given up'), { once: true });
      const { url, openSocket } = this.#options;
      this.#socket = openSocket(url, {
        onOpen: () => {},
        onMessage: (text) => this.#take(text),
        onClose: (code, reason) => this.#handleClose(code, reason),
      });
    });
  }

  /** Idempotent; no event follows. */
  close(reason: string): void {
    if (this.#isOver) return;
    this.#stop();
    this.#socket?.close();
    this.#refuse(new UnavailableError(reason, { code: 'lost' }));
  }

  #stop(): void {
    this.#isOver = true;
    this.#heartbeat?.cancel();
    this.#questions?.close();
  }

  #take(text: string): void {
    const receivedAtMs = this.#options.clock.wallMs();
    const message = this.#isOver ? undefined : readListeningMessage(text);
    if (message) this.#handle(message, receivedAtMs);
  }

  #handle(message: ListeningMessage, receivedAtMs: number): void {
    const { events } = this.#options;
    switch (message.type) {
      case 'hello':
        void this.#introduce(message.client_id);
        break;
      case 'stream_config':
        events.onConfig(message.payload);
        this.#settle();
        break;
      case 'event':
        events.onEvent(message.payload);
        break;
      case 'ntp_response':
        this.#questions?.take(message, receivedAtMs);
        break;
      case 'error':
        this.#handleError(message.code, message.message);
    }
  }

  async #introduce(clientId: string): Promise<void> {
    const { announce, wish, clock, sync } = this.#options;
    const signal = this.#signal;
    if (this.clientId !== '' || !signal) return;
    this.clientId = clientId;
    const ask = (t1: number) => this.#send({ type: 'ntp_request', t1 });
    this.#questions = new ClockQuestions({ clock, sync, ask });
    this.#heartbeat = clock.every(HEARTBEAT_PERIOD_MS, () => this.#beat());
    try {
      await announce(clientId, signal);
      this.#send({ type: 'client_config', payload: wish });
    } catch (cause) {
      this.#fail(cause instanceof Error ? cause : new Error(String(cause)));
    }
  }

  #beat(): void {
    const timestamp = new Date(this.#options.clock.wallMs()).toISOString();
    this.#send({ type: 'heartbeat', timestamp });
  }

  #send(message: ListenerMessage): void {
    if (!this.#isOver) this.#socket?.send(JSON.stringify(message));
  }

  #handleError(code: string, message: string): void {
    if (this.#pending) this.#fail(refusal(code, message));
    else this.#options.events.onRefusal(code, message);
  }

  /** Before sound came. */
  #fail(cause: Error): void {
    if (this.#isOver) return;
    this.#stop();
    this.#socket?.close();
    this.#refuse(cause);
  }

  #handleClose(code: number, reason: string): void {
    if (this.#isOver) return;
    this.#stop();
    if (this.#pending) this.#refuse(closeError(code, reason));
    else this.#options.events.onEnd(code, reason);
  }

  #settle(): void {
    this.#pending?.resolve();
    this.#pending = undefined;
  }

  #refuse(cause: Error): void {
    this.#pending?.reject(cause);
    this.#pending = undefined;
  }
}

function refusal(code: string, message: string): Error {
  if (PASSING.has(code)) return new UnavailableError(message, { code });
  return new InputError(message, { code });
}

/** Places get free, so trying again may help. */
function closeError(code: number, reason: string): UnavailableError {
  if (code === CLOSE_TOO_MANY_LISTENERS) {
    return new UnavailableError(reason || 'There are too many listeners.', {
      code: 'too_many_listeners',
    });
  }
  const why = reason === '' ? '' : `: ${reason}`;
  return new UnavailableError(`The server closed the connection (${code}${why}).`, {
    code: 'lost',
  });
}
