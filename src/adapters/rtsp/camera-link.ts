// The way to a camera: bytes to it, bytes from it, over one connection or over two of HTTP.

import type { Socket } from 'node:net';
import type { Clock } from '#std/clock.ts';
import { openCameraSocket } from './camera-socket.ts';
import { openTunnel, type TunnelOptions } from './http-tunnel.ts';

export interface CameraLink {
  /** Where the camera is. */
  readonly ip: string;
  /** Where this end is. */
  readonly localIp: string;
  /** Calls back from now on; `onClosed` once, and last. */
  listen(events: LinkEvents): void;
  write(bytes: Uint8Array): void;
  /** Sends what was written and closes; resolves when it is closed. */
  close(clock: Clock): Promise<void>;
}

interface LinkEvents {
  /** The bytes may be reused after it returns. */
  onData(bytes: Uint8Array): void;
  onClosed(error: unknown): void;
}

/** Keep-alives and reports that a camera does not read are not kept for it. */
const MAX_WAITING_BYTES = 64 * 1024;
/** For TEARDOWN to arrive. */
const CLOSE_WITHIN_MS = 500;

export async function openLink(
  transport: 'tcp' | 'udp' | 'http',
  options: TunnelOptions,
): Promise<CameraLink> {
  if (transport === 'http') {
    const { fromCamera, toCamera } = await openTunnel(options);
    return new SocketLink(fromCamera, toCamera, encodeForTunnel);
  }
  const socket = await openCameraSocket(options);
  return new SocketLink(socket, socket, (bytes) => bytes);
}

class SocketLink implements CameraLink {
  readonly #from: Socket;
  readonly #to: Socket;
  readonly #encode: (bytes: Uint8Array) => Uint8Array;
  #events: LinkEvents | undefined;
  #error: unknown;
  readonly ip: string;
  readonly localIp: string;

  constructor(from: Socket, to: Socket, encode: (bytes: Uint8Array) => Uint8Array) {
    this.#from = from;
    this.#to = to;
    this.#encode = encode;
    this.ip = from.remoteAddress ?? '';
    this.localIp = from.localAddress ?? '';
    for (const socket of new Set([from, to])) {
      socket.on('error', (error) => {
        this.#error ??= error;
      });
      socket.once('close', () => this.#closed());
    }
  }

  listen(events: LinkEvents): void {
    this.#events = events;
    this.#from.on('data', (bytes) => this.#events?.onData(bytes));
    this.#from.resume();
    if (this.#from.destroyed || this.#to.destroyed) this.#closed();
  }

  write(bytes: Uint8Array): void {
    if (this.#to.writableLength < MAX_WAITING_BYTES && this.#to.writable) {
      this.#to.write(this.#encode(bytes));
    }
  }

  close(clock: Clock): Promise<void> {
    this.#events = undefined;
    const sockets = [this.#from, this.#to].filter((socket) => !socket.closed);
    if (sockets.length === 0) return Promise.resolve();
    const destroy = (): void => sockets.forEach((socket) => void socket.destroy());
    const timer = clock.after(CLOSE_WITHIN_MS, destroy);
    for (const socket of sockets) {
      // Read to the end, or the end is never seen.
      socket.resume();
      socket.end();
    }
    const closed = sockets.map(
      (socket) => new Promise<void>((resolve) => void socket.once('close', () => resolve())),
    );
    return Promise.all(closed).then(() => timer.cancel());
  }

  #closed(): void {
    const events = this.#events;
    if (!events) return;
    this.#events = undefined;
    this.#from.destroy();
    this.#to.destroy();
    events.onClosed(this.#error);
  }
}

function encodeForTunnel(bytes: Uint8Array): Uint8Array {
  return Buffer.from(Buffer.from(bytes).toString('base64'));
}
