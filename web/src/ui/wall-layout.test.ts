// The wall on displays of all kinds.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { layOutWall } from './wall-layout.ts';

const WALL_DISPLAY = { width: 156, height: 80 };
const LAPTOP = { width: 85, height: 46 };
const PHONE = { width: 20.5, height: 36 };

test('one stream is as large as the display is high', () => {
  const { columns, tileRem } = layOutWall(1, WALL_DISPLAY);
  expect(columns).toBe(1);
  expect((tileRem * 9) / 16 + 3.75).toBeCloseTo(80);
});

test('four streams on a wall display stand two by two', () => {
  expect(layOutWall(4, WALL_DISPLAY).columns).toBe(2);
});

test('nine streams on a laptop stand three by three', () => {
  expect(layOutWall(9, LAPTOP).columns).toBe(3);
});

test('a hundred streams on a laptop scroll, as many beside each other as can be watched', () => {
  const { columns, tileRem } = layOutWall(100, LAPTOP);
  expect(columns).toBe(4);
  expect(tileRem).toBeCloseTo((85 - 3 * 1.5) / 4);
});

test.each([1, 2, 7])('%i streams on a phone take its whole width', (count) => {
  expect(layOutWall(count, PHONE)).toEqual({ columns: 1, tileRem: 20.5 });
});

test('whatever the display, tiles stay inside it and are watchable where it allows that', () => {
  const rem = fc.double({ min: 5, max: 400, noNaN: true });
  fc.assert(
    fc.property(fc.nat(500), rem, rem, (count, width, height) => {
      const { columns, tileRem } = layOutWall(count, { width, height });
      expect(columns).toBeGreaterThanOrEqual(1);
      expect(columns * tileRem + (columns - 1) * 1.5).toBeLessThanOrEqual(width + 1e-6);
      expect(tileRem).toBeGreaterThanOrEqual(Math.min(16, width) - 1e-6);
    }),
  );
});
