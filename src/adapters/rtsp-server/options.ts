// What the RTSP server is given, and what it counts.

import type { Log } from '#core/ports/log.ts';
import type { Publication, Publisher } from '#core/streams/publishing.ts';
import type { Watch, WatchRequest } from '#core/streams/watching.ts';
import type { HashAlgorithm } from '#media/rtsp/challenge.ts';
import type { Clock } from '#std/clock.ts';

interface RtspStreams {
  /** Rejects with an error whose message is for the reader. */
  watch(request: WatchRequest): Promise<Watch>;
  /** Throws an error whose message is for the publisher. */
  publish(streamId: string, publisher: Publisher): Publication;
}

/** Read anew for each request, so that settings may change. */
export interface RtspAccess {
  readonly readOpen: boolean;
  readonly mayPublishOpen: boolean;
  /** H(username:realm:password), or undefined if there is no such user. */
  ha1(algorithm: HashAlgorithm, username: string, realm: string): string | undefined;
  /** Whether this address, without its port, has been wrong too often: its logins are not looked at. */
  isBlocked(remote: string): boolean;
  countWrong(remote: string): void;
}

export interface RtspServerOptions {
  readonly clock: Clock;
  readonly log: Log;
  readonly streams: RtspStreams;
  readonly access: RtspAccess;
  readonly maxConnections: number;
  /** RTP by UDP leaves from this port and RTCP from the next one. Default 0: any pair. */
  readonly rtpPort?: number;
}

export interface RtspCounters {
  /** Connections that were closed at once, because there were too many. */
  refused: number;
  /** Connections that were ended for what they sent: no RTSP, or too much of it. */
  malformed: number;
  wrongPasswords: number;
  /** Packets that a reader had no room for. */
  dropped: number;
  /** Readers that were sent away because they took nothing for 10 s. */
  tooSlow: number;
}
