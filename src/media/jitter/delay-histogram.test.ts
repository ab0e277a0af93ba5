// Quantiles of the worst delays of 50 ms.

import { expect, test } from 'vitest';
import { DelayHistogram } from './delay-histogram.ts';

/** One packet each 5 ms. */
function observe(histogram: DelayHistogram, fromMs: number, delays: readonly number[]): void {
  for (const [index, delayMs] of delays.entries()) histogram.add(delayMs, fromMs + index * 5);
}

test('DelayHistogram ignores one late packet in 10 s, and sees two', () => {
  const histogram = new DelayHistogram();
  observe(histogram, 0, [0, 40, ...new Array(30).fill(0)]);
  expect(histogram.quantileMs(0.995)).toBe(0.5);
  expect(histogram.quantileMs(0.999)).toBe(40.5);
  observe(histogram, 1_000, [0, 40, ...new Array(30).fill(0)]);
  expect(histogram.quantileMs(0.995)).toBe(40.5);
});

test('DelayHistogram counts the worst of 50 ms once, however many packets were late', () => {
  const histogram = new DelayHistogram();
  observe(histogram, 0, [10, 40, 39, 38, 37, 36, 35, 34, 33, 32, ...new Array(30).fill(0)]);
  expect(histogram.quantileMs(0.995)).toBe(0.5);
});

test('DelayHistogram halves the weight of what was in 10 s', () => {
  const histogram = new DelayHistogram();
  observe(histogram, 0, new Array(2_000).fill(20));
  expect(histogram.quantileMs(0.4)).toBe(0.5);
  expect(histogram.quantileMs(0.6)).toBe(20.5);
  observe(histogram, 10_000, new Array(2_010).fill(5));
  // A quarter is from the beginning, a quarter from the first 10 s, half from the second.
  expect(histogram.quantileMs(0.7)).toBe(5.5);
  expect(histogram.quantileMs(0.8)).toBe(20.5);
});

test('DelayHistogram says when its quantiles are new, and counts what is beyond it as 100 ms', () => {
  const histogram = new DelayHistogram();
  expect(histogram.add(900, 0)).toBe(false);
  expect(histogram.add(900, 49)).toBe(false);
  expect(histogram.add(900, 50)).toBe(true);
  expect(histogram.quantileMs(1)).toBe(100);
});

test('DelayHistogram goes on for a day', () => {
  const histogram = new DelayHistogram();
  for (let nowMs = 0; nowMs < 24 * 3_600_000; nowMs += 50) histogram.add(7, nowMs);
  expect(histogram.quantileMs(0.5)).toBe(7.5);
  expect(histogram.quantileMs(0.999)).toBe(7.5);
});
