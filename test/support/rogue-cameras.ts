// Things at a camera's address that are no camera, or a bad one: raw sockets that say what they want.

import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { CameraWire, formatFrame, formatMessage } from './scripted-camera/wire.ts';

interface Rogue {
  readonly address: string;
  close(): void;
}

const BATCH = 2_000;
const TRACK = 'm=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\na=control:track\r\n';

/** `act` gets each connection with its first bytes already on the way. */
export async function openRogue(act: (socket: Socket) => void): Promise<Rogue> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.once('close', () => sockets.delete(socket));
    act(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    address: `rtsp://127.0.0.1:${port}/live`,
    close: () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

/** Answers as a camera with one track does, until it is asked to play. */
export function answerUntilPlay(
  socket: Socket,
  { description = TRACK, onPlay }: { description?: string; onPlay: () => void },
): void {
  const wire = new CameraWire({
    onRequest: ({ method, headers }) => {
      const more = {
        OPTIONS: { Public: 'OPTIONS, DESCRIBE, SETUP, PLAY' },
        DESCRIBE: { 'Content-Type': 'application/sdp' },
        SETUP: { Session: '1', Transport: headers.get('transport') },
      }[method];
      const body = method === 'DESCRIBE' ? `v=0\r\n${description}` : '';
      socket.write(formatMessage('RTSP/1.0 200 OK', { CSeq: headers.get('cseq'), ...more }, body));
      if (method === 'PLAY') onPlay();
    },
    onAnswer: () => {},
    onFrame: () => {},
  });
  socket.on('data', (bytes) => wire.read(bytes));
}

/** Sends so many frames that hold no RTP, as fast as they are taken; `onSent` gets how many were taken. */
export function sendMalformedFrames(
  socket: Socket,
  { count, onSent }: { count: number; onSent: (frames: number) => void },
): void {
  const kinds = [
    formatFrame(0, Uint8Array.of()),
    formatFrame(0, Uint8Array.of(0x80)),
    formatFrame(0, new Uint8Array(12)),
    formatFrame(0, new Uint8Array(40).fill(0xff)),
    formatFrame(1, new Uint8Array(3).fill(0xc8)),
  ];
  const batch = Buffer.concat(Array.from({ length: BATCH }, (_, at) => kinds[at % kinds.length]!));
  const send = (left: number) => {
    if (left <= 0 || socket.destroyed) return;
    socket.write(batch, (error) => {
      if (error) return;
      onSent(BATCH);
      send(left - BATCH);
    });
  };
  send(count);
}
