// What signalling is given, and what it counts.

import type { IncomingMessage } from 'node:http';
import type { IceServer } from '#contract/ice-server.ts';
import type { Access } from '#core/access/access.ts';
import type { Log } from '#core/ports/log.ts';
import type { Streams } from '#core/streams/streams.ts';
import type { Viewers } from '#core/streams/viewers.ts';
import type { Clock } from '#std/clock.ts';

export interface SignallingOptions {
  readonly clock: Clock;
  readonly log: Log;
  readonly viewers: Viewers;
  readonly streams: Streams;
  readonly access: Pick<Access, 'readOpen' | 'check'>;
  /** By what the handshake of one of the server's own pages says: a session's cookie. Throws nothing. */
  readonly isAdmin: (request: IncomingMessage) => boolean;
  /** Told to viewers with the answer. */
  readonly iceServers: readonly IceServer[];
  readonly maxSockets: number;
}

export interface SignallingCounters {
  /** Handshakes that were refused, because there were too many sockets. */
  refused: number;
  /** Messages that made no sense. */
  malformed: number;
  wrongSecrets: number;
  /** Sockets that were closed for what they did: too much, too slowly, or nothing at all. */
  dismissed: number;
  /** MP4 fragments that a socket had no room for. */
  dropped: number;
}
