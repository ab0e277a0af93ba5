// The wall time of moments: smooth over whole milliseconds, and following a clock that is set.

import { expect, test } from 'vitest';
import type { Clock } from './clock.ts';
import { WallTime } from './wall-time.ts';

const UTC_MS = Date.UTC(2026, 0, 1);

function open() {
  const times = { nowMs: 0, setMs: 0 };
  const unused = (): never => expect.unreachable();
  const clock: Clock = {
    nowMs: () => times.nowMs,
    wallMs: () => Math.floor(UTC_MS + times.nowMs + times.setMs),
    after: unused,
    every: unused,
  };
  return { times, wallTime: new WallTime(clock) };
}

/** What it is off by, for reads at uneven moments. */
function errors(reads: number, { times, wallTime }: ReturnType<typeof open>): number[] {
  return Array.from({ length: reads }, () => {
    times.nowMs += 5.13;
    return wallTime.of(times.nowMs) - (UTC_MS + times.nowMs + times.setMs);
  });
}

test('WallTime is at most a tenth of a millisecond off, though the wall clock counts whole ones', () => {
  const opened = open();
  errors(100, opened);
  const off = errors(10_000, opened);
  expect(Math.max(...off)).toBeLessThanOrEqual(0.001);
  expect(Math.min(...off)).toBeGreaterThan(-0.1);
});

test.each([-3_600_000, -50, 50, 3_600_000])('WallTime follows a clock set by %i ms', (setMs) => {
  const opened = open();
  errors(100, opened);
  opened.times.setMs = setMs;
  errors(100, opened);
  expect(Math.max(...errors(1_000, opened).map(Math.abs))).toBeLessThan(0.1);
});

test('WallTime follows a clock that is slewed by 400 ppm either way', () => {
  for (const slew of [-0.0004, 0.0004]) {
    const opened = open();
    for (let read = 0; read < 20_000; read++) {
      opened.times.setMs += 5.13 * slew;
      const [off = NaN] = errors(1, opened);
      if (read > 100) expect(Math.abs(off)).toBeLessThan(0.2);
    }
  }
});
