// RTSP inside HTTP, for networks that let nothing else through: what the camera says comes in the
// answer to a GET, what it is told goes, in base64, in a POST that never ends (QuickTime's tunnel).

import { once } from 'node:events';
import type { Socket } from 'node:net';
import { retry } from '#media/rtsp/failure.ts';
import { CameraError } from './camera-error.ts';
import { openCameraSocket, type SocketOptions } from './camera-socket.ts';

interface Tunnel {
  readonly toCamera: Socket;
  /** What came behind the answer to GET. */
  readonly early: Buffer;
}

const MAX_HEAD_BYTES = 8 * 1024;
/** Nobody counts: the number that QuickTime sends, and cameras expect. */
const POST_BYTES = 32_767;
const TYPE = 'application/x-rtsp-tunnelled';

/** `fromCamera` is the first connection; opens the second. */
export async function openTunnel(
  fromCamera: Socket,
  options: SocketOptions & { readonly random: () => string },
): Promise<Tunnel> {
  const cookie = options.random().slice(0, 22);
  fromCamera.write(formatHead('GET', options, [`x-sessioncookie: ${cookie}`, `Accept: ${TYPE}`]));
  const early = await readHead(fromCamera, options);
  const toCamera = await openCameraSocket(options);
  const length = `Content-Length: ${POST_BYTES}`;
  const fields = [`x-sessioncookie: ${cookie}`, `Content-Type: ${TYPE}`, length];
  toCamera.write(formatHead('POST', options, fields));
  // The camera never answers this one.
  toCamera.resume();
  return { toCamera, early };
}

function formatHead(method: string, { address }: SocketOptions, fields: readonly string[]): string {
  const [, host = '', path = '/'] = /^rtsps?:\/\/([^/?#]*)(.*)$/i.exec(address.uri) ?? [];
  const lines = [
    `${method} ${path.startsWith('/') ? path : `/${path}`} HTTP/1.0`,
    `Host: ${host}`,
    ...fields,
    'Pragma: no-cache',
    'Cache-Control: no-cache',
  ];
  return `${lines.join('\r\n')}\r\n\r\n`;
}

async function readHead(socket: Socket, { address, signal }: SocketOptions): Promise<Buffer> {
  const peer = `${address.host}:${address.port}`;
  let bytes = Buffer.alloc(0);
  while (bytes.length <= MAX_HEAD_BYTES) {
    const end = bytes.indexOf('\r\n\r\n');
    if (end >= 0) {
      const [status = ''] = bytes.toString('latin1', 0, end).split('\r\n', 1);
      if (/^HTTP\/1\.\d 200\b/.test(status)) return bytes.subarray(end + 4);
      break;
    }
    const chunk: Buffer | null = socket.read();
    if (chunk) bytes = Buffer.concat([bytes, chunk]);
    else if (socket.readableEnded) break;
    else
      await Promise.race([once(socket, 'readable', { signal }), once(socket, 'end', { signal })]);
  }
  throw new CameraError(retry(`${peer} does not take RTSP inside HTTP; set transport: tcp`));
}
