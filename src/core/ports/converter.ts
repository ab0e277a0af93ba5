// What turns a track of one codec into another, on demand: AAC into Opus, H.265 into H.264.

import type { TrackFormat } from '#core/streams/track-format.ts';
import type { TrackSink } from './source.ts';

export interface ConversionSink {
  /** It works, and this is what comes out. Once. */
  ready(format: TrackFormat): TrackSink;
  /** Sends what was written since the last call. */
  flush(): void;
  /** It can't go on; `reason` is for people. */
  failed(reason: string): void;
}

/** What a track has, without the sender's header: RTP headers in the ring are not yet the track's own. */
export interface ConversionPacket {
  /** A whole RTP packet; its header's sequence number, timestamp and marker do not count. */
  readonly packet: Uint8Array;
  /** Continuous, in the track's clock rate. */
  readonly timestamp: number;
  /** The last packet of its frame. */
  readonly marker: boolean;
  readonly capturedAtMs: number;
}

export interface Conversion {
  /** Takes one packet, copying what it keeps. Bounded: what it has no time for is dropped and counted. */
  write(packet: ConversionPacket): void;
  /** CPU it has used so far, in seconds, if that can be known. */
  readonly cpuSeconds: number | undefined;
  /** Idempotent; after it resolves nothing is written any more. */
  close(): Promise<void>;
}

export interface Converter {
  /** Undefined if it can; otherwise why not, in words ("needs ffmpeg, which was not found"). */
  refusal(from: TrackFormat, to: TrackFormat['codec']): string | undefined;
  convert(from: TrackFormat, to: TrackFormat['codec'], sink: ConversionSink): Conversion;
}
