// What goes out over one WebSocket, and what happens when the other side does not take it.
//
//   flowing ──more than 1 MiB waits──▶ choked: nothing is sent ──all taken──▶ flowing, `onFreed`
//                                         └──for 10 s──▶ the socket is closed

import type { WebSocket } from 'ws';
import type { Clock } from '#std/clock.ts';

/** 2 s at 4 Mb/s: what is older is no longer live. A key frame that is larger still goes whole. */
const MAX_WAITING_BYTES = 1024 * 1024;
/** Who takes nothing for so long is not there. */
const MAX_CHOKED_MS = 10_000;
/** RFC 6455 §5.5: a control frame has 125 bytes, and 2 of them are the code. */
const MAX_REASON_BYTES = 123;

/** `Message` is what may be said over it. */
export class Wire<Message> {
  readonly #socket: WebSocket;
  readonly #clock: Clock;
  #chokedAtMs: number | undefined;
  /** All that waited has been taken, and something was not sent since. */
  onFreed: () => void = () => {};
  readonly #handleWritten = (): void => {
    if (this.#chokedAtMs === undefined || this.#socket.bufferedAmount > 0) return;
    this.#chokedAtMs = undefined;
    this.onFreed();
  };

  constructor(socket: WebSocket, clock: Clock) {
    this.#socket = socket;
    this.#clock = clock;
  }

  /** What is said while it is choked is not sent, and false: news of that moment are old by then. */
  send(message: Message): boolean {
    return this.sendText(JSON.stringify(message));
  }

  /** The text of a message, for what is told to many. */
  sendText(text: string): boolean {
    if (!this.#hasRoom()) return false;
    this.#socket.send(text, this.#handleWritten);
    return true;
  }

  /** False if there was no room for it. The bytes must not change any more. */
  sendBytes(bytes: Uint8Array): boolean {
    if (!this.#hasRoom()) return false;
    this.#socket.send(bytes, this.#handleWritten);
    return true;
  }

  get isChoked(): boolean {
    return this.#chokedAtMs !== undefined;
  }

  isTooSlow(nowMs: number): boolean {
    return this.#chokedAtMs !== undefined && nowMs - this.#chokedAtMs >= MAX_CHOKED_MS;
  }

  ping(): void {
    if (this.#hasRoom()) this.#socket.ping();
  }

  /** RFC 6455 §7.4: 1008 policy, 1013 try again later. A long reason is cut. Idempotent. */
  close(code: number, reason: string): void {
    this.#socket.close(code, cutToBytes(reason, MAX_REASON_BYTES));
  }

  /** At once, without a word: nobody is there to hear it. */
  terminate(): void {
    this.#socket.terminate();
  }

  #hasRoom(): boolean {
    if (this.#socket.readyState !== this.#socket.OPEN) return false;
    if (this.#chokedAtMs === undefined && this.#socket.bufferedAmount > MAX_WAITING_BYTES) {
      this.#chokedAtMs = this.#clock.nowMs();
    }
    return this.#chokedAtMs === undefined;
  }
}

/** Between characters, as a reason must be UTF-8. */
function cutToBytes(text: string, maxBytes: number): string {
  const { read } = new TextEncoder().encodeInto(text, new Uint8Array(maxBytes));
  return text.slice(0, read);
}
