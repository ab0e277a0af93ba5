// Distances of numbers that wrap.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { sequenceDistance, timestampDistance } from './distance.ts';

test('a distance survives the wrap of sequence numbers', () => {
  expect(sequenceDistance(65_535, 0)).toBe(1);
  expect(sequenceDistance(0, 65_535)).toBe(-1);
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 0xffff }),
      fc.integer({ min: -32_768, max: 32_767 }),
      (from, step) => {
        expect(sequenceDistance(from, (from + step) & 0xffff)).toBe(step);
      },
    ),
  );
});

test('a distance survives the wrap of timestamps', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 0xffff_ffff }),
      fc.integer({ min: -1e9, max: 1e9 }),
      (from, step) => {
        expect(timestampDistance(from, (from + step) >>> 0)).toBe(step);
      },
    ),
  );
});
