// WebSocket of an admin's open page: `WS /api/v1/console/live`, with the levels of all channels.

import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { RawData, WebSocket } from 'ws';
import type { LiveNews } from '#contract/console-live.ts';
import type { Access } from '#core/access/access.ts';
import type { Log } from '#core/ports/log.ts';
import type { Clock, Timer } from '#std/clock.ts';
import { type Client, Door } from '../door.ts';
import { isOwnPage } from '../own-page.ts';
import type { UpgradeHandler } from '../upgrades.ts';
import { Wire } from '../wire.ts';
import { AdminPage, type ConsoleLiveCounters } from './admin-page.ts';
import { type ConsoleFigures, LiveFeed } from './live-feed.ts';

const PATH = /^\/api\/v1\/console\/live(?:\?.*)?$/;
/** Nothing but a secret comes from there. */
const MAX_MESSAGE_BYTES = 4 * 1024;
/** Some admins with some windows each. A page costs 70 bytes at each measurement of levels. */
const MAX_PAGES = 32;
/** The console is told at most so often. */
const TICK_MS = 500;
/** RFC 6455 §7.4.1. */
const GOING_AWAY = 1001;

interface ConsoleLiveOptions {
  readonly clock: Clock;
  readonly log: Log;
  readonly access: Pick<Access, 'check'>;
  /** By what its handshake says: a session's cookie. Asked again while the page is open; throws nothing. */
  readonly isAdmin: (request: IncomingMessage) => boolean;
  readonly figures: ConsoleFigures;
}

interface ConsoleLive extends UpgradeHandler {
  readonly sockets: number;
  readonly counters: Readonly<ConsoleLiveCounters>;
  /** Idempotent. */
  close(): void;
}

export function createConsoleLive(options: ConsoleLiveOptions): ConsoleLive {
  return new ConsoleLiveServer(options);
}

class ConsoleLiveServer implements ConsoleLive {
  readonly counters: ConsoleLiveCounters = {
    refused: 0,
    malformed: 0,
    wrongSecrets: 0,
    dismissed: 0,
  };
  readonly #options: ConsoleLiveOptions;
  readonly #pages = new Set<AdminPage>();
  readonly #feed: LiveFeed;
  readonly #door: Door;
  readonly #ticker: Timer;

  constructor(options: ConsoleLiveOptions) {
    this.#options = options;
    this.#feed = new LiveFeed(options.figures);
    this.#door = new Door({
      maxSockets: MAX_PAGES,
      maxMessageBytes: MAX_MESSAGE_BYTES,
      counters: this.counters,
      onOpen: (socket, client) => this.#accept(socket, client),
    });
    this.#ticker = options.clock.every(TICK_MS, () => this.#tick());
  }

  get sockets(): number {
    return this.#door.sockets;
  }

  owns(url: string): boolean {
    return PATH.test(url);
  }

  upgrade(request: IncomingMessage, connection: Duplex, head: Buffer): void {
    if (isOwnPage(request.headers)) {
      this.#door.upgrade(request, connection, head);
      return;
    }
    const detail =
      "This came from a page of another site, which may not watch the console. If it is the server's own page behind a proxy, let the proxy pass the Host header on.";
    this.#door.refuse(connection, 'cross_site', detail);
  }

  close(): void {
    this.#door.close();
    this.#ticker.cancel();
    for (const page of this.#pages) page.end(GOING_AWAY, 'server is closing');
  }

  #accept(socket: WebSocket, client: Client): void {
    const { clock, log, access, isAdmin } = this.#options;
    const wire = new Wire<LiveNews>(socket, clock);
    const { counters } = this;
    const feed = this.#feed;
    const page = new AdminPage({ clock, log, access, isAdmin, counters, feed, wire, client });
    this.#pages.add(page);
    socket.on('message', (data: RawData, isBinary) => {
      page.take(isBinary ? undefined : data.toString());
    });
    socket.on('pong', () => page.hear());
    // Too large, not UTF-8, reset: the library closes it and says so to the client.
    socket.on('error', () => this.counters.malformed++);
    socket.on('close', () => {
      this.#pages.delete(page);
      page.close();
    });
  }

  #tick(): void {
    const nowMs = this.#options.clock.nowMs();
    for (const page of this.#pages) page.tick(nowMs);
    this.#feed.tell();
  }
}
