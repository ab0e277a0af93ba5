// What a session description says of one track, as far as it can be played.

interface DescribedVideo {
  readonly kind: 'video';
  readonly codec: 'H264' | 'H265';
  readonly clockRate: 90_000;
  /** Without start codes; those that made sense. In-band sets win over these. */
  readonly parameterSets: readonly Uint8Array[];
}

interface DescribedPlainAudio {
  readonly kind: 'audio';
  readonly codec: 'opus' | 'PCMU' | 'PCMA' | 'G722' | 'L16';
  /** Of the RTP timestamps. Opus: 48,000; G.722: 8,000, though it samples at 16,000 (RFC 3551 §4.5.2). */
  readonly clockRate: number;
  readonly channels: number;
}

/** RFC 3640, or RFC 6416 LATM where `packing` says so. */
export interface DescribedAac {
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

export type DescribedFormat = DescribedVideo | DescribedPlainAudio | DescribedAac;

/** `a=rtpmap` and `a=fmtp` of one payload type; parameter names in lower case. */
export interface PayloadDescription {
  /** In upper case. */
  readonly encoding: string;
  readonly clockRate: number | undefined;
  readonly channels: number | undefined;
  readonly parameters: ReadonlyMap<string, string>;
}
