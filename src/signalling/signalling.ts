// WebSocket in: `WS /ws/{streamId}`, on the port of the HTTP API.

import type { ServerMessage } from '#contract/signalling.ts';
import { streamId } from '#contract/streams.ts';
import { Dialogue } from './dialogue.ts';
import type { Client } from './door.ts';
import type { SignallingCounters, SignallingOptions } from './options.ts';
import { isOwnPage } from './own-page.ts';
import { SocketServer, type SocketSession } from './socket-server.ts';
import type { UpgradeHandler } from './upgrades.ts';
import type { Wire } from './wire.ts';

/** More is closed with 1009. Browsers' offers have 8 to 30 KiB. */
const MAX_MESSAGE_BYTES = 64 * 1024;
const TICK_MS = 1_000;
const PATH = /^\/ws\/([^/?]+)(?:\?.*)?$/;

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

class SignallingServer extends SocketServer<ServerMessage> implements Signalling {
  readonly counters: SignallingCounters;

  constructor(options: SignallingOptions) {
    const counters = { refused: 0, malformed: 0, wrongSecrets: 0, dismissed: 0, dropped: 0 };
    super({
      clock: options.clock,
      owns: (url) => streamIdOf(url) !== undefined,
      maxSockets: options.maxSockets,
      maxMessageBytes: MAX_MESSAGE_BYTES,
      tickMs: TICK_MS,
      counters,
      open: (wire, client) => openDialogue({ options, counters, wire, client }),
    });
    this.counters = counters;
  }
}

interface DialogueParts {
  readonly options: SignallingOptions;
  readonly counters: SignallingCounters;
  readonly wire: Wire<ServerMessage>;
  readonly client: Client;
}

function openDialogue({ client, wire, ...parts }: DialogueParts): SocketSession {
  const { address, remote, userAgent, request } = client;
  const link = {
    ...parts,
    streamId: streamIdOf(request.url) ?? '',
    address,
    remote,
    userAgent,
    wire,
  };
  const isAdmin = isOwnPage(request.headers) && parts.options.isAdmin(request);
  const dialogue = new Dialogue(link, isAdmin);
  return {
    take: (text) => dialogue.take(text),
    tick: (nowMs) => dialogue.tick(nowMs),
    end: (code, reason) => {
      dialogue.close();
      wire.close(code, reason);
    },
    close: () => dialogue.close(),
  };
}

/** Undefined where the path is not ours, or can be no stream's. */
function streamIdOf(url = ''): string | undefined {
  return streamId.safeParse(PATH.exec(url)?.[1]).data;
}
