// What a reader's and a publisher's session have in common for the connection that carries them.

import type { Socket } from 'node:net';
import type { RateLimit } from '#std/rate-limit.ts';
import type { FrameBuffer } from './frame-buffer.ts';
import type { RtspCounters, RtspServerOptions } from './options.ts';
import type { UdpPorts } from './udp-ports.ts';

/** What sessions share with the server. */
export interface ServerParts {
  readonly options: RtspServerOptions;
  readonly counters: RtspCounters;
  readonly frames: FrameBuffer;
  readonly udp: UdpPorts;
  /** How many lines about wrong passwords are logged. */
  readonly loginLines: RateLimit;
}

/** What a session needs of the connection that it came by. */
export interface SessionLink {
  readonly parts: ServerParts;
  readonly socket: Socket;
  /** Of the other end; packets by UDP go to no other. */
  readonly address: string;
  /** Address and port, for people. */
  readonly remote: string;
  /** By UDP the other side gave a sign of life. */
  readonly onSign: () => void;
  /** The session can't go on: the connection ends. */
  readonly onEnd: (reason: string) => void;
}

export interface Session {
  readonly streamId: string;
  /** Takes an interleaved frame. */
  takeFrame(channel: number, packet: Uint8Array): void;
  /** The bytes of one read have been taken. */
  flush(): void;
  /** Called once a second: why the session has to end, or undefined. */
  tick(nowMs: number): string | undefined;
  /** Idempotent. */
  close(reason: string): void;
}
