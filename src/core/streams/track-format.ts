// What a track carries, as its source declares it.

export interface VideoFormat {
  readonly kind: 'video';
  readonly codec: 'H264';
  readonly clockRate: 90_000;
  /** Without start codes. In-band sets win over these. */
  readonly parameterSets: readonly Uint8Array[];
}

export interface AudioFormat {
  readonly kind: 'audio';
  readonly codec: 'opus';
  readonly clockRate: 48_000;
  readonly channels: 1 | 2;
}

export type TrackFormat = VideoFormat | AudioFormat;
