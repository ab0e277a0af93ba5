// What feeds a stream: a camera, a publisher, the test picture.

import type { TrackFormat } from '#core/streams/track-format.ts';

/** Where a source puts one track's packets. */
export interface TrackSink {
  /**
   * Takes one RTP packet. The bytes are copied before it returns, so the buffer may be reused.
   * `capturedAtMs` is when the medium was captured, on the clock's `nowMs` scale.
   */
  write(packet: Uint8Array, capturedAtMs: number): void;
}

export interface SourceFailure {
  /** For people: the thing, the reason, the remedy. Without secrets. */
  readonly reason: string;
  /** `retry`: later it may work. `refused`: trying again by itself would be useless or do harm. */
  readonly kind: 'retry' | 'refused';
}

export interface SourceOffer {
  readonly formats: readonly TrackFormat[];
  /** What else it has that is not taken, and why, in words: "audio G726-32: not supported". */
  readonly ignored?: readonly string[];
}

/** Where a source reports to. */
export interface SourceSink {
  /** The source is live and has these tracks; it gets a sink for each, in the same order. Once. */
  ready(offer: SourceOffer): readonly TrackSink[];
  /** Sends what was written since the last call. Called once per frame or per socket read. */
  flush(): void;
  /** The source has come to its end; it is closed and, by the stream's policy, opened anew. */
  failed(failure: SourceFailure): void;
}

/** One attempt: a stream makes a new one when it tries again. */
export interface Source {
  start(sink: SourceSink): void;
  /** Asks for a key frame, where the protocol can. */
  requestKeyFrame?(): void;
  /** Idempotent; after it resolves nothing is written any more. */
  close(): Promise<void>;
}
