// A track as the API shows it.

import type { TrackView } from '#contract/streams.ts';
import { parseSps, type Sps } from '#media/h264/sps.ts';
import { InputError } from '#std/errors.ts';
import type { Track } from './track.ts';

export function viewTrack(track: Track): TrackView {
  const { format, counters } = track;
  const sps = readSps(track);
  return {
    kind: format.kind,
    codec: format.codec,
    clockRate: format.clockRate,
    profile: sps?.profileName ?? null,
    level: sps?.level ?? null,
    width: sps?.width ?? null,
    height: sps?.height ?? null,
    channels: format.kind === 'audio' ? format.channels : null,
    frameRate: format.kind === 'video' ? round(track.frameRate.rate) : null,
    gopFrames: track.gopFrames ?? null,
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

/** What the camera's parameter sets say; a camera may send nonsense in them. */
function readSps(track: Track): Sps | undefined {
  const unit = track.parameterSets.sps;
  if (!unit) return undefined;
  try {
    return parseSps(unit);
  } catch (error) {
    if (error instanceof InputError) return undefined;
    throw error;
  }
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
