// Tests of counted delays and of quantiles.

import { expect, test } from 'vitest';
import { DelayCounts } from './delay-counts.ts';
import { quantileOf, quantilesOf } from './quantile.ts';

test('quantiles of counted delays are exact to a quarter of a millisecond', () => {
  const counts = new DelayCounts();
  for (let ms = 1; ms <= 100; ms++) counts.add(ms + 0.1);
  expect(counts.quantileMs(0.5)).toBe(50);
  expect(counts.quantileMs(0.99)).toBe(99);
  expect(counts.quantileMs(1)).toBe(100);
});

test('counts of two processes are as those of one', () => {
  const [one, other, all] = [new DelayCounts(), new DelayCounts(), new DelayCounts()];
  for (const ms of [1, 1, 2]) one.add(ms);
  for (const ms of [2, 30]) other.add(ms);
  all.merge(one.take());
  all.merge(other.take());
  expect([0.4, 0.8, 1].map((part) => all.quantileMs(part))).toEqual([1, 2, 30]);
});

test('what was taken is counted no more', () => {
  const counts = new DelayCounts();
  counts.add(5);
  expect(counts.take()).toEqual([[20, 1]]);
  expect(counts.take()).toEqual([]);
  expect(counts.quantileMs(0.5)).toBeNaN();
});

test('delays below 0 are none, and very long ones are as long as the longest', () => {
  const counts = new DelayCounts();
  counts.add(-3);
  expect(counts.quantileMs(1)).toBe(0);
  counts.add(1e9);
  expect(counts.quantileMs(1)).toBe(10_000);
});

test('quantiles of values are values', () => {
  expect(quantileOf([3, 1, 2], 0)).toBe(1);
  expect(quantilesOf([30, 10, 20, 40])).toEqual({ p50: 20, p95: 40, p99: 40, max: 40 });
  expect(quantileOf([], 0.5)).toBeNaN();
});
