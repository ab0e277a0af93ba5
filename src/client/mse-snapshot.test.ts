// The figures of a player by MSE.

import { expect, test } from 'vitest';
import { mseSnapshot } from './mse-snapshot.ts';
import { computeFigures, hasProgressed } from './stream-figures.ts';

const START = {
  atMs: 1_000,
  mime: 'video/mp4; codecs="avc1.640028,mp4a.40.2"',
  fragments: 10,
  bytes: 50_000,
  framesDecoded: 20,
  framesDropped: 1,
  width: 1280,
  height: 720,
  behindMs: 300,
  looks: 1,
  playoutTimestampMs: 5_000,
};

test('they are those that a peer connection has, as far as there are any', () => {
  const before = mseSnapshot(START);
  const after = mseSnapshot({
    ...START,
    atMs: 2_000,
    fragments: 60,
    bytes: 175_000,
    framesDecoded: 45,
    behindMs: 800,
    looks: 2,
  });
  expect(hasProgressed(before, after)).toBe(true);
  expect(computeFigures(before, after)).toMatchObject({
    transport: 'mse',
    codec: 'H264',
    audioCodec: 'AAC',
    width: 1280,
    bitrateKbps: 1_000,
    framesPerSecond: 25,
    framesDropped: 1,
    jitterBufferMs: 500,
    rttMs: null,
    packetsLost: 0,
  });
  expect(after.video?.playoutTimestampMs).toBe(5_000);
});

test.each([
  ['video/mp4; codecs="hvc1.1.6.L93.B0,opus"', 'H265', 'opus'],
  ['video/mp4; codecs="avc1.42c01f"', 'H264', null],
  ['audio/mp4; codecs="opus"', null, 'opus'],
  ['video/mp4', null, null],
])('%s is named as people know it', (mime, codec, audioCodec) => {
  const snapshot = mseSnapshot({ ...START, mime, width: 0, height: 0 });
  expect(computeFigures(null, snapshot)).toMatchObject({ codec, audioCodec, width: null });
});
