// Levels of channels as bytes.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { InputError } from '#std/errors.ts';
import { readMeterFrame, writeMeterFrame } from './meter-frame.ts';

test('a frame has its version, the number of channels, and peak and RMS of each', () => {
  const frame = writeMeterFrame({ peakDb: [-1.2, 0], rmsDb: [-18.6, -120] });
  expect([...frame]).toEqual([1, 2, 0xff, 0xed, 0, 0x88]);
});

test('what is above full scale, below silence, or no number, is bounded', () => {
  const frame = writeMeterFrame({
    peakDb: [3, Number.NEGATIVE_INFINITY, Number.NaN, -500],
    rmsDb: [Number.POSITIVE_INFINITY, -0.2, -3],
  });
  expect(readMeterFrame(frame)).toEqual({
    peakDb: [0, -120, -120, -120],
    rmsDb: [0, 0, -3, -120],
  });
});

test('whole levels come back as they were', () => {
  const level = fc.integer({ min: -120, max: 0 });
  const levels = fc.array(fc.tuple(level, level), { maxLength: 255 });
  fc.assert(
    fc.property(levels, (pairs) => {
      const peakDb = pairs.map(([peak]) => peak);
      const rmsDb = pairs.map(([, rms]) => rms);
      expect(readMeterFrame(writeMeterFrame({ peakDb, rmsDb }))).toEqual({ peakDb, rmsDb });
    }),
  );
});

test('other bytes are refused', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => {
      const isFrame = bytes[0] === 1 && bytes.length === 2 + 2 * (bytes[1] ?? 0);
      if (isFrame) expect(readMeterFrame(bytes).peakDb).toHaveLength(bytes[1]!);
      else expect(() => readMeterFrame(bytes)).toThrow(InputError);
    }),
  );
  expect(() => readMeterFrame(Uint8Array.of(2, 0))).toThrow('version 1');
  expect(() => readMeterFrame(Uint8Array.of(1, 1, 0))).toThrow('3 bytes');
});
