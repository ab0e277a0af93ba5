// Events beyond the limit.

import { expect, test } from 'vitest';
import { RateLimit } from './rate-limit.ts';

test('RateLimit admits so many a second, and again in the next', () => {
  const limit = new RateLimit(2);
  expect([0, 10, 20, 999].map((nowMs) => limit.admits(nowMs))).toEqual([true, true, false, false]);
  expect([1000, 1001, 1002].map((nowMs) => limit.admits(nowMs))).toEqual([true, true, false]);
});
