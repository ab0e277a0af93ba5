// The mean deviation of arrivals.

import { expect, test } from 'vitest';
import { InterarrivalJitter } from './interarrival-jitter.ts';

function jitterOf(transits: readonly number[]): number {
  const jitter = new InterarrivalJitter();
  for (const transitMs of transits) jitter.take(transitMs);
  return jitter.ms;
}

test('InterarrivalJitter has the gain of RFC 3550: a sixteenth of what changed', () => {
  expect(jitterOf([1_000])).toBe(0);
  expect(jitterOf([1_000, 1_008])).toBe(0.5);
  expect(jitterOf([1_000, 1_008, 1_008])).toBe(0.46875);
});

test('InterarrivalJitter closes in on how far transits swing', () => {
  const swinging = Array.from({ length: 300 }, (_, index) => (index % 2) * 4);
  expect(jitterOf(swinging)).toBeCloseTo(4, 3);
});

test('InterarrivalJitter does not compare what comes after a reset with what came before', () => {
  const jitter = new InterarrivalJitter();
  jitter.take(0);
  jitter.take(16);
  jitter.reset();
  jitter.take(90_000);
  expect(jitter.ms).toBe(0);
});
