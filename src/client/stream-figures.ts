// The live figures of one viewer, computed from two looks at its statistics.

import type { StatsSnapshot, TrackStats } from './stats-snapshot.ts';

/** What a viewer sees of its stream. Null: not known, never a guess. */
export interface StreamFigures {
  readonly codec: string | null;
  readonly audioCodec: string | null;
  readonly width: number | null;
  readonly height: number | null;
  readonly transport: StatsSnapshot['transport'];
  /** Video and audio, over the interval between the two looks. */
  readonly bitrateKbps: number | null;
  readonly packets: number;
  readonly bytes: number;
  readonly packetsLost: number;
  /** Over the interval. */
  readonly lossPercent: number | null;
  readonly rttMs: number | null;
  readonly jitterMs: number | null;
  /** Mean over the interval. */
  readonly jitterBufferMs: number | null;
  readonly framesDecoded: number | null;
  readonly framesDropped: number | null;
  readonly framesPerSecond: number | null;
  readonly freezes: number | null;
  readonly freezeMs: number | null;
  readonly keyFrameRequests: number | null;
  readonly retransmitRequests: number | null;
}

/** `before` is the look before `after` in the same session, or null for the first one. */
export function computeFigures(before: StatsSnapshot | null, after: StatsSnapshot): StreamFigures {
  const { video, audio } = after;
  return {
    codec: video?.codec ?? null,
    audioCodec: audio?.codec ?? null,
    width: video?.width ?? null,
    height: video?.height ?? null,
    transport: after.transport,
    bitrateKbps: bitrateKbps(before, after),
    packets: sum(after, 'packets'),
    bytes: sum(after, 'bytes'),
    packetsLost: sum(after, 'packetsLost'),
    lossPercent: lossPercent(before, after),
    rttMs: after.rttMs,
    jitterMs: video?.jitterMs ?? audio?.jitterMs ?? null,
    jitterBufferMs: jitterBufferMs(before?.video ?? null, video),
    framesDecoded: video?.framesDecoded ?? null,
    framesDropped: video?.framesDropped ?? null,
    framesPerSecond: framesPerSecond(before, after),
    freezes: video?.freezes ?? null,
    freezeMs: video?.freezeMs ?? null,
    keyFrameRequests: video?.keyFrameRequests ?? null,
    retransmitRequests: video?.retransmitRequests ?? null,
  };
}

/** True if media has arrived or been shown between the two looks. */
export function hasProgressed(before: StatsSnapshot | null, after: StatsSnapshot): boolean {
  if (!before) return sum(after, 'bytes') > 0;
  const shown = (after.video?.framesDecoded ?? 0) > (before.video?.framesDecoded ?? 0);
  return shown || sum(after, 'bytes') > sum(before, 'bytes');
}

function sum(snapshot: StatsSnapshot, counter: 'packets' | 'bytes' | 'packetsLost'): number {
  return (snapshot.video?.[counter] ?? 0) + (snapshot.audio?.[counter] ?? 0);
}

function bitrateKbps(before: StatsSnapshot | null, after: StatsSnapshot): number | null {
  const elapsedMs = before ? after.atMs - before.atMs : 0;
  if (!before || elapsedMs <= 0) return null;
  return Math.max(0, ((sum(after, 'bytes') - sum(before, 'bytes')) * 8) / elapsedMs);
}

/** Late packets turn losses back into arrivals, so the difference may be negative: then it is 0. */
function lossPercent(before: StatsSnapshot | null, after: StatsSnapshot): number | null {
  if (!before) return null;
  const lost = Math.max(0, sum(after, 'packetsLost') - sum(before, 'packetsLost'));
  const received = Math.max(0, sum(after, 'packets') - sum(before, 'packets'));
  return lost + received === 0 ? null : (100 * lost) / (lost + received);
}

function jitterBufferMs(before: TrackStats | null, after: TrackStats | null): number | null {
  if (!after || after.jitterBufferDelayMs === null || after.jitterBufferEmitted === null)
    return null;
  const emitted = after.jitterBufferEmitted - (before?.jitterBufferEmitted ?? 0);
  const delayMs = after.jitterBufferDelayMs - (before?.jitterBufferDelayMs ?? 0);
  return emitted > 0 && delayMs >= 0 ? delayMs / emitted : null;
}

/** Counted by us over the interval; the browser's own figure only fills the first look. */
function framesPerSecond(before: StatsSnapshot | null, after: StatsSnapshot): number | null {
  const decoded = after.video?.framesDecoded ?? null;
  const decodedBefore = before?.video?.framesDecoded ?? null;
  const elapsedMs = before ? after.atMs - before.atMs : 0;
  if (decoded === null || decodedBefore === null || elapsedMs <= 0) {
    return after.video?.framesPerSecond ?? null;
  }
  return Math.max(0, ((decoded - decodedBefore) * 1_000) / elapsedMs);
}
