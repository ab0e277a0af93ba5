// The halves of the windows, against values of the standard's definition.

import { expect, test } from 'vitest';
import { windowHalves } from './windows.ts';

const SINE = 0;
const KAISER_BESSEL = 1;

test.each([
  [SINE, 0.000767, 0.0061359],
  [KAISER_BESSEL, 0.0002925615, 0.0000437957],
])('window %i begins as the standard says', (shape, long, short) => {
  expect(windowHalves(shape).long[0]).toBeCloseTo(long, 7);
  expect(windowHalves(shape).short[0]).toBeCloseTo(short, 7);
});

test.each([SINE, KAISER_BESSEL])('the rising and the falling half of window %i add up', (shape) => {
  for (const half of Object.values(windowHalves(shape))) {
    half.forEach((value: number, at: number) => {
      expect(value ** 2 + half[half.length - 1 - at] ** 2).toBeCloseTo(1, 10);
    });
  }
});
