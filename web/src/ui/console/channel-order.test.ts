// Where a row goes that is dragged, or moved by a key.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { dropPlace, move, placeByKey, shiftOf } from './channel-order.ts';

const rows = 32;
const place = fc.integer({ min: 0, max: rows - 1 });

test('A moved row lies where it was taken, and the others keep their order', () => {
  fc.assert(
    fc.property(place, place, (from, to) => {
      const list = Array.from({ length: rows }, (_, index) => index);
      const moved = move(list, from, to);
      expect(moved[to]).toBe(from);
      expect(moved.filter((row) => row !== from)).toEqual(list.filter((row) => row !== from));
    }),
  );
});

test('A row is not moved out of the list', () => {
  expect(move(['a', 'b', 'c'], 0, 9)).toEqual(['b', 'c', 'a']);
  expect(move(['a', 'b', 'c'], 2, -1)).toEqual(['c', 'a', 'b']);
  expect(move(['a'], 5, 0)).toEqual(['a']);
});

test.each([
  [0, 3],
  [19, 3],
  [21, 4],
  [-21, 2],
  [-4_000, 0],
  [4_000, 31],
])('A row pulled by %d px lies at %d', (distancePx, expected) => {
  expect(dropPlace({ from: 3, distancePx, rowPx: 40, rows })).toBe(expected);
});

test('Rows without a height stay where they are', () => {
  expect(dropPlace({ from: 3, distancePx: 90, rowPx: 0, rows })).toBe(3);
});

test('What gives way to a held row shows the order it would have when let go', () => {
  fc.assert(
    fc.property(place, place, (from, to) => {
      const list = Array.from({ length: rows }, (_, index) => index);
      const shown = list.map((index) => (index === from ? to : index + shiftOf(index, from, to)));
      const moved = move(list, from, to);
      for (const index of list) expect(moved[shown[index] ?? -1]).toBe(index);
    }),
  );
});

test('Arrow keys move by one, Home and End to the ends, other keys not at all', () => {
  expect(placeByKey('ArrowUp', 3, rows)).toBe(2);
  expect(placeByKey('ArrowUp', 0, rows)).toBe(0);
  expect(placeByKey('ArrowDown', 31, rows)).toBe(31);
  expect(placeByKey('Home', 7, rows)).toBe(0);
  expect(placeByKey('End', 7, rows)).toBe(31);
  expect(placeByKey('a', 7, rows)).toBeUndefined();
});
