// What goes out over one WebSocket, and what happens when the other side does not take it.
//
//   flowing ──more than 1 MiB waits──▶ choked: nothing is sent ──all taken──▶ flowing, `onFreed`
//                                         └──for 10 s──▶ the socket is closed

import type { WebSocket } from 'ws';
import type { ServerMessage } from '#contract/signalling.ts';
import type { Clock } from '#std/clock.ts';

/** 2 s at 4 Mb/s: what is older is no longer live. A key frame that is larger still goes whole. */
const MAX_WAITING_BYTES = 1024 * 1024;
/** Who takes nothing for so long is not there. */
const MAX_CHOKED_MS = 10_000;

export class Wire {
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

  /** What is said while it is choked is not sent: news of that moment are old by then. */
  send(message: ServerMessage): void {
    if (this.#hasRoom()) this.#socket.send(JSON.stringify(message), this.#handleWritten);
  }

  /** False if there was no room for it. The bytes must not change any more. */
  sendBytes(bytes: Uint8Array): boolean {
    if (!this.#hasRoom()) return false;
    this.#socket.send(bytes, this.#handleWritten);
    return true;
  }

  isTooSlow(nowMs: number): boolean {
    return this.#chokedAtMs !== undefined && nowMs - this.#chokedAtMs >= MAX_CHOKED_MS;
  }

  /** RFC 6455 §7.4: 1008 policy, 1013 try again later. Idempotent. */
  close(code: number, reason: string): void {
    this.#socket.close(code, reason);
  }

  #hasRoom(): boolean {
    if (this.#socket.readyState !== this.#socket.OPEN) return false;
    if (this.#chokedAtMs === undefined && this.#socket.bufferedAmount > MAX_WAITING_BYTES) {
      this.#chokedAtMs = this.#clock.nowMs();
    }
    return this.#chokedAtMs === undefined;
  }
}
