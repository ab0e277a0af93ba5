// The signals of test mode, measured.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { writeL16 } from './l16.ts';
import { writeL24 } from './l24.ts';
import { fillTestConstant, fillTestTone } from './test-signal.ts';

const CHANNELS = Array.from({ length: 32 }, (_, at) => at + 1);

test.each([
  [16, writeL16],
  [24, writeL24],
] as const)('every sample of channel n is n in PCM of %i bits', (bits, write) => {
  for (const channel of CHANNELS) {
    const samples = new Float32Array(5);
    fillTestConstant(samples, { channel, bits });
    const payload = new Uint8Array((5 * bits) / 8);
    write(payload, [samples], 0);
    const expected = [...new Uint8Array(bits / 8 - 1), channel];
    expect([...payload]).toEqual(Array.from({ length: 5 }, () => expected).flat());
  }
});

/** The amplitude of one frequency in a second of sound. */
function amplitudeOf(samples: Float32Array, hz: number): number {
  let [cos, sin] = [0, 0];
  samples.forEach((sample, at) => {
    const angle = (2 * Math.PI * hz * at) / 48_000;
    cos += sample * Math.cos(angle);
    sin += sample * Math.sin(angle);
  });
  return (2 * Math.hypot(cos, sin)) / samples.length;
}

test.each(CHANNELS)('channel %i is a sine of as many times 100 Hz at -12 dBFS', (channel) => {
  const samples = new Float32Array(48_000);
  fillTestTone(samples, { channel, firstFrame: 0 });
  const amplitude = amplitudeOf(samples, 100 * channel);
  expect(20 * Math.log10(amplitude)).toBeCloseTo(-12, 3);
  const energy = samples.reduce((sum, sample) => sum + sample * sample, 0) / 24_000;
  expect(energy).toBeCloseTo(amplitude ** 2, 6);
});

test('the sine goes on from block to block, however it is cut and after however long', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...CHANNELS),
      fc.nat(2 ** 40),
      fc.integer({ min: 1, max: 960 }),
      (channel, firstFrame, cut) => {
        const whole = new Float32Array(961);
        fillTestTone(whole, { channel, firstFrame });
        const rest = new Float32Array(961 - cut);
        fillTestTone(rest, { channel, firstFrame: firstFrame + cut });
        expect(rest).toEqual(whole.subarray(cut));
      },
    ),
  );
});
