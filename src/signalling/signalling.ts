// WebSocket in: `WS /ws/{streamId}`, on the port of the HTTP API.

import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { type RawData, type WebSocket, WebSocketServer } from 'ws';
import { streamId } from '#contract/streams.ts';
import { Dialogue } from './dialogue.ts';
import type { SignallingCounters, SignallingOptions } from './options.ts';
import { Wire } from './wire.ts';

/** More is closed with 1009. Browsers' offers have 8 to 30 KiB. */
const MAX_MESSAGE_BYTES = 64 * 1024;
const MAX_USER_AGENT_CHARACTERS = 256;
const TICK_MS = 1_000;
const PATH = /^\/ws\/([^/?]+)(?:\?.*)?$/;
/** RFC 6455 §7.4.1. */
const GOING_AWAY = 1001;
const BUSY = [
  'HTTP/1.1 503 Service Unavailable',
  'Content-Type: application/problem+json',
  'Retry-After: 5',
  'Connection: close',
  '',
  JSON.stringify({
    type: '/docs#problem-unavailable',
    title: 'Something the server needs does not answer.',
    status: 503,
    code: 'unavailable',
    detail: 'The server has as many WebSockets as it may, or is shutting down. Try again later.',
  }),
].join('\r\n');

interface OpenSocket {
  readonly dialogue: Dialogue;
  readonly wire: Wire;
}

export interface Signalling {
  readonly sockets: number;
  readonly counters: SignallingCounters;
  /** Answers this server's upgrades to `/ws/{streamId}`; other requests stay its own. */
  attach(server: Server): void;
  /** Ends all dialogues. To be called before the HTTP server is closed, which waits for sockets. Idempotent. */
  close(): void;
}

export function createSignalling(options: SignallingOptions): Signalling {
  return new SignallingServer(options);
}

class SignallingServer implements Signalling {
  readonly counters: SignallingCounters = {
    refused: 0,
    malformed: 0,
    wrongSecrets: 0,
    dismissed: 0,
    dropped: 0,
  };
  readonly #options: SignallingOptions;
  readonly #open = new Set<OpenSocket>();
  readonly #ticker;
  #isClosed = false;
  readonly #server = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    maxPayload: MAX_MESSAGE_BYTES,
    // Media does not get smaller, and each socket's deflater would cost 300 KB.
    perMessageDeflate: false,
  });

  constructor(options: SignallingOptions) {
    this.#options = options;
    this.#ticker = options.clock.every(TICK_MS, () => this.#tick());
  }

  get sockets(): number {
    return this.#open.size;
  }

  attach(server: Server): void {
    // Without this, Node would take every `Upgrade` line, such as curl's h2c, from the HTTP API.
    Object.assign(server, { shouldUpgradeCallback: isOurs });
    server.on('upgrade', (request, socket, head) => this.#upgrade(request, socket, head));
  }

  close(): void {
    this.#isClosed = true;
    this.#ticker.cancel();
    for (const { dialogue, wire } of this.#open) {
      dialogue.close();
      wire.close(GOING_AWAY, 'server is closing');
    }
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    // Until the library has taken it over, a reset must not end the process.
    socket.on('error', () => socket.destroy());
    if (this.#isClosed || this.#open.size >= this.#options.maxSockets) {
      this.counters.refused++;
      socket.end(BUSY, () => socket.destroy());
      return;
    }
    this.#server.handleUpgrade(request, socket, head, (opened) => this.#accept(opened, request));
  }

  #accept(socket: WebSocket, request: IncomingMessage): void {
    const { remoteAddress = '', remotePort } = request.socket;
    const wire = new Wire(socket, this.#options.clock);
    const dialogue = new Dialogue({
      streamId: streamIdOf(request) ?? '',
      address: remoteAddress,
      remote: `${remoteAddress}:${remotePort}`,
      userAgent: request.headers['user-agent']?.slice(0, MAX_USER_AGENT_CHARACTERS),
      wire,
      options: this.#options,
      counters: this.counters,
    });
    const open = { dialogue, wire };
    this.#open.add(open);
    socket.on('message', (data: RawData, isBinary) => {
      dialogue.take(isBinary ? undefined : data.toString());
    });
    // Too large, not UTF-8, reset: the library closes it and says so to the client.
    socket.on('error', () => this.counters.malformed++);
    socket.on('close', () => {
      this.#open.delete(open);
      dialogue.close();
    });
  }

  #tick(): void {
    const nowMs = this.#options.clock.nowMs();
    for (const { dialogue } of this.#open) dialogue.tick(nowMs);
  }
}

function isOurs(request: IncomingMessage): boolean {
  const isWebSocket = request.headers.upgrade?.toLowerCase() === 'websocket';
  return isWebSocket && streamIdOf(request) !== undefined;
}

/** Undefined where the path is not ours, or can be no stream's. */
function streamIdOf({ url = '' }: IncomingMessage): string | undefined {
  return streamId.safeParse(PATH.exec(url)?.[1]).data;
}
