// Figures as they stand on the page.

import { expect, test } from 'vitest';
import { formatBitrate, formatBytes, formatCount, formatMs, formatPercent } from './format.ts';

test.each([
  [0, '0.0 ms'],
  [4.26, '4.3 ms'],
  [9.97, '10 ms'],
  [127.6, '128 ms'],
  [999.7, '1.0 s'],
  [1_540, '1.5 s'],
  [125_000, '2 min'],
])('%d ms reads %s', (valueMs, text) => {
  expect(formatMs(valueMs)).toBe(text);
});

test('Bit rates, amounts, counts and shares have their units', () => {
  expect(formatBitrate(640.4)).toBe('640 kb/s');
  expect(formatBitrate(2_046)).toBe('2.05 Mb/s');
  expect(formatBytes(1_234)).toBe('1.2 kB');
  expect(formatBytes(25_300_000)).toBe('25.3 MB');
  expect(formatBytes(3_456_000_000)).toBe('3.46 GB');
  expect(formatCount(12_345.6)).toBe('12,346');
  expect(formatPercent(0)).toBe('0 %');
  expect(formatPercent(0.125)).toBe('0.13 %');
  expect(formatPercent(12.5)).toBe('13 %');
});
