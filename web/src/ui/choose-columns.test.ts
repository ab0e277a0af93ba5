// The wall's columns on the displays that it is seen on.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { chooseColumns, MAX_COLUMNS } from './choose-columns.ts';

test('Six streams on a desktop stand in three columns, without scrolling', () => {
  expect(chooseColumns(6, { width: 84, height: 44 })).toBe(3);
});

test('One stream fills the display, and a phone has one column', () => {
  expect(chooseColumns(1, { width: 70, height: 60 })).toBe(1);
  expect(chooseColumns(9, { width: 22, height: 40 })).toBe(1);
});

test('More streams than fit scroll at the smallest useful width', () => {
  expect(chooseColumns(100, { width: 84, height: 44 })).toBe(4);
});

test('There is always a column, never more than the styles know', () => {
  const size = fc.double({ min: 0, max: 1_000, noNaN: true });
  fc.assert(
    fc.property(fc.nat(1_000), size, size, (count, width, height) => {
      const columns = chooseColumns(count, { width, height });
      expect(columns).toBeGreaterThanOrEqual(1);
      expect(columns).toBeLessThanOrEqual(MAX_COLUMNS);
    }),
  );
});
