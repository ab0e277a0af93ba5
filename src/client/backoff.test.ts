// Holds the delays against the figures that PRODUCT 3 gives.

import { expect, test } from 'vitest';
import { LONGEST_DELAY_MS, retryDelayMs, slowDelayMs } from './backoff.ts';

test('The first five retries come after exactly 1, 2, 4, 8 and 16 s', () => {
  const delays = [1, 2, 3, 4, 5].map((attempt) => retryDelayMs(attempt, () => 0.9));
  expect(delays).toEqual([1_000, 2_000, 4_000, 8_000, 16_000]);
});

test('Later retries spread evenly around 16 s', () => {
  expect(retryDelayMs(6, () => 0)).toBe(12_000);
  expect(retryDelayMs(6, () => 0.5)).toBe(LONGEST_DELAY_MS);
  expect(retryDelayMs(1_000, () => 1)).toBe(20_000);
});

test('A refusal is retried at the pace of late retries', () => {
  expect(slowDelayMs(() => 0.25)).toBe(14_000);
});
