// What is said of a picture, from the parameter sets of real encoders and one that was made up.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { describeVideo } from './describe-video.ts';
import { ParameterSets } from './parameter-sets.ts';

const bytes = (hex: string) => Uint8Array.from(Buffer.from(hex, 'hex'));

/** Made by x264 with ffmpeg 5.1 from its test picture. */
const HIGH = bytes('6764000dacd94141fb011000000300100000030320f1429960');
const BASELINE = bytes('6742c01eda0280bfe5ffc000c00104000003000400000300c83c58ba80');
const HIGH_422_10_BIT = bytes('677a000db6cd94141fb011000003000100000300320f142996');
/** Written by hand: Main, picture order type 2, and yet max_num_reorder_frames is 2. */
const ORDERED = bytes('674d001fda014016e8078b16cb');
/** Made by x265 in the same way. */
const MAIN_422_10 = bytes(
  '4201010408000003009d0800000300003cb00a080f1365959a4932bc05a02000000300200000030321',
);

const describe = (codec: 'H264' | 'H265', sps: Uint8Array) =>
  describeVideo(codec, new ParameterSets(codec, [sps]));

test('everything that an SPS of H.264 says', () => {
  expect(describe('H264', HIGH)).toEqual({
    profile: 'High',
    level: '1.3',
    width: 320,
    height: 240,
    reorders: true,
    bitDepth: 8,
    profileId: 100,
    tierFlag: 0,
    levelId: 13,
  });
});

test('a picture order that allows no B-frames counts more than room for them', () => {
  expect(describe('H264', BASELINE)).toMatchObject({ reorders: false, width: 640, height: 360 });
  expect(describe('H264', ORDERED)).toMatchObject({ reorders: false, profile: 'Main' });
});

test.each([
  ['H264', HIGH_422_10_BIT, 'High 4:2:2'],
  ['H265', MAIN_422_10, 'Range Extensions'],
] as const)('%s has its bits per sample in every profile', (codec, sps, profile) => {
  expect(describe(codec, sps)).toMatchObject({ profile, bitDepth: 10, width: 320, height: 240 });
});

test('without an SPS, or with one that is cut, nothing is said', () => {
  expect(describeVideo('H264', new ParameterSets('H264', []))).toBeUndefined();
  expect(describe('H264', HIGH.subarray(0, 8))).toBeUndefined();
});

test('whatever an SPS holds, a picture or nothing is said', () => {
  const changed = fc
    .tuple(fc.nat(HIGH.length - 2), fc.integer({ min: 0, max: 255 }))
    .map(([at, byte]) => HIGH.with(at + 1, byte));
  fc.assert(
    fc.property(changed, (sps) => {
      const picture = describe('H264', sps);
      expect(picture === undefined || (picture.width > 0 && picture.bitDepth <= 14)).toBe(true);
    }),
  );
});
