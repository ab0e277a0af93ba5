// L24, to and from samples.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readL24, writeL24 } from './l24.ts';

const FULL_SCALE = 8_388_608;
const sample = fc.integer({ min: -FULL_SCALE, max: FULL_SCALE - 1 });

/** As integers, read without the reader. */
function written(...samples: number[]): number[] {
  const payload = Buffer.alloc(3 * samples.length);
  writeL24(payload, [Float32Array.from(samples)], 0);
  return samples.map((_, at) => payload.readIntBE(3 * at, 3));
}

test('every 24-bit sample is written as it was', () => {
  fc.assert(
    fc.property(sample, (value) => {
      expect(written(value / FULL_SCALE)).toEqual([value]);
    }),
  );
  expect(written(-1, -1 / FULL_SCALE, 1 / FULL_SCALE)).toEqual([-FULL_SCALE, -1, 1]);
});

test('what lies between two samples is rounded, what lies beyond them is clipped', () => {
  expect(written(0.4 / FULL_SCALE, 0.6 / FULL_SCALE, -0.6 / FULL_SCALE)).toEqual([0, 1, -1]);
  expect(written(1, 5, -5)).toEqual([FULL_SCALE - 1, FULL_SCALE - 1, -FULL_SCALE]);
  expect(written(Infinity, -Infinity, Number.NaN)).toEqual([FULL_SCALE - 1, -FULL_SCALE, 0]);
});

test('writeL24 takes the channels in turn, from the frame on that is said', () => {
  const planes = [Float32Array.of(0, 1, 2), Float32Array.of(0, 65_536, 256)];
  const scaled = planes.map((plane) => plane.map((value) => value / FULL_SCALE));
  const payload = new Uint8Array(12);
  writeL24(payload, scaled, 1);
  expect([...payload]).toEqual([0, 0, 1, 1, 0, 0, 0, 0, 2, 0, 1, 0]);
});

test('what is written of any number of channels is read back', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 32 }),
      fc.array(sample, { maxLength: 200 }),
      (channels, samples) => {
        const frames = Math.floor(samples.length / channels);
        const planes = Array.from({ length: channels }, (_, channel) =>
          Float32Array.from(
            { length: frames },
            (_, at) => (samples[at * channels + channel] ?? 0) / FULL_SCALE,
          ),
        );
        const payload = new Uint8Array(3 * frames * channels);
        writeL24(payload, planes, 0);
        const read = planes.map(() => new Float32Array(frames));
        expect(readL24(payload, read)).toBe(frames);
        expect(read).toEqual(planes);
      },
    ),
  );
});

test('readL24 reads no part of a frame, and no more than the planes hold', () => {
  const planes = [new Float32Array(2), new Float32Array(2)];
  expect(readL24(new Uint8Array(11), planes)).toBe(1);
  expect(readL24(new Uint8Array(5), planes)).toBe(0);
  expect(readL24(new Uint8Array(600), planes)).toBe(2);
  expect(readL24(new Uint8Array(600), [])).toBe(0);
});
