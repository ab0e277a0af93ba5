// With Opus, channel n is a sine of 100·n Hz at -12 dBFS: of each 200 ms, most must be that very frequency.
//
// 200 ms hold whole periods of every channel's sine, so those of the others count nothing in the sum, and
// one that is 2.5 Hz off counts less than half.

import type { SignalCheck } from './verification.ts';

const SAMPLE_RATE = 48_000;
const WINDOW_SAMPLES = SAMPLE_RATE / 5;
/** A decoder sounds right some packets after it was opened, or has bridged a gap. */
const SETTLING_SAMPLES = SAMPLE_RATE / 20;
/** At low bitrates a codec adds noise. */
const LEAST_SHARE = 0.5;
const LEVEL_DB = -12;
/** What low bitrates change. */
const MAX_LEVEL_ERROR_DB = 6;

export class ToneCheck implements SignalCheck {
  checked = 0;
  problem: string | null = null;
  readonly #channel: number;
  readonly #window = new Float32Array(WINDOW_SAMPLES);
  #filled = 0;
  #settling = SETTLING_SAMPLES;

  constructor(channel: number) {
    this.#channel = channel;
  }

  take(samples: Float32Array): void {
    const skipped = Math.min(this.#settling, samples.length);
    this.#settling -= skipped;
    let at = skipped;
    while (at < samples.length) {
      const part = samples.subarray(at, at + WINDOW_SAMPLES - this.#filled);
      this.#window.set(part, this.#filled);
      this.#filled += part.length;
      at += part.length;
      if (this.#filled === WINDOW_SAMPLES) this.#judge();
    }
  }

  restart(): void {
    this.#filled = 0;
    this.#settling = SETTLING_SAMPLES;
  }

  #judge(): void {
    this.#filled = 0;
    this.checked += WINDOW_SAMPLES;
    this.problem ??= findFault(this.#window, this.#channel * 100);
  }
}

function findFault(samples: Float32Array, hz: number): string | null {
  const power = samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length;
  const levelDb = 10 * Math.log10(2 * power);
  if (!(Math.abs(levelDb - LEVEL_DB) <= MAX_LEVEL_ERROR_DB)) {
    return `its level is ${levelDb.toFixed(1)} dBFS, not ${LEVEL_DB}`;
  }
  if (tonePower(samples, hz) >= LEAST_SHARE * power) return null;
  return `it is about ${roughHz(samples)} Hz, not ${hz}`;
}

/** Of one frequency in it: one bin of a Fourier transform, by Goertzel. */
function tonePower(samples: Float32Array, hz: number): number {
  const twiceCosine = 2 * Math.cos((2 * Math.PI * hz) / SAMPLE_RATE);
  let [last, beforeLast] = [0, 0];
  for (const sample of samples) {
    [last, beforeLast] = [sample + twiceCosine * last - beforeLast, last];
  }
  const square = last * last + beforeLast * beforeLast - twiceCosine * last * beforeLast;
  return (2 * square) / samples.length ** 2;
}

/** By its upward crossings: right for what is nearly a sine. */
function roughHz(samples: Float32Array): number {
  let [crossings, first, last] = [0, 0, 0];
  for (let at = 1; at < samples.length; at++) {
    if ((samples[at - 1] ?? 0) >= 0 || (samples[at] ?? 0) < 0) continue;
    if (crossings++ === 0) first = at;
    last = at;
  }
  return last > first ? Math.round(((crossings - 1) * SAMPLE_RATE) / (last - first)) : 0;
}
