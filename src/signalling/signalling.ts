// WebSocket in: `WS /ws/{streamId}`, on the port of the HTTP API.

import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { RawData, WebSocket } from 'ws';
import type { ServerMessage } from '#contract/signalling.ts';
import { streamId } from '#contract/streams.ts';
import { Dialogue } from './dialogue.ts';
import { type Client, Door } from './door.ts';
import type { SignallingCounters, SignallingOptions } from './options.ts';
import { isOwnPage } from './own-page.ts';
import type { UpgradeHandler } from './upgrades.ts';
import { Wire } from './wire.ts';

/** More is closed with 1009. Browsers' offers have 8 to 30 KiB. */
const MAX_MESSAGE_BYTES = 64 * 1024;
const TICK_MS = 1_000;
const PATH = /^\/ws\/([^/?]+)(?:\?.*)?$/;
/** RFC 6455 §7.4.1. */
const GOING_AWAY = 1001;

interface OpenSocket {
  readonly dialogue: Dialogue;
  readonly wire: Wire<ServerMessage>;
}

/** Its own upgrades are those to `/ws/{streamId}`. */
export interface Signalling extends UpgradeHandler {
  readonly sockets: number;
  readonly counters: SignallingCounters;
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
  readonly #door: Door;

  constructor(options: SignallingOptions) {
    this.#options = options;
    this.#door = new Door({
      maxSockets: options.maxSockets,
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
    return streamIdOf(url) !== undefined;
  }

  upgrade(request: IncomingMessage, connection: Duplex, head: Buffer): void {
    this.#door.upgrade(request, connection, head);
  }

  close(): void {
    this.#door.close();
    this.#ticker.cancel();
    for (const { dialogue, wire } of this.#open) {
      dialogue.close();
      wire.close(GOING_AWAY, 'server is closing');
    }
  }

  #accept(socket: WebSocket, { address, remote, userAgent, request }: Client): void {
    const wire = new Wire<ServerMessage>(socket, this.#options.clock);
    const link = {
      streamId: streamIdOf(request.url) ?? '',
      address,
      remote,
      userAgent,
      wire,
      options: this.#options,
      counters: this.counters,
    };
    const isAdmin = isOwnPage(request.headers) && this.#options.isAdmin(request);
    const dialogue = new Dialogue(link, isAdmin);
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

/** Undefined where the path is not ours, or can be no stream's. */
function streamIdOf(url = ''): string | undefined {
  return streamId.safeParse(PATH.exec(url)?.[1]).data;
}
