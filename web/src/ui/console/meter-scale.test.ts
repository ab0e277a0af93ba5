// Levels as lengths, and peaks that stay for a moment.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { meterShare, PeakHold } from './meter-scale.ts';

test.each([
  [-120, 0],
  [-60, 0],
  [-50, 0.075],
  [-20, 0.5],
  [-15, 0.625],
  [0, 1],
  [6, 1],
  [Number.NaN, 0],
])('%d dBFS fill %d of the bar', (db, share) => {
  expect(meterShare(db)).toBeCloseTo(share, 6);
});

test('What is louder is never shorter', () => {
  const level = fc.integer({ min: -120, max: 0 });
  fc.assert(
    fc.property(level, level, (a, b) => {
      expect(Math.sign(meterShare(a) - meterShare(b)) * Math.sign(a - b)).toBeGreaterThanOrEqual(0);
    }),
  );
});

test('A peak stays for a second, then falls 11.8 dB a second, and gives way to a higher one', () => {
  const peak = new PeakHold();
  peak.take(-10, 0);
  peak.take(-40, 500);
  expect(peak.db(1_000)).toBe(-10);
  expect(peak.db(2_000)).toBeCloseTo(-21.8);
  peak.take(-15, 2_000);
  expect(peak.db(2_500)).toBe(-15);
  expect(peak.db(1e6)).toBe(-120);
});

test('Full scale is marked for two seconds', () => {
  const peak = new PeakHold();
  peak.take(-1, 0);
  expect(peak.isClipped(0)).toBe(false);
  peak.take(0, 100);
  peak.take(-30, 2_000);
  expect(peak.isClipped(2_000)).toBe(true);
  expect(peak.isClipped(2_100)).toBe(false);
});
