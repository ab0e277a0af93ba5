// One kind of WebSocket on the HTTP server: its door, its sessions, their ticks and their end.

import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { RawData, WebSocket } from 'ws';
import type { Clock, Timer } from '#std/clock.ts';
import { type Client, Door } from './door.ts';
import { isOwnPage } from './own-page.ts';
import type { UpgradeHandler } from './upgrades.ts';
import { Wire } from './wire.ts';

/** RFC 6455 §7.4.1. */
const GOING_AWAY = 1001;

/** One socket's part of a dialogue. */
export interface SocketSession {
  /** `text` is undefined for a binary message; `receivedAtMs` is on the wall clock. */
  take(text: string | undefined, receivedAtMs: number): void;
  /** A pong came. */
  hear?(): void;
  tick(nowMs: number): void;
  /** The server ends it. */
  end(code: number, reason: string): void;
  /** The socket is gone. */
  close(): void;
}

interface SocketServerOptions<Message> {
  readonly clock: Clock;
  /** Whether a path, with its query, is its own. */
  readonly owns: (url: string) => boolean;
  readonly maxSockets: number;
  readonly maxMessageBytes: number;
  readonly tickMs: number;
  readonly counters: { refused: number; malformed: number };
  /** What pages of other sites may not do: `listen`. Absent: they may come. */
  readonly ownPagesOnly?: string;
  readonly open: (wire: Wire<Message>, client: Client) => SocketSession;
  /** After the ticks of all sessions. */
  readonly onTick?: () => void;
}

export class SocketServer<Message> implements UpgradeHandler {
  readonly #options: SocketServerOptions<Message>;
  readonly #sessions = new Set<SocketSession>();
  readonly #door: Door;
  readonly #ticker: Timer;

  constructor(options: SocketServerOptions<Message>) {
    const { clock, tickMs } = options;
    this.#options = options;
    this.#door = new Door({
      ...options,
      onOpen: (socket, client) => this.#accept(socket, client),
    });
    this.#ticker = clock.every(tickMs, () => this.#tick());
  }

  get sockets(): number {
    return this.#door.sockets;
  }

  owns(url: string): boolean {
    return this.#options.owns(url);
  }

  upgrade(request: IncomingMessage, connection: Duplex, head: Buffer): void {
    const { ownPagesOnly } = this.#options;
    if (ownPagesOnly === undefined || isOwnPage(request.headers)) {
      this.#door.upgrade(request, connection, head);
      return;
    }
    const detail = `This came from a page of another site, which may not ${ownPagesOnly}. If it is the server's own page behind a proxy, let the proxy pass the Host header on.`;
    this.#door.refuse(connection, 'cross_site', detail);
  }

  /** Ends all sessions. To be called before the HTTP server is closed, which waits for sockets. Idempotent. */
  close(): void {
    this.#door.close();
    this.#ticker.cancel();
    for (const session of this.#sessions) session.end(GOING_AWAY, 'server is closing');
  }

  #accept(socket: WebSocket, client: Client): void {
    const { clock, counters, open } = this.#options;
    const session = open(new Wire<Message>(socket, clock), client);
    this.#sessions.add(session);
    socket.on('message', (data: RawData, isBinary) => {
      // First of all: a clock's answer says when its question came.
      const receivedAtMs = clock.wallMs();
      session.take(isBinary ? undefined : data.toString(), receivedAtMs);
    });
    socket.on('pong', () => session.hear?.());
    // Too large, not UTF-8, reset: the library closes it and says so to the client.
    socket.on('error', () => counters.malformed++);
    socket.on('close', () => {
      this.#sessions.delete(session);
      session.close();
    });
  }

  #tick(): void {
    const nowMs = this.#options.clock.nowMs();
    for (const session of this.#sessions) session.tick(nowMs);
    this.#options.onTick?.();
  }
}
