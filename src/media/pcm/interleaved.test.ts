// Captured bytes of each format, cut into planes, against Node's own readers.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readInterleaved, SAMPLE_BYTES, type SampleFormat } from './interleaved.ts';

const FORMATS = Object.keys(SAMPLE_BYTES) as SampleFormat[];

/** Each format's sample as Node reads it. */
const EXPECTED: Record<SampleFormat, (bytes: Buffer, at: number) => number> = {
  S16_LE: (bytes, at) => bytes.readInt16LE(at) / 2 ** 15,
  S24_3LE: (bytes, at) => bytes.readIntLE(at, 3) / 2 ** 23,
  S24_LE: (bytes, at) => bytes.readIntLE(at, 3) / 2 ** 23,
  S32_LE: (bytes, at) => Math.fround(bytes.readInt32LE(at) / 2 ** 31),
  FLOAT_LE: (bytes, at) => bytes.readFloatLE(at),
};

function read(format: SampleFormat, bytes: Uint8Array, { channels = 1, length = 1 } = {}) {
  const planes = Array.from({ length: channels }, () => new Float32Array(length).fill(9));
  return { frames: readInterleaved(bytes, { format, planes }), planes };
}

function readOne(format: SampleFormat, ...bytes: number[]): number | undefined {
  return read(format, Uint8Array.from(bytes)).planes[0]?.[0];
}

describe.each(FORMATS)('%s', (format) => {
  const size = SAMPLE_BYTES[format];

  test('comes to the right channel with the right value, wherever the bytes lie', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 32 }),
        fc.uint8Array({ maxLength: 600 }),
        fc.nat(3),
        (channels, bytes, offset) => {
          const moved = Buffer.concat([Buffer.alloc(offset), bytes]).subarray(offset);
          const frames = Math.floor(bytes.length / (channels * size));
          const found = read(format, moved, { channels, length: frames });
          expect(found.frames).toBe(frames);
          found.planes.forEach((plane, channel) => {
            plane.forEach((sample, frame) => {
              const expected = EXPECTED[format](moved, (frame * channels + channel) * size);
              expect(sample + 0).toBe(Math.abs(expected) <= 1e6 ? expected + 0 : 0);
            });
          });
        },
      ),
    );
  });

  test('leaves what is no whole frame, and what the planes cannot hold, to the caller', () => {
    const bytes = new Uint8Array(3 * 2 * size - 1);
    expect(read(format, bytes, { channels: 2, length: 9 }).frames).toBe(2);
    expect(read(format, bytes, { channels: 2, length: 1 }).frames).toBe(1);
    expect(read(format, bytes.subarray(0, 1), { channels: 2 }).planes[0]?.[0]).toBe(9);
    expect(read(format, bytes, { channels: 0 }).frames).toBe(0);
  });
});

test('the highest and the lowest sample are one step inside full scale, and full scale', () => {
  expect(readOne('S16_LE', 0xff, 0x7f)).toBe(1 - 2 ** -15);
  expect(readOne('S16_LE', 0x00, 0x80)).toBe(-1);
  expect(readOne('S24_3LE', 0xff, 0xff, 0x7f)).toBe(1 - 2 ** -23);
  expect(readOne('S24_3LE', 0x00, 0x00, 0x80)).toBe(-1);
  expect(readOne('S32_LE', 0x00, 0xff, 0xff, 0x7f)).toBe(1 - 2 ** -23);
  expect(readOne('S32_LE', 0x00, 0x00, 0x00, 0x80)).toBe(-1);
});

test('the fourth byte of S24_LE does not count', () => {
  expect(readOne('S24_LE', 0x01, 0x00, 0x80, 0x00)).toBe(-1 + 2 ** -23);
  expect(readOne('S24_LE', 0x01, 0x00, 0x00, 0xff)).toBe(2 ** -23);
});

test('floats that are no sound become silence', () => {
  const floats = Float32Array.of(Number.NaN, Infinity, -Infinity, 1e30, 1.5);
  const { planes } = read('FLOAT_LE', new Uint8Array(floats.buffer), { length: 5 });
  expect([...(planes[0] ?? [])]).toEqual([0, 0, 0, 0, 1.5]);
});
