// The age of the picture on screen, from every source a browser may have.

import { expect, test } from 'vitest';
import { frameAgeMs } from './frame-age.ts';

const WALL_MS = Date.UTC(2026, 5, 1);
const NTP_TO_UNIX_MS = -Date.UTC(1900, 0, 1);

const clocks = {
  captureTimeMs: null,
  nowMs: 10_000,
  playoutTimestampMs: null,
  wallMs: WALL_MS,
  serverOffsetMs: null,
};

test('The capture time of the frame on screen wins, and the age grows while it stands still', () => {
  expect(frameAgeMs({ ...clocks, captureTimeMs: 9_880 })).toBe(120);
  expect(frameAgeMs({ ...clocks, captureTimeMs: 9_880, nowMs: 99_880 })).toBe(90_000);
});

test('Playout times are read from either epoch, corrected by the clock of the server', () => {
  const captured = WALL_MS + 500 - 80;
  const unix = { ...clocks, serverOffsetMs: 500, playoutTimestampMs: captured };
  expect(frameAgeMs(unix)).toBe(80);
  expect(frameAgeMs({ ...unix, playoutTimestampMs: captured + NTP_TO_UNIX_MS })).toBe(80);
});

test('Without the clock of the server there is no age', () => {
  expect(frameAgeMs({ ...clocks, playoutTimestampMs: WALL_MS })).toBeNull();
  expect(frameAgeMs(clocks)).toBeNull();
});

test('A little in the future is now; more is no age', () => {
  expect(frameAgeMs({ ...clocks, captureTimeMs: 10_050 })).toBe(0);
  expect(frameAgeMs({ ...clocks, captureTimeMs: 10_150 })).toBeNull();
  const estimate = { ...clocks, serverOffsetMs: 0 };
  expect(frameAgeMs({ ...estimate, playoutTimestampMs: WALL_MS + 50 })).toBe(0);
  expect(frameAgeMs({ ...estimate, playoutTimestampMs: WALL_MS + 150 })).toBeNull();
});

test('A playout time of an hour ago is a wrong clock, not an old picture', () => {
  expect(
    frameAgeMs({ ...clocks, serverOffsetMs: 0, playoutTimestampMs: WALL_MS - 3_600_000 }),
  ).toBeNull();
});
