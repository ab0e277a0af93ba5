// What an MP4 says of a track.

/** From 1; 0 means no track (ISO 14496-12 §8.3.2). */
interface TrackNumber {
  readonly id: number;
  /** Ticks per second: the RTP clock rate, so that nothing has to be converted. */
  readonly timescale: number;
}

export interface VideoMp4Track extends TrackNumber {
  readonly codec: 'H264' | 'H265';
  /** VPS (H.265), SPS and PPS without start codes. */
  readonly parameterSets: readonly Uint8Array[];
}

export interface AacMp4Track extends TrackNumber {
  readonly codec: 'AAC';
  /** AudioSpecificConfig. */
  readonly config: Uint8Array;
}

export interface OpusMp4Track extends TrackNumber {
  readonly codec: 'opus';
  readonly channels: number;
}

export type Mp4Track = VideoMp4Track | AacMp4Track | OpusMp4Track;

export function isVideo(track: Mp4Track): track is VideoMp4Track {
  return track.codec === 'H264' || track.codec === 'H265';
}
