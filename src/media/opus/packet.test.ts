// Tests of the Opus packet's duration.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { InputError } from '#std/errors.ts';
import { opusPacketDurationTicks } from './packet.ts';

function toc(config: number, code: number): number {
  return (config << 3) | code;
}

describe('opusPacketDurationTicks', () => {
  test.each([
    ['SILK, 60 ms', [toc(3, 0)], 2880],
    ['SILK wideband, 10 ms, two frames', [toc(8, 1)], 960],
    ['hybrid, 10 ms', [toc(12, 0)], 480],
    ['hybrid, 20 ms, two frames', [toc(15, 2)], 1920],
    ['CELT, 2.5 ms', [toc(16, 0)], 120],
    ['CELT, 20 ms', [toc(31, 0)], 960],
    ['CELT, 20 ms, six frames', [toc(31, 3), 0xc6], 5760],
  ])('%s', (_, bytes, ticks) => {
    expect(opusPacketDurationTicks(Uint8Array.from(bytes))).toBe(ticks);
  });

  test.each([
    ['an empty packet', []],
    ['a missing frame count', [toc(31, 3)]],
    ['no frames', [toc(31, 3), 0]],
    ['more than 120 ms', [toc(31, 3), 7]],
  ])('refuses %s', (_, bytes) => {
    expect(() => opusPacketDurationTicks(Uint8Array.from(bytes))).toThrow(InputError);
  });

  test('answers random bytes with 2.5 to 120 ms or an InputError', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 3 }), (packet) => {
        try {
          const ticks = opusPacketDurationTicks(packet);
          expect(ticks % 120).toBe(0);
          expect(ticks).toBeGreaterThan(0);
          expect(ticks).toBeLessThanOrEqual(5760);
        } catch (error) {
          expect(error).toBeInstanceOf(InputError);
        }
      }),
    );
  });
});
