// The fast transform against the formula.

import { expect, test } from 'vitest';
import { seededRandom } from '../../../test/support/seeded-random.ts';
import { Imdct } from './imdct.ts';

test.each([4, 8, 128, 1024])('Imdct of %i coefficients is what the formula says', (size) => {
  const random = seededRandom(size);
  const coefficients = Float64Array.from({ length: size }, () => random() - 0.5);
  const output = new Float64Array(2 * size);
  new Imdct(size).run(coefficients, output);
  for (let at = 0; at < 2 * size; at += Math.ceil(size / 50)) {
    const sum = coefficients.reduce(
      (total, value, k) =>
        total + value * Math.cos((Math.PI / size) * (at + 0.5 + size / 2) * (k + 0.5)),
      0,
    );
    expect(output[at]).toBeCloseTo(sum / size, 10);
  }
});
