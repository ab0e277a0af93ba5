// Capture times between time extensions.

import { expect, test } from 'vitest';
import { CaptureTimes } from './capture-times.ts';

const CAPTURED_MS = Date.UTC(2026, 0, 1);

function timesFrom(timestamp: number, clockRate = 48_000): CaptureTimes {
  const times = new CaptureTimes(clockRate);
  times.take({ ssrc: 7, timestamp }, CAPTURED_MS);
  return times;
}

test('CaptureTimes counts on from the last time extension, through a wrap, and back from it', () => {
  const times = timesFrom(2 ** 32 - 240);
  expect(times.capturedAtMs({ ssrc: 7, timestamp: 0 })).toBe(CAPTURED_MS + 5);
  expect(times.capturedAtMs({ ssrc: 7, timestamp: 48_000 - 240 })).toBe(CAPTURED_MS + 1_000);
  expect(times.capturedAtMs({ ssrc: 7, timestamp: 2 ** 32 - 480 })).toBe(CAPTURED_MS - 5);
});

test('CaptureTimes counts by the stream’s own clock', () => {
  const times = timesFrom(0, 44_100);
  expect(times.capturedAtMs({ ssrc: 7, timestamp: 44_100 })).toBe(CAPTURED_MS + 1_000);
});

test('CaptureTimes follows each later extension, and none that was overtaken', () => {
  const times = timesFrom(0);
  times.take({ ssrc: 7, timestamp: 240_000 }, CAPTURED_MS + 5_001);
  times.take({ ssrc: 7, timestamp: 120_000 }, CAPTURED_MS + 99);
  expect(times.capturedAtMs({ ssrc: 7, timestamp: 240_048 })).toBe(CAPTURED_MS + 5_002);
});

test('CaptureTimes tells nothing for another stream, nor a minute after the last extension', () => {
  const times = timesFrom(0);
  expect(times.capturedAtMs({ ssrc: 8, timestamp: 0 })).toBeNull();
  expect(times.capturedAtMs({ ssrc: 7, timestamp: 60 * 48_000 })).toBe(CAPTURED_MS + 60_000);
  expect(times.capturedAtMs({ ssrc: 7, timestamp: 60 * 48_000 + 48 })).toBeNull();
});

test('CaptureTimes takes an extension of unrelated timestamps', () => {
  const times = timesFrom(2 ** 31);
  times.take({ ssrc: 7, timestamp: 48_000 }, CAPTURED_MS + 9);
  expect(times.capturedAtMs({ ssrc: 7, timestamp: 48_048 })).toBe(CAPTURED_MS + 10);
});

test('CaptureTimes knows 64 streams and forgets the first of more', () => {
  const times = timesFrom(0);
  for (let ssrc = 100; ssrc < 164; ssrc++) times.take({ ssrc, timestamp: 0 }, CAPTURED_MS);
  expect(times.capturedAtMs({ ssrc: 7, timestamp: 0 })).toBeNull();
  expect(times.capturedAtMs({ ssrc: 100, timestamp: 0 })).toBe(CAPTURED_MS);
  expect(times.capturedAtMs({ ssrc: 163, timestamp: 0 })).toBe(CAPTURED_MS);
});
