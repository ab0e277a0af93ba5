// The figures of a viewer, from pairs of snapshots.

import { expect, test } from 'vitest';
import type { StatsSnapshot, TrackStats } from './stats-snapshot.ts';
import { computeFigures, hasProgressed } from './stream-figures.ts';

const track: TrackStats = {
  codec: 'H264',
  packets: 100,
  packetsLost: 0,
  bytes: 100_000,
  jitterMs: 3,
  jitterBufferDelayMs: 1_000,
  jitterBufferEmitted: 50,
  framesDecoded: 50,
  framesDropped: 0,
  framesPerSecond: 24,
  width: 1280,
  height: 720,
  freezes: 0,
  freezeMs: 0,
  keyFrameRequests: 1,
  retransmitRequests: 0,
  playoutTimestampMs: null,
};

function look(
  atMs: number,
  video: Partial<TrackStats>,
  audio?: Partial<TrackStats>,
): StatsSnapshot {
  return {
    atMs,
    video: { ...track, ...video },
    audio: audio ? { ...track, codec: 'opus', framesDecoded: null, ...audio } : null,
    rttMs: 8,
    transport: 'udp',
  };
}

test('Rates are taken over the interval, counters from the start', () => {
  const before = look(1_000, {}, { bytes: 0, packets: 0 });
  const after = look(
    3_000,
    {
      bytes: 600_000,
      packets: 590,
      packetsLost: 10,
      framesDecoded: 100,
      jitterBufferDelayMs: 3_000,
      jitterBufferEmitted: 100,
    },
    { bytes: 20_000, packets: 0 },
  );
  expect(computeFigures(before, after)).toEqual({
    codec: 'H264',
    audioCodec: 'opus',
    width: 1280,
    height: 720,
    transport: 'udp',
    bitrateKbps: 2_080,
    packets: 590,
    bytes: 620_000,
    packetsLost: 10,
    lossPercent: 2,
    rttMs: 8,
    jitterMs: 3,
    jitterBufferMs: 40,
    framesDecoded: 100,
    framesDropped: 0,
    framesPerSecond: 25,
    freezes: 0,
    freezeMs: 0,
    keyFrameRequests: 1,
    retransmitRequests: 0,
  });
});

test('The first look has no rates, only what the browser itself says', () => {
  const figures = computeFigures(null, look(0, {}));
  expect(figures).toMatchObject({ bitrateKbps: null, lossPercent: null, framesPerSecond: 24 });
  expect(figures.jitterBufferMs).toBe(20);
});

test('A repaired loss does not count backwards', () => {
  const figures = computeFigures(
    look(0, { packetsLost: 5 }),
    look(1_000, { packetsLost: 4, packets: 200 }),
  );
  expect(figures.lossPercent).toBe(0);
});

test('An interval without packets has no loss figure, and two looks at once no rate', () => {
  expect(computeFigures(look(0, {}), look(1_000, {})).lossPercent).toBeNull();
  expect(computeFigures(look(0, {}), look(0, {}))).toMatchObject({
    bitrateKbps: null,
    framesPerSecond: 24,
  });
});

test('A jitter buffer that emitted nothing has no delay', () => {
  expect(computeFigures(look(0, {}), look(1_000, {})).jitterBufferMs).toBeNull();
  expect(computeFigures(null, look(0, { jitterBufferDelayMs: null })).jitterBufferMs).toBeNull();
});

test('A session without video has figures of its audio', () => {
  const figures = computeFigures(null, { ...look(0, {}, { jitterMs: 7 }), video: null });
  expect(figures).toMatchObject({
    codec: null,
    audioCodec: 'opus',
    framesDecoded: null,
    jitterMs: 7,
  });
  expect(computeFigures(null, { ...look(0, {}), video: null }).jitterMs).toBeNull();
});

test('Media progresses with bytes or with frames, and not without', () => {
  expect(hasProgressed(null, look(0, {}))).toBe(true);
  expect(hasProgressed(null, look(0, { bytes: 0 }))).toBe(false);
  expect(hasProgressed(look(0, {}), look(1, {}))).toBe(false);
  expect(hasProgressed(look(0, {}), look(1, { bytes: 100_001 }))).toBe(true);
  expect(hasProgressed(look(0, {}), look(1, { framesDecoded: 51 }))).toBe(true);
});
