// Changes the sample rate of one channel by a rational factor.

import { designPolyphaseFilter, type PolyphaseFilter } from './polyphase-filter.ts';

/** 80 dB of attenuation: more than a camera's sound has. */
const QUALITY = { taps: 48, cutoff: 0.95, kaiserBeta: 8 };

export class Resampler {
  readonly #filter: PolyphaseFilter;
  /** The last taps − 1 samples, then the new ones. */
  #input: Float32Array;
  #phase = 0;

  constructor(fromRate: number, toRate: number) {
    this.#filter = designPolyphaseFilter({ fromRate, toRate }, QUALITY);
    this.#input = new Float32Array(this.#filter.taps - 1);
  }

  /** By how many input samples the output lags behind. */
  get delay(): number {
    const { phases, stride, taps } = this.#filter;
    return phases === stride ? 0 : taps / 2;
  }

  /** As many samples as the input so far allows. */
  push(samples: Float32Array): Float32Array {
    const { phases, stride, taps } = this.#filter;
    if (phases === stride) return samples;
    const input = new Float32Array(taps - 1 + samples.length);
    input.set(this.#input);
    input.set(samples, taps - 1);
    const span = samples.length * phases - this.#phase;
    const output = new Float32Array(Math.max(0, Math.ceil(span / stride)));
    for (let at = 0; at < output.length; at++) {
      const position = this.#phase + at * stride;
      output[at] = this.#filterAt(input, Math.floor(position / phases), position % phases);
    }
    this.#phase += output.length * stride - samples.length * phases;
    this.#input = input.slice(samples.length);
    return output;
  }

  /** One value: the taps from `start` on, by the filter of the phase. */
  #filterAt(input: Float32Array, start: number, phase: number): number {
    const { taps, coefficients } = this.#filter;
    const from = phase * taps;
    let sum = 0;
    for (let tap = 0; tap < taps; tap++) {
      sum += (input[start + tap] ?? 0) * (coefficients[from + tap] ?? 0);
    }
    return sum;
  }
}
