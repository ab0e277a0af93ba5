// What makes left and right of a pair's bands.

import { expect, test } from 'vitest';
import { bandsOf } from './bands.ts';
import { BlockBits } from './bits.ts';
import {
  BOOK_INTENSITY,
  BOOK_INTENSITY_OUT_OF_PHASE,
  BOOK_NOISE,
  type ChannelStream,
} from './channel-stream.ts';
import { readMask, restoreStereo } from './stereo.ts';
import { EIGHT_SHORT, type WindowInfo } from './window-info.ts';

const NUMBERS = 5;

/** A long frame with one band of four coefficients. */
const LONG: WindowInfo = {
  sequence: 0,
  shape: 0,
  bands: bandsOf(48_000).long,
  maxBand: 1,
  groups: [1],
};

function channel(values: number[], book: number, scale = 0): ChannelStream {
  const spectrum = new Float64Array(1024);
  spectrum.set(values);
  return {
    info: LONG,
    books: Uint8Array.of(book),
    scales: Int16Array.of(scale),
    tns: undefined,
    spectrum,
  };
}

function restore(left: ChannelStream, right: ChannelStream, masked: boolean) {
  restoreStereo(left, right, Uint8Array.of(masked ? 1 : 0));
  return [left, right].map(({ spectrum }) => [...spectrum.subarray(0, 2)]);
}

test('middle and side become left and right, where the mask says so', () => {
  const pair = () => [channel([3, 5], NUMBERS), channel([1, -1], NUMBERS)] as const;
  expect(restore(...pair(), true)).toEqual([
    [4, 4],
    [2, 6],
  ]);
  expect(restore(...pair(), false)).toEqual([
    [3, 5],
    [1, -1],
  ]);
});

test.each([
  [BOOK_INTENSITY, false, 1],
  [BOOK_INTENSITY, true, -1],
  [BOOK_INTENSITY_OUT_OF_PHASE, false, -1],
  [BOOK_INTENSITY_OUT_OF_PHASE, true, 1],
])('intensity by code book %i, inverted %s, copies with sign %i', (book, masked, sign) => {
  expect(restore(channel([8, -4], NUMBERS), channel([0, 0], book, 4), masked)).toEqual([
    [8, -4],
    [4 * sign, -2 * sign],
  ]);
});

test('noise in both channels is the same where the mask says so, each with its energy', () => {
  const pair = () => [channel([8, -4], BOOK_NOISE, 8), channel([1, 1], BOOK_NOISE, 4)] as const;
  expect(restore(...pair(), true)[1]).toEqual([4, -2]);
  expect(restore(...pair(), false)[1]).toEqual([1, 1]);
});

test('noise in one channel stays where it is', () => {
  expect(restore(channel([8, -4], BOOK_NOISE), channel([1, 1], NUMBERS), true)).toEqual([
    [8, -4],
    [1, 1],
  ]);
});

test('a mask is for no band, for some, or for all', () => {
  const info = { ...LONG, sequence: EIGHT_SHORT, maxBand: 2, groups: [7, 1] };
  const mask = (byte: number) => {
    const bands = readMask(new BlockBits(Uint8Array.of(byte)), info);
    return [0, 1, 64, 65].map((at) => bands[at]);
  };
  expect(mask(0b0011_1100)).toEqual([0, 0, 0, 0]);
  expect(mask(0b0110_0100)).toEqual([1, 0, 0, 1]);
  expect(mask(0b1000_0000)).toEqual([1, 1, 1, 1]);
});
