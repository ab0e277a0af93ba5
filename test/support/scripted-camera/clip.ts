// What a scripted camera plays: real frames, each with the moment it is due and its RTP timestamp.

export type VideoEncoding = 'H264' | 'H265';
export type AudioEncoding = 'PCMU' | 'PCMA' | 'G722' | 'L16' | 'opus' | 'MPEG4-GENERIC';

export interface ClipFrame {
  /** When it is sent, from the clip's beginning. */
  readonly dueMs: number;
  /** When it is shown; with B-frames not in the order of sending. */
  readonly ticks: number;
  readonly isKey: boolean;
  /** Video: NAL units without start codes. Sound: the one RTP payload. */
  readonly units: readonly Uint8Array[];
}

export interface VideoClip {
  readonly kind: 'video';
  readonly encoding: VideoEncoding;
  readonly clockRate: 90_000;
  /** Of the first key frame. */
  readonly parameterSets: readonly Uint8Array[];
  readonly frames: readonly ClipFrame[];
  readonly durationMs: number;
}

export interface AudioClip {
  readonly kind: 'audio';
  readonly encoding: AudioEncoding;
  readonly clockRate: number;
  readonly channels: number;
  /** AudioSpecificConfig; only of AAC. */
  readonly config: Uint8Array | undefined;
  readonly frames: readonly ClipFrame[];
  readonly durationMs: number;
}

export type TrackClip = VideoClip | AudioClip;

/** Its tracks have about the same length and are repeated for ever. */
export interface CameraClip {
  readonly tracks: readonly TrackClip[];
}
