// A track as the API shows it.

import type { TrackView } from '#contract/streams.ts';
import type { Track } from './track.ts';

export function viewTrack(track: Track): TrackView {
  const { format, counters, picture } = track;
  const isVideo = format.kind === 'video';
  return {
    kind: format.kind,
    codec: format.codec,
    clockRate: format.clockRate,
    profile: picture?.profile ?? null,
    level: picture?.level ?? null,
    width: picture?.width ?? null,
    height: picture?.height ?? null,
    channels: isVideo ? null : format.channels,
    frameRate: isVideo ? round(track.frameRate.rate) : null,
    gopFrames: track.gopFrames ?? null,
    reorders: isVideo ? track.reorders : null,
    faults: { ...track.faults },
    bitrateKbps: round(track.bitrate.rate / 1000),
    packets: counters.packets,
    bytes: counters.bytes,
    frames: counters.frames,
    keyFrames: counters.keyFrames,
    lostPackets: track.lost,
    droppedPackets: counters.dropped,
    malformedPackets: counters.malformed,
  };
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
