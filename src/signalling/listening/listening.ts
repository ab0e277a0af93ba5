// WebSocket of listeners: `WS /audio-ws`, on the port of the HTTP API (PRODUCT 2.3, 2.4).

import { type ListeningMessage, MAX_LISTENING_MESSAGE_BYTES } from '#contract/listening.ts';
import type { Log } from '#core/ports/log.ts';
import type { Clock } from '#std/clock.ts';
import { SocketServer } from '../socket-server.ts';
import type { UpgradeHandler } from '../upgrades.ts';
import { Conversation, type ListeningCounters } from './conversation.ts';
import type { Listeners } from './listeners.ts';

const PATH = /^\/audio-ws(?:\?.*)?$/;
const TICK_MS = 1_000;

interface ListeningOptions {
  readonly clock: Clock;
  readonly log: Log;
  readonly listeners: Listeners;
  /** More than there may be listeners: those beyond are told so, and take a moment to go. */
  readonly maxSockets: number;
}

export interface Listening extends UpgradeHandler {
  readonly sockets: number;
  readonly counters: Readonly<ListeningCounters>;
  /** Ends all conversations. Idempotent. */
  close(): void;
}

export function createListening({ maxSockets, ...options }: ListeningOptions): Listening {
  return new ListeningServer(options, maxSockets);
}

class ListeningServer extends SocketServer<ListeningMessage> implements Listening {
  readonly counters: ListeningCounters;

  constructor(options: Omit<ListeningOptions, 'maxSockets'>, maxSockets: number) {
    const counters = { refused: 0, malformed: 0, ignored: 0, dismissed: 0, lost: 0 };
    super({
      clock: options.clock,
      owns: (url) => PATH.test(url),
      maxSockets,
      maxMessageBytes: MAX_LISTENING_MESSAGE_BYTES,
      tickMs: TICK_MS,
      counters,
      // They would take places, and have sound sent to their visitors.
      ownPagesOnly: 'listen',
      open: (wire, client) => new Conversation({ ...options, counters, wire, client }),
    });
    this.counters = counters;
  }
}
