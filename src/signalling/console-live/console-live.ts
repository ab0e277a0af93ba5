// WebSocket of an admin's open page: `WS /api/v1/console/live`, with the levels of all channels.

import type { IncomingMessage } from 'node:http';
import type { LiveNews } from '#contract/console-live.ts';
import type { Access } from '#core/access/access.ts';
import type { Log } from '#core/ports/log.ts';
import type { Clock } from '#std/clock.ts';
import { SocketServer } from '../socket-server.ts';
import type { UpgradeHandler } from '../upgrades.ts';
import { AdminPage, type ConsoleLiveCounters } from './admin-page.ts';
import { type ConsoleFigures, LiveFeed } from './live-feed.ts';

const PATH = /^\/api\/v1\/console\/live(?:\?.*)?$/;
/** Nothing but a secret comes from there. */
const MAX_MESSAGE_BYTES = 4 * 1024;
/** Some admins with some windows each. A page costs 70 bytes at each measurement of levels. */
const MAX_PAGES = 32;
/** The console is told at most so often. */
const TICK_MS = 500;

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

class ConsoleLiveServer extends SocketServer<LiveNews> implements ConsoleLive {
  readonly counters: ConsoleLiveCounters;

  constructor({ figures, ...options }: ConsoleLiveOptions) {
    const counters = { refused: 0, malformed: 0, wrongSecrets: 0, dismissed: 0 };
    const feed = new LiveFeed(figures);
    super({
      clock: options.clock,
      owns: (url) => PATH.test(url),
      maxSockets: MAX_PAGES,
      maxMessageBytes: MAX_MESSAGE_BYTES,
      tickMs: TICK_MS,
      counters,
      ownPagesOnly: 'watch the console',
      open: (wire, client) => new AdminPage({ ...options, counters, feed, wire, client }),
      onTick: () => feed.tell(),
    });
    this.counters = counters;
  }
}
