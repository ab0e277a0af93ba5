// The sliding minimum against a plain one over the same window.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { MinDelay } from './min-delay.ts';

test('the minimum is that of the current second and the nine before it', () => {
  const steps = fc.array(
    fc.record({ waitMs: fc.integer({ min: 0, max: 4000 }), delayMs: fc.integer({ max: 1e6 }) }),
    { maxLength: 60 },
  );
  fc.assert(
    fc.property(steps, (added) => {
      const filter = new MinDelay();
      const all: { second: number; delayMs: number }[] = [];
      let nowMs = 5000;
      for (const { waitMs, delayMs } of added) {
        nowMs += waitMs;
        filter.add(delayMs, nowMs);
        const second = Math.floor(nowMs / 1000);
        all.push({ second, delayMs });
        const inWindow = all.filter((each) => second - each.second < 10);
        expect(filter.value).toBe(Math.min(...inWindow.map((each) => each.delayMs)));
      }
    }),
  );
});

test('nothing is left after a reset', () => {
  const filter = new MinDelay();
  filter.add(5, 1000);
  filter.reset();
  expect(filter.value).toBe(Infinity);
  filter.add(9, 1000);
  expect(filter.value).toBe(9);
});

test('a clock that goes back counts into the newest second', () => {
  const filter = new MinDelay();
  filter.add(5, 20_000);
  filter.add(3, 1000);
  filter.add(4, 29_999);
  expect(filter.value).toBe(3);
});
