// L16, to and from samples.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeL16, readL16, writeL16 } from './l16.ts';

const FULL_SCALE = 32_768;
const sample = fc.integer({ min: -FULL_SCALE, max: FULL_SCALE - 1 });
const written = (...samples: number[]) => {
  const payload = new Uint8Array(2 * samples.length);
  writeL16(payload, [Float32Array.from(samples)], 0);
  return [...decodeL16(payload)].map((value) => value * FULL_SCALE);
};

test('decodeL16 reads the highest byte first, and signs', () => {
  const payload = Uint8Array.of(0x7f, 0xff, 0x80, 0x00, 0xff, 0xff, 0x00, 0x01, 0x40);
  expect([...decodeL16(payload)].map((value) => value * 32_768)).toEqual([32_767, -32_768, -1, 1]);
});

test('every 16-bit sample is written as it was', () => {
  const all = Float32Array.from({ length: 65_536 }, (_, at) => (at - FULL_SCALE) / FULL_SCALE);
  const payload = new Uint8Array(2 * all.length);
  writeL16(payload, [all], 0);
  expect(decodeL16(payload)).toEqual(all);
});

test('other samples are rounded to the nearest, and clipped at full scale', () => {
  expect(written(0.4 / FULL_SCALE, 0.6 / FULL_SCALE, -0.4 / FULL_SCALE, -0.6 / FULL_SCALE)).toEqual(
    [0, 1, 0, -1],
  );
  expect(written(1, 5, -1, -5, 32_767.4 / FULL_SCALE)).toEqual([
    32_767, 32_767, -32_768, -32_768, 32_767,
  ]);
  expect(written(Infinity, -Infinity, Number.NaN)).toEqual([32_767, -32_768, 0]);
});

test('writeL16 takes the channels in turn, from the frame on that is said', () => {
  const planes = [Float32Array.of(0, 1, 2, 3), Float32Array.of(0, 256, 512, 768)];
  const scaled = planes.map((plane) => plane.map((value) => value / FULL_SCALE));
  const payload = new Uint8Array(8);
  writeL16(payload, scaled, 2);
  expect([...payload]).toEqual([0, 2, 2, 0, 0, 3, 3, 0]);
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
        const payload = new Uint8Array(2 * frames * channels);
        writeL16(payload, planes, 0);
        const read = planes.map(() => new Float32Array(frames));
        expect(readL16(payload, read)).toBe(frames);
        expect(read).toEqual(planes);
      },
    ),
  );
});

test('readL16 reads no part of a frame, and no more than the planes hold', () => {
  const planes = [new Float32Array(2), new Float32Array(2)];
  expect(readL16(new Uint8Array(7), planes)).toBe(1);
  expect(readL16(new Uint8Array(3), planes)).toBe(0);
  expect(readL16(new Uint8Array(400), planes)).toBe(2);
  expect(readL16(new Uint8Array(400), [])).toBe(0);
});
