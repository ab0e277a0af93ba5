// The halving of round trips.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ClockOffset } from './clock-offset.ts';

test('The exchange with the shortest round trip decides', () => {
  const offset = new ClockOffset();
  expect(offset.offsetMs).toBeNull();
  offset.add({ sentMs: 1_000, receivedMs: 1_080, serverMs: 6_000 });
  expect(offset.offsetMs).toBe(4_960);
  offset.add({ sentMs: 2_000, receivedMs: 2_010, serverMs: 7_005 });
  expect(offset.offsetMs).toBe(5_000);
  offset.add({ sentMs: 3_000, receivedMs: 3_050, serverMs: 9_999 });
  expect(offset.offsetMs).toBe(5_000);
});

test('Slow, impossible and unreadable exchanges are ignored', () => {
  const offset = new ClockOffset();
  offset.add({ sentMs: 0, receivedMs: 101, serverMs: 0 });
  offset.add({ sentMs: 10, receivedMs: 9, serverMs: 0 });
  offset.add({ sentMs: 0, receivedMs: 1, serverMs: Number.NaN });
  expect(offset.offsetMs).toBeNull();
});

test('A good exchange is forgotten after eight more, so that drift is followed', () => {
  const offset = new ClockOffset();
  offset.add({ sentMs: 0, receivedMs: 0, serverMs: 1 });
  for (let n = 0; n < 8; n++) offset.add({ sentMs: 0, receivedMs: 20, serverMs: 60 });
  expect(offset.offsetMs).toBe(50);
});

test('The error is at most half the round trip, however lopsided the way', () => {
  const delay = fc.integer({ min: 0, max: 50 });
  fc.assert(
    fc.property(delay, delay, fc.integer({ min: -1e9, max: 1e9 }), (outMs, backMs, trueMs) => {
      const offset = new ClockOffset();
      offset.add({ sentMs: 0, receivedMs: outMs + backMs, serverMs: outMs + trueMs });
      expect(Math.abs((offset.offsetMs ?? Number.NaN) - trueMs)).toBeLessThanOrEqual(
        (outMs + backMs) / 2,
      );
    }),
  );
});
