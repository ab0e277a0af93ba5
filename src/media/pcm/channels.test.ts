// Separating, interleaving and mixing channels.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { interleaveChannels, mixChannels, separateChannels } from './channels.ts';

const plane = (...samples: number[]) => Float32Array.from(samples);
const listed = (planes: Float32Array[]) => planes.map((samples) => [...samples]);

test('separateChannels undoes interleaveChannels', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 8 }),
      fc.integer({ min: 0, max: 20 }),
      (count, length) => {
        const samples = Float32Array.from({ length: count * length }, (_, at) => at);
        expect([...interleaveChannels(separateChannels(samples, count))]).toEqual([...samples]);
      },
    ),
  );
});

test('separateChannels leaves out what is no whole sample of all channels', () => {
  expect(listed(separateChannels(plane(1, 2, 3), 2))).toEqual([[1], [2]]);
});

test('mixChannels keeps one and two channels as they are, and copies one into two', () => {
  expect(listed(mixChannels([plane(1)], 1))).toEqual([[1]]);
  expect(listed(mixChannels([plane(1), plane(2)], 2))).toEqual([[1], [2]]);
  expect(listed(mixChannels([plane(1)], 2))).toEqual([[1], [1]]);
});

test('mixChannels makes one channel of two by their mean', () => {
  expect(listed(mixChannels([plane(1, 1), plane(0, -1)], 1))).toEqual([[0.5, 0]]);
});

test('mixChannels hears the left of 5.1 on the left only and the centre on both sides', () => {
  const silence = plane(0);
  const five = (index: number) =>
    mixChannels(
      Array.from({ length: 6 }, (_, at) => (at === index ? plane(1) : silence)),
      2,
    ).map(([sample = 0]) => sample > 0);
  expect(five(0)).toEqual([true, true]);
  expect(five(1)).toEqual([true, false]);
  expect(five(2)).toEqual([false, true]);
  expect(five(4)).toEqual([true, true]);
});

test('mixChannels is never louder than full scale', () => {
  const [left = plane(), right = plane()] = mixChannels(Array(6).fill(plane(1)), 2);
  expect(left[0]).toBeCloseTo(1, 6);
  expect(right[0]).toBeCloseTo(1, 6);
});

test('mixChannels of nothing is nothing', () => {
  expect(mixChannels([], 2)).toEqual([]);
});
