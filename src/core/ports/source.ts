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

/** Where a source reports to. */
export interface SourceSink {
  /** The source is live and has these tracks; it gets a sink for each, in the same order. */
  ready(formats: readonly TrackFormat[]): readonly TrackSink[];
  /** Sends what was written since the last call. Called once per frame or per socket read. */
  flush(): void;
  /** The source can't go on; `reason` is for people. */
  failed(reason: string): void;
}

export interface Source {
  start(sink: SourceSink): void;
  /** Idempotent; after it resolves nothing is written any more. */
  close(): Promise<void>;
}
