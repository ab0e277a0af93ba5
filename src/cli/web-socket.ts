// A WebSocket of Node, as the listening client needs it.

import { WebSocket } from 'ws';
import type { OpenListeningSocket } from '#client/listening/listener-link.ts';

/** The largest message, `stream_config` of 32 plain streams, is some 5 KiB. */
const MAX_MESSAGE_BYTES = 64 * 1024;

export const openWebSocket: OpenListeningSocket = (url, events) => {
  const socket = new WebSocket(url, {
    perMessageDeflate: false,
    maxPayload: MAX_MESSAGE_BYTES,
    headers: { 'user-agent': 'yeoul listen' },
  });
  socket.on('open', () => events.onOpen());
  socket.on('message', (data, isBinary) => {
    if (!isBinary) events.onMessage(data.toString());
  });
  // 'close' follows, with code 1006.
  socket.on('error', () => {});
  socket.on('close', (code, reason) => events.onClose(code, reason.toString()));
  return {
    send: (text) => socket.send(text, () => {}),
    close: () => socket.close(),
  };
};
