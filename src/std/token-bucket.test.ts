// How many events a bucket admits.

import { expect, test } from 'vitest';
import { TokenBucket } from './token-bucket.ts';

function admitted(bucket: TokenBucket, events: number, nowMs: number): number {
  return Array.from({ length: events }, () => bucket.admits(nowMs)).filter(Boolean).length;
}

test('a burst is admitted at once, and no more than that', () => {
  const bucket = new TokenBucket({ burst: 10, perSecond: 2 });
  expect(admitted(bucket, 30, 1_000)).toBe(10);
  expect(admitted(bucket, 30, 1_499)).toBe(0);
});

test('it fills again, with so many a second, up to a burst', () => {
  const bucket = new TokenBucket({ burst: 10, perSecond: 2 });
  admitted(bucket, 10, 0);
  expect(admitted(bucket, 30, 500)).toBe(1);
  expect(admitted(bucket, 30, 3_000)).toBe(5);
  expect(admitted(bucket, 30, 1_000_000)).toBe(10);
});

test('fractions of an event are not lost', () => {
  const bucket = new TokenBucket({ burst: 1, perSecond: 2 });
  const times = Array.from({ length: 101 }, (_, at) => at * 100);
  expect(times.filter((nowMs) => bucket.admits(nowMs)).length).toBe(21);
});
