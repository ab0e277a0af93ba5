// Rates, levels and noise of the resampler.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { InputError } from '#std/errors.ts';
import { isResamplable } from './polyphase-filter.ts';
import { Resampler } from './resampler.ts';

const RATES = [8000, 11_025, 12_000, 16_000, 22_050, 24_000, 32_000, 44_100, 64_000, 96_000];

function sine(rate: number, options: { hz: number; seconds: number }): Float32Array {
  return Float32Array.from({ length: rate * options.seconds }, (_, at) =>
    Math.sin((2 * Math.PI * options.hz * at) / rate),
  );
}

/** How much louder the sine is than everything else, in dB, and its amplitude. */
function measureSine(samples: Float32Array, hz: number): { snrDb: number; amplitude: number } {
  let [cos, sin, energy] = [0, 0, 0];
  samples.forEach((sample, at) => {
    const angle = (2 * Math.PI * hz * at) / 48_000;
    cos += sample * Math.cos(angle);
    sin += sample * Math.sin(angle);
    energy += sample * sample;
  });
  const amplitude = (2 * Math.hypot(cos, sin)) / samples.length;
  const signal = (amplitude * amplitude * samples.length) / 2;
  return { snrDb: 10 * Math.log10(signal / Math.max(energy - signal, 1e-30)), amplitude };
}

describe('Resampler', () => {
  test.each(RATES)('keeps a tone of 1 kHz at %i Hz clean and at its level', (rate) => {
    const output = new Resampler(rate, 48_000).push(sine(rate, { hz: 1000, seconds: 1.2 }));
    const { snrDb, amplitude } = measureSine(output.subarray(4800, 52_800), 1000);
    expect(snrDb).toBeGreaterThan(75);
    expect(amplitude).toBeCloseTo(1, 3);
  });

  test('removes what the lower rate cannot hold', () => {
    const output = new Resampler(96_000, 48_000).push(sine(96_000, { hz: 30_000, seconds: 1 }));
    expect(Math.max(...output.subarray(4800, 43_200))).toBeLessThan(0.001);
  });

  test('gives the same samples however the input is cut', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...RATES),
        fc.array(fc.integer({ min: 0, max: 700 }), { minLength: 1, maxLength: 8 }),
        (rate, cuts) => {
          const whole = sine(rate, { hz: 440, seconds: 1 }).subarray(
            0,
            cuts.reduce((sum, cut) => sum + cut, 0),
          );
          const [atOnce, inPieces] = [new Resampler(rate, 48_000), new Resampler(rate, 48_000)];
          let end = 0;
          const pieces = cuts.map((cut) => {
            end += cut;
            return inPieces.push(whole.subarray(end - cut, end));
          });
          expect(pieces.flatMap((piece) => [...piece])).toEqual([...atOnce.push(whole)]);
        },
      ),
      { numRuns: 30 },
    );
  });

  test.each(RATES)('neither gains nor loses samples at %i Hz', (rate) => {
    const resampler = new Resampler(rate, 48_000);
    let samples = 0;
    for (let second = 0; second < 5; second++)
      samples += resampler.push(new Float32Array(rate)).length;
    expect(samples).toBe(5 * 48_000);
  });

  test('delays by as many samples as it says', () => {
    const resampler = new Resampler(16_000, 48_000);
    const impulse = new Float32Array(200);
    impulse[0] = 1;
    const output = resampler.push(impulse);
    expect(output.indexOf(Math.max(...output))).toBe(resampler.delay * 3);
  });

  test('hands samples on as they are when the rate is right', () => {
    const resampler = new Resampler(48_000, 48_000);
    expect([...resampler.push(Float32Array.of(1, 2, 3))]).toEqual([1, 2, 3]);
    expect(resampler.delay).toBe(0);
  });

  test('refuses rates that would need enormous filters, or make enormous sound', () => {
    for (const rate of [0, 50, 5_000, -8000, 44_101, 7_919, 1_000_000, Number.NaN]) {
      expect(isResamplable(rate, 48_000)).toBe(false);
      expect(() => new Resampler(rate, 48_000)).toThrow(InputError);
    }
    expect(RATES.every((rate) => isResamplable(rate, 48_000))).toBe(true);
  });
});
