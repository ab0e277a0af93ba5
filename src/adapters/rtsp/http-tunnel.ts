// RTSP inside HTTP, for networks that let nothing else through: what the camera says comes in the
// answer to a GET, what it is told goes, in base64, in a POST that never ends (QuickTime's tunnel).

import { once } from 'node:events';
import type { Socket } from 'node:net';
import { Authorization } from '#media/rtsp/authorization.ts';
import type { DigestHash } from '#media/rtsp/challenge.ts';
import { authorizationFailure, retry } from '#media/rtsp/failure.ts';
import { parseHead } from '#media/rtsp/head.ts';
import { headers } from '#media/rtsp/message.ts';
import { CameraError } from './camera-error.ts';
import { openCameraSocket, type SocketOptions } from './camera-socket.ts';

export interface TunnelOptions extends SocketOptions {
  readonly credentials: { readonly username: string; readonly password: string } | undefined;
  readonly hash: DigestHash;
  /** 128 bits as hexadecimal digits. */
  readonly random: () => string;
}

interface Tunnel {
  readonly fromCamera: Socket;
  readonly toCamera: Socket;
}

interface HttpAnswer {
  /** 0 if it is none of HTTP. */
  readonly status: number;
  readonly challenges: readonly string[];
  /** What came behind it: the first of RTSP. */
  readonly early: Buffer;
}

const MAX_HEAD_BYTES = 8 * 1024;
/** Nobody counts: the number that QuickTime sends, and cameras expect. */
const POST_BYTES = 32_767;
const TYPE = 'application/x-rtsp-tunnelled';

export async function openTunnel(options: TunnelOptions): Promise<Tunnel> {
  const authorization = new Authorization(options);
  const cookie = options.random().slice(0, 22);
  const fromCamera = await openGet(options, authorization, cookie);
  try {
    const toCamera = await openCameraSocket(options);
    const length = `Content-Length: ${POST_BYTES}`;
    const fields = [`x-sessioncookie: ${cookie}`, `Content-Type: ${TYPE}`, length];
    toCamera.write(
      formatHead('POST', options, [...fields, ...login('POST', options, authorization)]),
    );
    // The camera never answers this one.
    toCamera.resume();
    return { fromCamera, toCamera };
  } catch (error) {
    fromCamera.destroy();
    throw error;
  }
}

/** Again, on a new connection, as long as `Authorization` has an answer to a 401. */
async function openGet(
  options: TunnelOptions,
  authorization: Authorization,
  cookie: string,
): Promise<Socket> {
  const socket = await openCameraSocket(options);
  try {
    const own = [`x-sessioncookie: ${cookie}`, `Accept: ${TYPE}`];
    const [answer] = login('GET', options, authorization);
    socket.write(formatHead('GET', options, answer === undefined ? own : [...own, answer]));
    const { status, challenges, early } = await readAnswer(socket, options.signal);
    if (status === 200) {
      if (early.length > 0) socket.unshift(early);
      return socket;
    }
    if (status !== 401) throw notTaken(options);
    const verdict = authorization.challenged(challenges, answer);
    if (verdict !== 'again') {
      throw new CameraError(authorizationFailure(verdict, peerOf(options)));
    }
  } catch (error) {
    socket.destroy();
    throw error;
  }
  socket.destroy();
  return openGet(options, authorization, cookie);
}

function notTaken(options: TunnelOptions): CameraError {
  const reason = `${peerOf(options)} does not take RTSP inside HTTP; set transport: tcp`;
  return new CameraError(retry(reason));
}

function peerOf({ address }: TunnelOptions): string {
  return `${address.host}:${address.port}`;
}

function login(method: string, options: TunnelOptions, authorization: Authorization): string[] {
  const value = authorization.authorize({ method, uri: pathOf(options) });
  return value === undefined ? [] : [`Authorization: ${value}`];
}

function formatHead(method: string, options: TunnelOptions, fields: readonly string[]): string {
  const [, host = ''] = /^rtsps?:\/\/([^/?#]*)/i.exec(options.address.uri) ?? [];
  const lines = [
    `${method} ${pathOf(options)} HTTP/1.0`,
    `Host: ${host}`,
    ...fields,
    'Pragma: no-cache',
    'Cache-Control: no-cache',
  ];
  return `${lines.join('\r\n')}\r\n\r\n`;
}

function pathOf({ address }: TunnelOptions): string {
  const path = address.uri.replace(/^rtsps?:\/\/[^/?#]*/i, '');
  return path.startsWith('/') ? path : `/${path}`;
}

async function readAnswer(socket: Socket, signal: AbortSignal): Promise<HttpAnswer> {
  let bytes = Buffer.alloc(0);
  while (bytes.length <= MAX_HEAD_BYTES) {
    const end = bytes.indexOf('\r\n\r\n');
    if (end >= 0) {
      return { ...parseAnswer(bytes.toString('latin1', 0, end)), early: bytes.subarray(end + 4) };
    }
    const chunk: Buffer | null = socket.read();
    if (chunk) bytes = Buffer.concat([bytes, chunk]);
    else if (socket.readableEnded) break;
    else
      await Promise.race([once(socket, 'readable', { signal }), once(socket, 'end', { signal })]);
  }
  return { status: 0, challenges: [], early: bytes };
}

function parseAnswer(text: string): Pick<HttpAnswer, 'status' | 'challenges'> {
  if (!/^HTTP\/1\.\d \d{3}\b/.test(text)) return { status: 0, challenges: [] };
  // HTTP's grammar is RTSP's but for the name.
  const head = parseHead(text.replace('HTTP', 'RTSP'));
  const status = head.kind === 'response' ? head.status : 0;
  return { status, challenges: headers(head, 'WWW-Authenticate') };
}
