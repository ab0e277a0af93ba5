// A WebSocket whose other end is the test.

import type { Socket, SocketEvents } from '#client/signalling-client.ts';
import type { ClientMessage, ServerMessage } from '#contract/signalling.ts';

export class FakeSocket implements Socket {
  url: string | undefined;
  readonly sent: ClientMessage[] = [];
  isClosed = false;
  #events: SocketEvents | undefined;

  readonly open = (url: string, events: SocketEvents): Socket => {
    this.url = url;
    this.#events = events;
    return this;
  };

  send(text: string): void {
    this.sent.push(JSON.parse(text));
  }

  close(): void {
    this.isClosed = true;
  }

  accept(): void {
    this.#events?.onOpen();
  }

  say(message: ServerMessage): void {
    this.sayText(JSON.stringify(message));
  }

  sayText(text: string): void {
    this.#events?.onMessage(text);
  }

  sayBytes(bytes: Uint8Array): void {
    this.#events?.onMessage(bytes);
  }

  hangUp(): void {
    this.#events?.onClose();
  }
}
