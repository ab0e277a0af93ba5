// The browser's WebSocket as the client core wants it.

import type { OpenSocket } from '#client/signalling-client.ts';

export const openBrowserSocket: OpenSocket = (url, events) => {
  const socket = new WebSocket(url);
  socket.binaryType = 'arraybuffer';
  const listeners = new AbortController();
  const { signal } = listeners;
  socket.addEventListener('open', () => events.onOpen(), { signal });
  socket.addEventListener('close', () => events.onClose(), { signal });
  socket.addEventListener(
    'message',
    ({ data }: MessageEvent<string | ArrayBuffer>) => {
      events.onMessage(typeof data === 'string' ? data : new Uint8Array(data));
    },
    { signal },
  );
  return {
    send: (text) => socket.send(text),
    close: () => {
      listeners.abort();
      socket.close();
    },
  };
};
