// The rising halves of AAC's windows: sine and Kaiser-Bessel derived (ISO/IEC 14496-3 §4.6.11.3.2).

const LONG = 1024;
const SHORT = 128;
/** Kaiser's α of long and short windows. */
const ALPHA = { long: 4, short: 6 };

interface Halves {
  readonly long: Float64Array;
  readonly short: Float64Array;
}

const SINE: Halves = { long: sineHalf(LONG), short: sineHalf(SHORT) };
const KAISER_BESSEL: Halves = {
  long: kaiserBesselHalf(LONG, ALPHA.long),
  short: kaiserBesselHalf(SHORT, ALPHA.short),
};

/** `shape`: 0 sine, 1 Kaiser-Bessel. */
export function windowHalves(shape: number): Halves {
  return shape === 1 ? KAISER_BESSEL : SINE;
}

function sineHalf(length: number): Float64Array {
  return Float64Array.from({ length }, (_, at) => Math.sin((Math.PI * (at + 0.5)) / (2 * length)));
}

function kaiserBesselHalf(length: number, alpha: number): Float64Array {
  const kernel = Float64Array.from({ length: length + 1 }, (_, at) =>
    bessel(Math.PI * alpha * Math.sqrt(1 - ((2 * at) / length - 1) ** 2)),
  );
  const total = kernel.reduce((sum, value) => sum + value, 0);
  let sum = 0;
  return Float64Array.from({ length }, (_, at) => {
    sum += kernel[at] ?? 0;
    return Math.sqrt(sum / total);
  });
}

/** I₀, by its power series; x is at most 6π, and the terms vanish long before the fiftieth. */
function bessel(x: number): number {
  let sum = 1;
  let term = 1;
  for (let index = 1; index <= 50; index++) {
    term *= (x / 2 / index) ** 2;
    sum += term;
  }
  return sum;
}
