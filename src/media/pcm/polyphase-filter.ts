// The filter that changes a sample rate by a rational factor: a windowed sinc of linear phase, cut into
// one filter for each position that an output sample can have between two input samples.
//
// Between the samples that go in we imagine `phases − 1` zeros, filter off everything above the lower
// of both rates' halves, and take every `stride`th value. Of each output value only every
// `phases`th product isn't zero, so each of the `phases` filters holds just these coefficients:
//
//   44,100 → 48,000 Hz: 160 phases, stride 147;  16,000 → 48,000 Hz: 3 phases, stride 1

import { InputError } from '#std/errors.ts';

/** All rates in use with 48 kHz have at most 640 (11,025 Hz); odd ones would cost megabytes. */
const MAX_PHASES = 1_024;
/**
 * Between the two rates: the filter grows with it when the rate falls. When it rises, the output does: one
 * packet at 50 Hz would become 63 million samples. 7,350 Hz is the lowest rate in use.
 */
const MAX_RATE_FACTOR = 8;
/** Taps are a multiple of it. */
const TAPS_STEP = 4;

interface RatePair {
  readonly fromRate: number;
  readonly toRate: number;
}

interface FilterQuality {
  /** Coefficients of each phase when the rate rises, a multiple of four; more when it falls. */
  readonly taps: number;
  /** The middle of the filter's edge, as a part of half the lower rate. */
  readonly cutoff: number;
  /** The more, the quieter what is removed, and the less steep the edge. */
  readonly kaiserBeta: number;
}

export interface PolyphaseFilter {
  /** 1, as the stride, if the rates are equal. */
  readonly phases: number;
  readonly stride: number;
  readonly taps: number;
  /** The phases' filters one behind the other, each in the order of its samples. */
  readonly coefficients: Float32Array;
}

export function isResamplable(fromRate: number, toRate: number): boolean {
  const factor = Math.max(fromRate / toRate, toRate / fromRate);
  if (!(fromRate > 0 && factor <= MAX_RATE_FACTOR)) return false;
  return toRate / greatestCommonDivisor(fromRate, toRate) <= MAX_PHASES;
}

export function designPolyphaseFilter(
  { fromRate, toRate }: RatePair,
  quality: FilterQuality,
): PolyphaseFilter {
  if (!isResamplable(fromRate, toRate)) {
    throw new InputError(`Cannot resample ${fromRate} Hz to ${toRate} Hz: no common measure.`, {
      code: 'unsupported_rate',
    });
  }
  const divisor = greatestCommonDivisor(fromRate, toRate);
  const [phases, stride] = [toRate / divisor, fromRate / divisor];
  const steps = (quality.taps / TAPS_STEP) * Math.max(1, fromRate / toRate);
  const shape = { phases, stride, taps: TAPS_STEP * Math.ceil(steps) };
  return { ...shape, coefficients: computeCoefficients(shape, quality) };
}

function computeCoefficients(
  { phases, stride, taps }: Omit<PolyphaseFilter, 'coefficients'>,
  quality: FilterQuality,
): Float32Array {
  const coefficients = new Float32Array(phases * taps);
  const middle = coefficients.length / 2;
  // Twice the edge's middle, in periods of the imagined rate.
  const edge = quality.cutoff / Math.max(phases, stride);
  for (let at = 0; at < coefficients.length; at++) {
    const window = kaiser((at - middle) / middle, quality.kaiserBeta);
    // Imagined sample `at` is the newest but ⌊at / phases⌋ for the phase that is its rest.
    const tap = taps - 1 - Math.floor(at / phases);
    coefficients[(at % phases) * taps + tap] = edge * phases * sinc(edge * (at - middle)) * window;
  }
  return coefficients;
}

function sinc(x: number): number {
  return x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x);
}

function kaiser(x: number, beta: number): number {
  return bessel(beta * Math.sqrt(Math.max(0, 1 - x * x))) / bessel(beta);
}

/** I₀, by its power series, whose terms vanish before the thirtieth for arguments up to 10. */
function bessel(x: number): number {
  let sum = 1;
  let term = 1;
  for (let index = 1; index <= 30; index++) {
    term *= (x / 2 / index) ** 2;
    sum += term;
  }
  return sum;
}

function greatestCommonDivisor(a: number, b: number): number {
  let [x, y] = [a, b];
  while (y > 0) [x, y] = [y, x % y];
  return x;
}
