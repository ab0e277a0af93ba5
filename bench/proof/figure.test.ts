// Tests of figures, their spread and their bounds.

import { expect, test } from 'vitest';
import { spreadOf } from '../spread.ts';
import { type Figure, formatFigure, holds } from './figure.ts';

const joins: Figure = {
  name: 'join',
  unit: 'ms',
  values: [300, 100.25, 900, 200],
  bound: { of: 'median', at: 'most', limit: 250 },
};

test('the spread is median, least and most', () => {
  expect(spreadOf(joins.values)).toEqual({ median: 250, min: 100.25, max: 900 });
  expect(spreadOf([3, 1, 2])).toEqual({ median: 2, min: 1, max: 3 });
});

test('a bound is held against the value that it names', () => {
  expect(holds(joins)).toBe(true);
  expect(holds({ ...joins, bound: { of: 'median', at: 'most', limit: 249 } })).toBe(false);
  expect(holds({ ...joins, bound: { of: 'max', at: 'most', limit: 899 } })).toBe(false);
  expect(holds({ ...joins, bound: { of: 'min', at: 'least', limit: 101 } })).toBe(false);
  expect(holds({ ...joins, bound: { of: 'min', at: 'least', limit: 100 } })).toBe(true);
});

test('a figure that could not be measured does not hold its bound', () => {
  expect(holds({ ...joins, values: [] })).toBe(false);
  expect(formatFigure({ ...joins, values: [] })).toContain('unknown ms');
});

test('a row says what was measured and whether it is enough', () => {
  expect(formatFigure(joins)).toEqual([
    'join',
    '250 ms',
    '100 ms',
    '900 ms',
    'median ≤ 250 ms',
    'ok',
  ]);
  expect(formatFigure({ name: 'heap', unit: '', values: [4.26] })).toEqual([
    'heap',
    '4.3',
    '4.3',
    '4.3',
    '–',
    'ok',
  ]);
});
