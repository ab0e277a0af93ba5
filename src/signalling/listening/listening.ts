// WebSocket of listeners: `WS /audio-ws`, on the port of the HTTP API (PRODUCT 2.3, 2.4).

import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { RawData, WebSocket } from 'ws';
import { type ListeningMessage, MAX_LISTENING_MESSAGE_BYTES } from '#contract/listening.ts';
import type { Log } from '#core/ports/log.ts';
import type { Clock, Timer } from '#std/clock.ts';
import { type Client, Door } from '../door.ts';
import { isOwnPage } from '../own-page.ts';
import type { UpgradeHandler } from '../upgrades.ts';
import { Wire } from '../wire.ts';
import { Conversation, type ListeningCounters } from './conversation.ts';
import type { Listeners } from './listeners.ts';

const PATH = /^\/audio-ws(?:\?.*)?$/;
const TICK_MS = 1_000;
/** RFC 6455 §7.4.1. */
const GOING_AWAY = 1001;

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

export function createListening(options: ListeningOptions): Listening {
  return new ListeningServer(options);
}

class ListeningServer implements Listening {
  readonly counters: ListeningCounters = {
    refused: 0,
    malformed: 0,
    ignored: 0,
    dismissed: 0,
    lost: 0,
  };
  readonly #options: ListeningOptions;
  readonly #conversations = new Set<Conversation>();
  readonly #door: Door;
  readonly #ticker: Timer;

  constructor(options: ListeningOptions) {
    this.#options = options;
    this.#door = new Door({
      maxSockets: options.maxSockets,
      maxMessageBytes: MAX_LISTENING_MESSAGE_BYTES,
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
    // It would take places, and have sound sent to its visitor.
    const detail =
      "This came from a page of another site, which may not listen. If it is the server's own page behind a proxy, let the proxy pass the Host header on.";
    this.#door.refuse(connection, 'cross_site', detail);
  }

  close(): void {
    this.#door.close();
    this.#ticker.cancel();
    for (const conversation of this.#conversations) {
      conversation.end(GOING_AWAY, 'server is closing');
    }
  }

  #accept(socket: WebSocket, client: Client): void {
    const { clock, log, listeners } = this.#options;
    const wire = new Wire<ListeningMessage>(socket, clock);
    const { counters } = this;
    const conversation = new Conversation({ clock, log, listeners, counters, wire, client });
    this.#conversations.add(conversation);
    socket.on('message', (data: RawData, isBinary) => {
      // First of all: a clock's answer says when its question came.
      const receivedAtMs = clock.wallMs();
      conversation.take(isBinary ? undefined : data.toString(), receivedAtMs);
    });
    socket.on('pong', () => conversation.hear());
    // Too large, not UTF-8, reset: the library closes it and says so to the client.
    socket.on('error', () => this.counters.malformed++);
    socket.on('close', () => {
      this.#conversations.delete(conversation);
      conversation.close();
    });
  }

  #tick(): void {
    const nowMs = this.#options.clock.nowMs();
    for (const conversation of this.#conversations) conversation.tick(nowMs);
  }
}
