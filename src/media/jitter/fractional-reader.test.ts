// The quality of reading at a speed of nearly 1.

import { describe, expect, test } from 'vitest';
import { FractionalReader } from './fractional-reader.ts';

const RATE = 48_000;
const TAPS = 32;

function sine(hz: number, samples: number): Float32Array {
  return Float32Array.from({ length: samples }, (_, at) =>
    Math.sin((2 * Math.PI * hz * at) / RATE),
  );
}

/** How far below a sine the errors of reading it are, in dB. */
function errorDb(hz: number, ratio: number): number {
  const reader = new FractionalReader(1);
  reader.push([sine(hz, 20_000)]);
  const heard = new Float32Array(15_000);
  expect(reader.read([heard], ratio)).toBe(15_000);
  let error = 0;
  for (let at = 100; at < heard.length; at++) {
    error += ((heard[at] ?? 0) - Math.sin((2 * Math.PI * hz * ratio * at) / RATE)) ** 2;
  }
  return 10 * Math.log10((2 * error) / (heard.length - 100));
}

describe('FractionalReader', () => {
  test.each([1.005, 0.995, 1.0001])('errs by less than -100 dB up to 18 kHz at %d', (ratio) => {
    for (const hz of [100, 1_000, 5_000, 10_000, 15_000, 18_000]) {
      expect(errorDb(hz, ratio)).toBeLessThan(-100);
    }
    expect(errorDb(20_000, ratio)).toBeLessThan(-40);
  });

  test('passes samples on unchanged at 1', () => {
    const reader = new FractionalReader(1);
    const samples = sine(997, 1_000);
    reader.push([samples]);
    const heard = new Float32Array(1_000);
    expect(reader.read([heard], 1)).toBe(1_000 - 16);
    const errors = heard
      .subarray(0, 984)
      .map((sample, at) => Math.abs(sample - (samples[at] ?? 9)));
    expect(Math.max(...errors)).toBeLessThan(1e-6);
  });

  test('makes one stream of small pieces, whatever their lengths and the ratios', () => {
    const reader = new FractionalReader(1);
    const samples = sine(1_000, 48_000);
    const piece = new Float32Array(128);
    let [position, at, worst] = [0, 0, 0];
    for (let step = 0; at < 40_000; step++) {
      const length = 100 + (step % 7) * 13;
      reader.push([samples.subarray(at, at + length)]);
      at += length;
      const ratio = step % 2 === 0 ? 1.004 : 0.997;
      const count = reader.read([piece], ratio);
      for (let index = 0; index < count; index++, position += ratio) {
        const expected = Math.sin((2 * Math.PI * 1_000 * position) / RATE);
        // Before the first sample there was silence, of which the first ones have some.
        if (position < TAPS) continue;
        worst = Math.max(worst, Math.abs((piece[index] ?? 9) - expected));
      }
    }
    expect(position).toBeGreaterThan(30_000);
    expect(worst).toBeLessThan(1e-5);
  });

  test('keeps its channels in step', () => {
    const reader = new FractionalReader(2);
    const left = sine(500, 4_000);
    reader.push([left, left.map((sample) => -sample)]);
    const heard = [new Float32Array(3_000), new Float32Array(3_000)] as const;
    reader.read(heard, 1.003);
    expect(heard[1]).toEqual(heard[0].map((sample) => -sample));
    expect(heard[0][40]).not.toBe(0);
  });

  test('says how much can be read, and reads no more', () => {
    const reader = new FractionalReader(1);
    expect(reader.available(1)).toBe(0);
    reader.push([new Float32Array(116)]);
    expect(reader.available(1)).toBe(100);
    const heard = new Float32Array(200);
    expect(reader.read([heard], 1)).toBe(100);
    expect(reader.available(1)).toBe(0);
    expect(reader.read([heard], 1)).toBe(0);
  });

  test('keeps a second at most, and lets the oldest go', () => {
    const reader = new FractionalReader(1);
    for (let second = 0; second < 4; second++) {
      for (let part = 0; part < 10; part++) reader.push([new Float32Array(4_800).fill(second + 1)]);
    }
    expect(reader.available(1)).toBeLessThanOrEqual(48_000);
    // Of what is kept, 15 samples are only the past of the one that is read next.
    expect(reader.overflow).toBe(3 * 48_000 + 15);
    const heard = new Float32Array(100);
    reader.read([heard], 1);
    expect(heard[50]).toBeCloseTo(4, 4);
  });

  test('takes the end of a piece that is too long', () => {
    const reader = new FractionalReader(1);
    reader.push([Float32Array.from({ length: 60_000 }, (_, at) => at / 60_000)]);
    const heard = new Float32Array(1);
    reader.read([heard], 1);
    expect(heard[0]).toBeCloseTo(0.6, 4);
  });

  test('reads by no ratio that is no drift', () => {
    const reader = new FractionalReader(1);
    reader.push([new Float32Array(10_016)]);
    expect(reader.available(50)).toBe(reader.available(1.01));
    expect(reader.available(0)).toBe(reader.available(0.99));
  });
});
