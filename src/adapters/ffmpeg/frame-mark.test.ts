// The mark that says when a frame was captured.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatMark, readMark } from './frame-mark.ts';

test('readMark gives the time that formatMark wrote, to a microsecond', () => {
  const times = fc.record({
    timestamp: fc.nat(2 ** 32 - 1),
    capturedAtMs: fc.double({ min: 0, max: 1e11, noNaN: true }),
  });
  fc.assert(
    fc.property(fc.constantFrom('H264' as const, 'H265' as const), times, (codec, time) => {
      const read = readMark(formatMark(codec, time));
      expect(read?.timestamp).toBe(time.timestamp);
      expect(Math.abs((read?.capturedAtMs ?? Number.NaN) - time.capturedAtMs)).toBeLessThan(0.001);
    }),
  );
});

test('a mark holds no two zeros that would need emulation prevention', () => {
  for (const codec of ['H264', 'H265'] as const) {
    expect(formatMark(codec, { timestamp: 0, capturedAtMs: 0 }).includes(0)).toBe(false);
  }
});

test('readMark finds the mark in a message with an extended header, and no mark elsewhere', () => {
  const mark = formatMark('H265', { timestamp: 7, capturedAtMs: 1.5 });
  expect(readMark(Buffer.concat([Uint8Array.of(6, 5, 38), mark.subarray(4)]))).toEqual({
    timestamp: 7,
    capturedAtMs: 1.5,
  });
  expect(readMark(Buffer.alloc(60))).toBeUndefined();
  expect(readMark(mark.subarray(0, 30))).toBeUndefined();
  expect(readMark(Buffer.from('yeoul frame markzzzzzzzzzzzzzzzzzzzzzzzz'))).toBeUndefined();
});
