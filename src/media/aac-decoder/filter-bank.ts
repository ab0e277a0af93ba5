// From spectrum to sound: inverse transform, windows, overlap of each frame with the one before
// (ISO/IEC 14496-3 §4.6.11). One per channel.

import { Imdct } from './imdct.ts';
import { EIGHT_SHORT, LONG_START, LONG_STOP, type WindowInfo } from './window-info.ts';
import { windowHalves } from './windows.ts';

const LONG = 1024;
const SHORT = 128;
/** Of the flat parts beside the short slope of a start or stop window. */
const FLAT = (LONG - SHORT) / 2;
/** Coefficients are on the scale of 16-bit samples. */
const FULL_SCALE = 32_768;

/** What all channels of a decoder share. */
export class Transforms {
  readonly long = new Imdct(LONG);
  readonly short = new Imdct(SHORT);
}

export class FilterBank {
  readonly #transforms: Transforms;
  readonly #overlap = new Float64Array(LONG);
  readonly #work = new Float64Array(2 * LONG);
  readonly #block = new Float64Array(2 * SHORT);
  #lastShape = 0;

  constructor(transforms: Transforms) {
    this.#transforms = transforms;
  }

  /** 1,024 samples between −1 and 1. */
  run(spectrum: Float64Array, info: Pick<WindowInfo, 'sequence' | 'shape'>): Float32Array {
    if (info.sequence === EIGHT_SHORT) this.#runShort(spectrum, info.shape);
    else this.#runLong(spectrum, info);
    this.#lastShape = info.shape;
    const samples = new Float32Array(LONG);
    for (let at = 0; at < LONG; at++) {
      const sample = ((this.#overlap[at] ?? 0) + (this.#work[at] ?? 0)) / FULL_SCALE;
      samples[at] = Math.max(-1, Math.min(sample, 1));
    }
    this.#overlap.set(this.#work.subarray(LONG));
    return samples;
  }

  #runLong(spectrum: Float64Array, info: Pick<WindowInfo, 'sequence' | 'shape'>): void {
    const work = this.#work;
    this.#transforms.long.run(spectrum, work);
    const [before, after] = [windowHalves(this.#lastShape), windowHalves(info.shape)];
    if (info.sequence === LONG_STOP) {
      work.fill(0, 0, FLAT);
      rise(work, FLAT, before.short);
    } else {
      rise(work, 0, before.long);
    }
    if (info.sequence === LONG_START) {
      fall(work, LONG + FLAT, after.short);
      work.fill(0, LONG + FLAT + SHORT);
    } else {
      fall(work, LONG, after.long);
    }
  }

  /** Eight windows, each half over the next, in the middle of the frame. */
  #runShort(spectrum: Float64Array, shape: number): void {
    const work = this.#work;
    const block = this.#block;
    work.fill(0);
    for (let window = 0; window < 8; window++) {
      const from = window * SHORT;
      this.#transforms.short.run(spectrum.subarray(from, from + SHORT), block);
      rise(block, 0, windowHalves(window === 0 ? this.#lastShape : shape).short);
      fall(block, SHORT, windowHalves(shape).short);
      for (let at = 0; at < 2 * SHORT; at++) {
        const to = FLAT + from + at;
        work[to] = (work[to] ?? 0) + (block[at] ?? 0);
      }
    }
  }
}

function rise(values: Float64Array, from: number, half: Float64Array): void {
  for (let at = 0; at < half.length; at++) {
    values[from + at] = (values[from + at] ?? 0) * (half[at] ?? 0);
  }
}

function fall(values: Float64Array, from: number, half: Float64Array): void {
  for (let at = 0; at < half.length; at++) {
    values[from + at] = (values[from + at] ?? 0) * (half[half.length - 1 - at] ?? 0);
  }
}
