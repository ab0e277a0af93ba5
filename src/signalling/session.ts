// What a dialogue needs of its session, whether the medium goes by WebRTC or over the socket itself.

import type { ServerMessage } from '#contract/signalling.ts';
import type { ViewerView } from '#contract/streams.ts';
import type { QualityWish } from '#core/streams/quality.ts';
import type { SignallingCounters, SignallingOptions } from './options.ts';
import type { Wire } from './wire.ts';

export interface Session {
  /** Says what the client needs; from now on the medium may flow. */
  begin(): void;
  addCandidate(candidate: string): void;
  /** False if it takes a new session. */
  setQuality(wish: QualityWish): boolean;
  /** How its viewer stands; undefined once it is over. */
  view(): ViewerView | undefined;
  readonly mediaStartMs: number | null;
  readonly droppedFrames: number;
  /** By the client's will. Idempotent; `onEnd` is not called. */
  close(): void;
}

/** What each session of a dialogue is made with. */
export interface SessionLink {
  readonly streamId: string;
  /** Without the port. */
  readonly address: string;
  /** Address and port, for people. */
  readonly remote: string;
  readonly userAgent: string | undefined;
  readonly wire: Wire<ServerMessage>;
  readonly options: SignallingOptions;
  readonly counters: SignallingCounters;
}

export interface SessionRequest {
  readonly quality: QualityWish;
  /** It is over, by no will of the client's. */
  readonly onEnd: (reason: string) => void;
}
