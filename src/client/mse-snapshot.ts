// What a player by Media Source Extensions knows of its stream, in the form of a peer connection's statistics.

import type { StatsSnapshot, TrackStats } from './stats-snapshot.ts';

/** As browsers and figures call what MP4 calls otherwise (RFC 6381). */
const CODEC_NAMES: readonly (readonly [prefix: string, name: string])[] = [
  ['avc1', 'H264'],
  ['hvc1', 'H265'],
  ['mp4a', 'AAC'],
  ['opus', 'opus'],
];
const SOUND: readonly string[] = ['AAC', 'opus'];

interface MseReading {
  readonly atMs: number;
  /** `video/mp4; codecs="avc1.640028,opus"` */
  readonly mime: string;
  readonly fragments: number;
  readonly bytes: number;
  readonly framesDecoded: number | null;
  readonly framesDropped: number | null;
  /** 0 before the first frame. */
  readonly width: number;
  readonly height: number;
  /** How far the picture is behind what has arrived: summed up over so many looks. */
  readonly behindMs: number;
  readonly looks: number;
  /** Of the position, on the server's clock. */
  readonly playoutTimestampMs: number | null;
}

export function mseSnapshot(reading: MseReading): StatsSnapshot {
  const codecs = codecsOf(reading.mime);
  const sound = codecs.find((codec) => SOUND.includes(codec));
  const picture = codecs.find((codec) => codec !== sound) ?? null;
  const main: TrackStats = {
    ...EMPTY,
    codec: picture,
    packets: reading.fragments,
    bytes: reading.bytes,
    framesDecoded: reading.framesDecoded,
    framesDropped: reading.framesDropped,
    width: reading.width || null,
    height: reading.height || null,
    jitterBufferDelayMs: reading.behindMs,
    jitterBufferEmitted: reading.looks,
    playoutTimestampMs: reading.playoutTimestampMs,
  };
  const audio = sound === undefined ? null : { ...EMPTY, codec: sound };
  return { atMs: reading.atMs, video: main, audio, rttMs: null, transport: 'mse' };
}

const EMPTY: TrackStats = {
  codec: null,
  packets: 0,
  packetsLost: 0,
  bytes: 0,
  jitterMs: null,
  jitterBufferDelayMs: null,
  jitterBufferEmitted: null,
  framesDecoded: null,
  framesDropped: null,
  framesPerSecond: null,
  width: null,
  height: null,
  freezes: null,
  freezeMs: null,
  keyFrameRequests: null,
  retransmitRequests: null,
  playoutTimestampMs: null,
};

function codecsOf(mime: string): string[] {
  const [, list = ''] = /codecs="([^"]*)"/.exec(mime) ?? [];
  return list.split(',').flatMap((codec) => {
    const known = CODEC_NAMES.find(([prefix]) => codec.startsWith(prefix));
    return known ? [known[1]] : [];
  });
}
