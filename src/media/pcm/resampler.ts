// Changes the sample rate of one channel by a rational factor: a polyphase filter, a windowed sinc of
// linear phase.
//
// Between the samples that go in we imagine `phases − 1` zeros, filter off everything above the lower
// of both rates' halves, and take every `stride`th value. Of each output value only every
// `phases`th product isn't zero, so each of the `phases` filters holds just these coefficients:
//
//   44,100 → 48,000 Hz: 160 phases, stride 147;  16,000 → 48,000 Hz: 3 phases, stride 1

import { InputError } from '#std/errors.ts';

/** Coefficients of each phase when the rate rises; more when it falls. */
const TAPS = 48;
/** Where the filter begins to fall, as a part of half the lower rate; it has fallen at 1. */
const PASS_BAND = 0.9;
/** Kaiser's β: 80 dB of attenuation. */
const KAISER_BETA = 8;
/** All rates in use with 48 kHz have at most 640 (11,025 Hz); odd ones would cost megabytes. */
const MAX_PHASES = 1_024;
/**
 * Between the two rates: the filter grows with it when the rate falls. When it rises, the output does: one
 * packet at 50 Hz would become 63 million samples. 7,350 Hz is the lowest rate in use.
 */
const MAX_RATE_FACTOR = 8;

export class Resampler {
  readonly #phases: number;
  readonly #stride: number;
  readonly #taps: number;
  readonly #filters: Float32Array;
  /** The last taps − 1 samples, then the new ones. */
  #input: Float32Array;
  #phase = 0;

  constructor(fromRate: number, toRate: number) {
    const divisor = greatestCommonDivisor(fromRate, toRate);
    this.#phases = toRate / divisor;
    this.#stride = fromRate / divisor;
    if (!isResamplable(fromRate, toRate)) {
      throw new InputError(`Cannot resample ${fromRate} Hz to ${toRate} Hz: no common measure.`, {
        code: 'unsupported_rate',
      });
    }
    this.#taps = Math.ceil(TAPS * Math.max(1, fromRate / toRate));
    this.#filters = createFilters(this.#phases, this.#stride, this.#taps);
    this.#input = new Float32Array(this.#taps - 1);
  }

  /** By how many input samples the output lags behind. */
  get delay(): number {
    return this.#phases === this.#stride ? 0 : this.#taps / 2;
  }

  /** As many samples as the input so far allows. */
  push(samples: Float32Array): Float32Array {
    if (this.#phases === this.#stride) return samples;
    const input = new Float32Array(this.#taps - 1 + samples.length);
    input.set(this.#input);
    input.set(samples, this.#taps - 1);
    const span = samples.length * this.#phases - this.#phase;
    const output = new Float32Array(Math.max(0, Math.ceil(span / this.#stride)));
    for (let at = 0; at < output.length; at++) {
      const position = this.#phase + at * this.#stride;
      output[at] = this.#filter(
        input,
        Math.floor(position / this.#phases),
        position % this.#phases,
      );
    }
    this.#phase += output.length * this.#stride - samples.length * this.#phases;
    this.#input = input.slice(samples.length);
    return output;
  }

  /** One value: the taps from `start` on, by the filter of the phase. */
  #filter(input: Float32Array, start: number, phase: number): number {
    const from = phase * this.#taps;
    let sum = 0;
    for (let tap = 0; tap < this.#taps; tap++) {
      sum += (input[start + tap] ?? 0) * (this.#filters[from + tap] ?? 0);
    }
    return sum;
  }
}

export function isResamplable(fromRate: number, toRate: number): boolean {
  const factor = Math.max(fromRate / toRate, toRate / fromRate);
  if (!(fromRate > 0 && factor <= MAX_RATE_FACTOR)) return false;
  return toRate / greatestCommonDivisor(fromRate, toRate) <= MAX_PHASES;
}

/** The phases' filters one behind the other, each in the order of its samples. */
function createFilters(phases: number, stride: number, taps: number): Float32Array {
  const filters = new Float32Array(phases * taps);
  const length = phases * taps;
  const middle = length / 2;
  // Half of the pass band's edge and the stop band's, in periods of the imagined rate.
  const cutoff = (1 + PASS_BAND) / 4 / Math.max(phases, stride);
  for (let at = 0; at < length; at++) {
    const value =
      2 * cutoff * phases * sinc(2 * cutoff * (at - middle)) * kaiser((at - middle) / middle);
    // Imagined sample `at` is the newest but ⌊at / phases⌋ for the phase that is its rest.
    const tap = taps - 1 - Math.floor(at / phases);
    filters[(at % phases) * taps + tap] = value;
  }
  return filters;
}

function sinc(x: number): number {
  return x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x);
}

function kaiser(x: number): number {
  return bessel(KAISER_BETA * Math.sqrt(Math.max(0, 1 - x * x))) / bessel(KAISER_BETA);
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
