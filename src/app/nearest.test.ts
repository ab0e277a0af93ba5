// Tests of the nearest known word.

import { expect, test } from 'vitest';
import { didYouMean, nearest } from './nearest.ts';

test('nearest finds a word with two letters swapped', () => {
  expect(nearest('http_prot', ['host', 'http_port', 'production'])).toBe('http_port');
});

test('nearest ignores case', () => {
  expect(nearest('LEVEL', ['level'])).toBe('level');
});

test('nearest is silent when too many letters differ', () => {
  expect(nearest('zebra', ['host', 'port'])).toBeUndefined();
});

test('nearest takes the closest, not the first', () => {
  expect(nearest('max_ago', ['max_agoxy', 'max_age'])).toBe('max_age');
});

test('nearest does not compare words longer than any key', () => {
  const long = 'a'.repeat(65);
  expect(nearest(long, [long])).toBeUndefined();
});

test('didYouMean is empty without a suggestion', () => {
  expect(didYouMean('zebra', ['host'])).toBe('');
  expect(didYouMean('hots', ['host'])).toBe(' Did you mean "host"?');
});
