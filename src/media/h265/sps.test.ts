// H.265 sequence parameter sets: those of a real encoder, and nonsense.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { describeVideo } from '#media/video/describe-video.ts';
import { ParameterSets } from '#media/video/parameter-sets.ts';
import { InputError } from '#std/errors.ts';
import { parseHevcSps } from './sps.ts';

const bytes = (hex: string) => Uint8Array.from(Buffer.from(hex, 'hex'));

/** All made by x265 with ffmpeg 5.1 from its test picture, with `keyint=5`. */
const MAIN = bytes(
  '42010101600000030090000003000003003ca00a080f16592a4932bc05a020000003002000000300a1',
);
const WITH_B_FRAMES = bytes(
  '420101016000000300900000030000030078a003c08010e596565924caf016808000000300800000030284',
);
const MAIN_10 = bytes(
  '42010102200000030090000003000003003fa00502016936592a4932bc05a020000003002000000300a1',
);

const describe = (sps: Uint8Array) => describeVideo('H265', new ParameterSets('H265', [sps]));

test('size, profile and level of a small picture without B-frames', () => {
  expect(describe(MAIN)).toEqual({
    profile: 'Main',
    level: '2.0',
    width: 320,
    height: 240,
    reorders: false,
    bitDepth: 8,
    profileId: 1,
    tierFlag: 0,
    levelId: 60,
  });
});

test('B-frames show in the set, and cropping is taken off', () => {
  expect(describe(WITH_B_FRAMES)).toMatchObject({
    level: '4.0',
    width: 1920,
    height: 1080,
    reorders: true,
  });
});

test('Main 10 is told from Main', () => {
  expect(describe(MAIN_10)).toMatchObject({ profile: 'Main 10', bitDepth: 10, width: 640 });
});

test('a cut set describes nothing', () => {
  expect(describe(MAIN.subarray(0, 20))).toBeUndefined();
});

test('mutations and random bytes give a set or an input error', () => {
  const mutated = fc
    .tuple(fc.nat(MAIN.length - 1), fc.integer({ min: 0, max: 255 }))
    .map(([at, byte]) => MAIN.with(at, byte));
  fc.assert(
    fc.property(fc.oneof(mutated, fc.uint8Array({ maxLength: 80 })), (unit) => {
      try {
        const { width, height } = parseHevcSps(unit);
        expect(Math.min(width, height)).toBeGreaterThan(0);
        expect(Math.max(width, height)).toBeLessThanOrEqual(16_888);
      } catch (error) {
        expect(error).toBeInstanceOf(InputError);
      }
    }),
  );
});
