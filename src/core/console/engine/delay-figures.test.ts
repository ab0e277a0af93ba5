// Delays of a second's packets: median and 99th percentile, to a tenth of a millisecond.

import { expect, test } from 'vitest';
import { DelayFigures } from './delay-figures.ts';

test('are the median and the 99th percentile, weighted by packets', () => {
  const figures = new DelayFigures();
  figures.add(5.23, 98);
  figures.add(9.18, 1);
  figures.add(40, 1);
  expect(figures.take()).toEqual({ p50Ms: 5.2, p99Ms: 9.2 });
});

test('begin anew with each reading, and are null without packets', () => {
  const figures = new DelayFigures();
  figures.add(5, 1);
  figures.take();
  expect(figures.take()).toBeNull();
  figures.add(7, 1);
  expect(figures.take()).toEqual({ p50Ms: 7, p99Ms: 7 });
});

test('stay in their bounds when the wall clock jumps', () => {
  const figures = new DelayFigures();
  figures.add(-3_600_000, 1);
  expect(figures.take()).toEqual({ p50Ms: 0, p99Ms: 0 });
  figures.add(3_600_000, 1);
  expect(figures.take()).toEqual({ p50Ms: 499.9, p99Ms: 499.9 });
});
