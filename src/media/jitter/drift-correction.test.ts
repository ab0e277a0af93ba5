// The loop that follows the sender's clock.

import { describe, expect, test } from 'vitest';
import { DriftCorrection } from './drift-correction.ts';

/** Runs the loop around a delay that changes by what the ratio leaves of the clocks' difference. */
function follow(correction: DriftCorrection, { seconds = 600, ppm = 0, errorMs = 0 }): number[] {
  const errors = [];
  let error = errorMs;
  for (let step = 0; step < seconds * 200; step++) {
    correction.update({ errorMs: error, elapsedMs: 5, isUrgent: false });
    error += (1 + ppm / 1e6 - correction.ratio) * 5;
    errors.push(error);
  }
  return errors;
}

describe('DriftCorrection', () => {
  test.each([100, -100, 200])('finds the difference of two clocks of %i ppm', (ppm) => {
    const correction = new DriftCorrection();
    const errors = follow(correction, { ppm });
    expect((correction.ratio - 1) * 1e6).toBeCloseTo(ppm, 1);
    expect(errors.at(-1)).toBeCloseTo(0, 2);
    expect(Math.max(...errors.map(Math.abs))).toBeLessThan(2);
  });

  test('takes back an error of the delay without shooting far beyond it', () => {
    const errors = follow(new DriftCorrection(), { errorMs: 30 });
    expect(Math.min(...errors)).toBeGreaterThan(-1);
    expect(errors.at(-1)).toBeCloseTo(0, 2);
  });

  test('never changes the delay by more than 1 ms in a second, or 5 ms where it is urgent', () => {
    const correction = new DriftCorrection();
    correction.update({ errorMs: 500, elapsedMs: 5, isUrgent: false });
    expect(correction.ratio).toBe(1.001);
    correction.update({ errorMs: 500, elapsedMs: 5, isUrgent: true });
    expect(correction.ratio).toBe(1.005);
    correction.update({ errorMs: -500, elapsedMs: 5, isUrgent: false });
    expect(correction.ratio).toBe(0.999);
  });

  test('does not take a pause, or a large error, for drift of the clocks', () => {
    const correction = new DriftCorrection();
    correction.update({ errorMs: 40, elapsedMs: 60_000, isUrgent: true });
    correction.update({ errorMs: 2, elapsedMs: 3_600_000, isUrgent: false });
    correction.update({ errorMs: 0, elapsedMs: 5, isUrgent: false });
    expect(correction.ratio).toBeCloseTo(1, 5);
    for (let n = 0; n < 1e5; n++)
      correction.update({ errorMs: 3, elapsedMs: 100, isUrgent: false });
    correction.update({ errorMs: 0, elapsedMs: 5, isUrgent: false });
    expect(correction.ratio).toBeCloseTo(1.0003, 6);
  });
});
