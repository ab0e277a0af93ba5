// Percentiles of delays.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DelayPercentiles } from './delay-percentiles.ts';

function spreadOf(delays: readonly number[]) {
  const percentiles = new DelayPercentiles();
  for (const delayMs of delays) percentiles.add(delayMs);
  return percentiles.read();
}

test('DelayPercentiles reads the median, the tail and the greatest', () => {
  const delays = Array.from({ length: 100 }, (_, index) => index + 1);
  expect(spreadOf(delays)).toEqual({ p50Ms: 50, p95Ms: 95, p99Ms: 99, maxMs: 100 });
  expect(spreadOf([7.3])).toEqual({ p50Ms: 7.25, p95Ms: 7.25, p99Ms: 7.25, maxMs: 7.3 });
});

test('DelayPercentiles knows nothing before the first delay and after a reset', () => {
  const percentiles = new DelayPercentiles();
  expect(percentiles.read()).toBeNull();
  percentiles.add(3);
  percentiles.reset();
  expect(percentiles.read()).toBeNull();
  percentiles.add(1);
  expect(percentiles.read()).toEqual({ p50Ms: 1, p95Ms: 1, p99Ms: 1, maxMs: 1 });
});

test('DelayPercentiles bears delays below 0, without end, and what is no number', () => {
  expect(spreadOf([-5])).toMatchObject({ p50Ms: 0, maxMs: 0 });
  expect(spreadOf([90_000])).toMatchObject({ p50Ms: 2_000, maxMs: 90_000 });
  expect(spreadOf([Number.NaN])).toBeNull();
});

test('DelayPercentiles is within an eighth of a millisecond of what sorting finds', () => {
  const delays = fc.array(fc.double({ min: 0, max: 1_999, noNaN: true }), { minLength: 1 });
  fc.assert(
    fc.property(delays, (values) => {
      const sorted = values.toSorted((one, other) => one - other);
      const at = (quantile: number) => sorted[Math.ceil(quantile * sorted.length) - 1] ?? 0;
      const spread = spreadOf(values);
      expect(Math.abs((spread?.p50Ms ?? -1) - at(0.5))).toBeLessThanOrEqual(0.125);
      expect(Math.abs((spread?.p95Ms ?? -1) - at(0.95))).toBeLessThanOrEqual(0.125);
      expect(Math.abs((spread?.p99Ms ?? -1) - at(0.99))).toBeLessThanOrEqual(0.125);
    }),
  );
});
