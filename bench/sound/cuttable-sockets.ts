// WebSockets whose TCP connection can be cut without a word.

import { WebSocket } from 'ws';
import type { OpenListeningSocket } from '#client/listening/listener-link.ts';

export class CuttableSockets {
  #socket: WebSocket | undefined;

  readonly open: OpenListeningSocket = (url, events) => {
    const socket = new WebSocket(url, { perMessageDeflate: false });
    this.#socket = socket;
    socket.on('open', () => events.onOpen());
    socket.on('message', (data) => events.onMessage(data.toString()));
    // 'close' follows, with code 1006.
    socket.on('error', () => {});
    socket.on('close', (code, reason) => events.onClose(code, reason.toString()));
    return { send: (text) => socket.send(text, () => {}), close: () => socket.close() };
  };

  /** The one that was opened last. */
  cut(): void {
    this.#socket?.terminate();
  }
}
