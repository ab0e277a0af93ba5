// Watching a stream by something other than WebRTC: an RTSP session, a fragmented MP4 over a WebSocket.

import type { Outlet } from '#core/ports/outlet.ts';
import type { Track } from './track.ts';
import type { TrackFormat } from './track-format.ts';

export interface WatchRequest {
  readonly streamId: string;
  readonly protocol: 'rtsp' | 'mse';
  /** Address and port, for people. */
  readonly remote: string;
  readonly userAgent: string | undefined;
  /** Which codecs this viewer can take; the best profile that fits is chosen. */
  accepts(format: TrackFormat): boolean;
  readonly profile?: 'main' | 'sub';
  /** The stream ended, was removed, or changed its codec; or the viewer was sent away. */
  onEnd(reason: string): void;
}

/** One track's numbers as this viewer gets them; `payloadType` is 96 for video and 97 for sound. */
export interface WatchedTrack {
  readonly track: Track;
  readonly payloadType: number;
  readonly ssrc: number;
  /** Of the first packet that will be sent. */
  readonly sequence: number;
}

export interface Watch {
  readonly id: string;
  readonly tracks: readonly WatchedTrack[];
  /** One outlet for each track, or undefined for those not wanted. From now on packets come. */
  start(outlets: readonly (Outlet | undefined)[]): void;
  /** Packets stop; `start` again goes on with the newest key frame. */
  pause(): void;
  /** Idempotent. `onEnd` is not called. */
  close(): void;
}
