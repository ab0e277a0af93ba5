// Delays: they double, end at the cap, and differ by chance.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { retryDelayMs } from './retry-policy.ts';

test('the first failure is tried again within a second, later ones each after twice as long', () => {
  const delays = [1, 2, 3, 4, 5, 6, 7].map((failures) => retryDelayMs(failures, 1));
  expect(delays).toEqual([1000, 2000, 4000, 8000, 16_000, 30_000, 30_000]);
});

test('half of a delay is chance', () => {
  expect([0, 0.5, 1].map((random) => retryDelayMs(3, random))).toEqual([2000, 3000, 4000]);
});

test('however often it failed, the delay is between half a second and the cap', () => {
  const failures = fc.integer({ min: 0, max: 1_000_000 });
  const random = fc.double({ min: 0, max: 1, noNaN: true });
  fc.assert(
    fc.property(failures, random, (count, chance) => {
      const delayMs = retryDelayMs(count, chance);
      expect(delayMs).toBeGreaterThanOrEqual(500);
      expect(delayMs).toBeLessThanOrEqual(30_000);
    }),
  );
});
