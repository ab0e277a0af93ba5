// What a track carries, as its source declares it.

export interface VideoFormat {
  readonly kind: 'video';
  readonly codec: 'H264' | 'H265';
  readonly clockRate: 90_000;
  /** Without start codes. In-band sets win over these. */
  readonly parameterSets: readonly Uint8Array[];
}

interface PlainAudioFormat {
  readonly kind: 'audio';
  readonly codec: 'opus' | 'PCMU' | 'PCMA' | 'G722' | 'L16';
  /** Of the RTP timestamps. Opus: 48,000; G.722: 8,000, though it samples at 16,000 (RFC 3551 §4.5.2). */
  readonly clockRate: number;
  readonly channels: number;
}

/** RFC 3640, or RFC 6416 LATM where `packing` says so. */
export interface AacFormat {
  readonly kind: 'audio';
  readonly codec: 'AAC';
  readonly clockRate: number;
  readonly channels: number;
  /** AudioSpecificConfig (ISO 14496-3 §1.6). */
  readonly config: Uint8Array;
  readonly packing: 'generic' | 'latm';
  /** Widths of the AU headers' fields in bits; all 0 for LATM. */
  readonly sizeLength: number;
  readonly indexLength: number;
  readonly indexDeltaLength: number;
}

export type AudioFormat = PlainAudioFormat | AacFormat;
export type TrackFormat = VideoFormat | AudioFormat;

/** Whether what fits the one fits the other too, for whoever receives it. */
export function sameCarriage(one: TrackFormat, other: TrackFormat): boolean {
  if (one.codec !== other.codec || one.clockRate !== other.clockRate) return false;
  if (one.kind === 'video' || other.kind === 'video') return true;
  if (one.channels !== other.channels) return false;
  return one.codec !== 'AAC' || other.codec !== 'AAC' || `${one.config}` === `${other.config}`;
}
