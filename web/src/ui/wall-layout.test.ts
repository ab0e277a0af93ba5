// The wall on displays of all kinds.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { countPages, pageOf, planWall, tilesPerPage, wallLayouts } from './wall-layout.ts';

const WALL_DISPLAY = { width: 156, height: 80 };
const LAPTOP = { width: 85, height: 46 };
const PHONE = { width: 20.5, height: 36 };

test('one stream is as large as the display is high', () => {
  const { columns, tileRem } = planWall('auto', 1, WALL_DISPLAY);
  expect(columns).toBe(1);
  expect((tileRem * 9) / 16 + 3.75).toBeCloseTo(80);
});

test('four streams on a wall display stand two by two', () => {
  expect(planWall('auto', 4, WALL_DISPLAY).columns).toBe(2);
});

test('nine streams on a laptop stand three by three', () => {
  expect(planWall('auto', 9, LAPTOP)).toMatchObject({ columns: 3, dense: false });
});

test('sixteen streams on a laptop fit where each has one line', () => {
  expect(planWall('auto', 16, LAPTOP)).toMatchObject({ columns: 4, dense: true });
});

test('a wall display shows 64 streams at once', () => {
  const { columns, tileRem } = planWall('auto', 64, WALL_DISPLAY);
  expect(columns).toBe(10);
  expect(tileRem).toBeGreaterThanOrEqual(11);
});

test('a hundred streams on a laptop scroll, as many beside each other as can be watched', () => {
  const { columns, tileRem } = planWall('auto', 100, LAPTOP);
  expect(columns).toBe(4);
  expect(tileRem).toBeCloseTo((85 - 3 * 1.5) / 4);
});

test.each([1, 2, 7])('%i streams on a phone take its whole width', (count) => {
  expect(planWall('auto', count, PHONE)).toMatchObject({ columns: 1, tileRem: 20.5 });
});

test.each([
  ['1', 1],
  ['4', 2],
  ['9', 3],
  ['16', 4],
  ['25', 5],
  ['focus', 3],
] as const)('the layout "%s" has %i columns, however few streams there are', (layout, columns) => {
  expect(planWall(layout, 1, WALL_DISPLAY).columns).toBe(columns);
});

test('the first of "focus" takes four places of nine', () => {
  expect(planWall('focus', 6, LAPTOP)).toMatchObject({ columns: 3, largeSpan: 2 });
});

test('a phone shows two beside each other where more were chosen', () => {
  expect(planWall('25', 25, PHONE).columns).toBe(2);
});

test('pages hold every stream once, in order', () => {
  const layout = fc.constantFrom(...wallLayouts);
  fc.assert(
    fc.property(fc.nat(200), layout, (count, chosen) => {
      const items = Array.from({ length: count }, (_, index) => index);
      const pages = Array.from({ length: countPages(chosen, count) }, (_, page) =>
        pageOf(items, chosen, page),
      );
      expect(pages.flat()).toEqual(items);
      for (const page of pages) expect(page.length).toBeLessThanOrEqual(tilesPerPage(chosen));
    }),
  );
});

test('a page that is no more is the last one', () => {
  expect(pageOf([1, 2, 3, 4, 5], '4', 7)).toEqual([5]);
});

test('whatever the display, tiles stay inside it and are watchable where it allows that', () => {
  const rem = fc.double({ min: 5, max: 400, noNaN: true });
  const layout = fc.constantFrom(...wallLayouts);
  fc.assert(
    fc.property(fc.nat(500), rem, rem, layout, (count, width, height, chosen) => {
      const { columns, tileRem, gapRem } = planWall(chosen, count, { width, height });
      expect(columns).toBeGreaterThanOrEqual(1);
      expect(columns * tileRem + (columns - 1) * gapRem).toBeLessThanOrEqual(width + 1e-6);
      if (chosen === 'auto') expect(tileRem).toBeGreaterThanOrEqual(Math.min(11, width) - 1e-6);
    }),
  );
});
