// Bridges what is missing of one channel's PCM, so that no click is heard.
//
//   level  1 ┤▔▔▔▔▔▔▔▔▔▔▔▔╲                        0 to 20 ms   the waveform goes on
//            │              ╲__                    20 to 60 ms  and fades by 6 dB in 10 ms
//          0 ┤                  ▔▔▔▔╲__________    from 60 ms   silence
//
// Sound that comes again is blended with the continuation: within 2.5 ms, or 5 ms where it had faded.

import { Continuation, type Gap, historySamples } from './continuation.ts';

const FULL_MS = 20;
const SILENT_FROM_MS = 60;
/** -6 dB. */
const FADE_FACTOR = 0.5;
const FADE_MS = 10;
/** The last step, from -24 dB to nothing. */
const RAMP_MS = 5;
const SHORT_BLEND_MS = 2.5;
const LONG_BLEND_MS = 5;

export class Concealment {
  readonly #samplesPerMs: number;
  readonly #history: Float32Array;
  readonly #continuation: Continuation;
  /** Since the last real sample; undefined while there is no gap. */
  #bridgedSamples: number | undefined;

  constructor(sampleRate: number) {
    this.#samplesPerMs = sampleRate / 1_000;
    this.#history = new Float32Array(historySamples(sampleRate));
    this.#continuation = new Continuation(sampleRate, this.#history);
  }

  /**
   * Real samples are to be played: their beginning is changed, in place, if there was a gap before them
   * or, if they do not continue what was played, a jump.
   */
  play(samples: Float32Array, isContinuous = true): void {
    if (!isContinuous && this.#bridgedSamples === undefined)
      this.#begin({ samples: 0, after: samples });
    if (this.#bridgedSamples !== undefined) this.#blend(samples, this.#bridgedSamples);
    this.#bridgedSamples = undefined;
    this.#remember(samples);
  }

  /** Fills `samples`, which are missing. `after`: what follows them, if it is at hand. */
  conceal(samples: Float32Array, after?: Float32Array): void {
    let bridged = this.#bridgedSamples ?? this.#begin({ samples: samples.length, after });
    for (let at = 0; at < samples.length; at++) {
      samples[at] = this.#continuation.next() * this.#level(bridged++);
    }
    this.#bridgedSamples = bridged;
  }

  #begin(gap: Gap): number {
    this.#continuation.begin(gap);
    this.#bridgedSamples = 0;
    return 0;
  }

  #blend(samples: Float32Array, bridged: number): void {
    const isFaded = bridged > FULL_MS * this.#samplesPerMs;
    const blendMs = isFaded ? LONG_BLEND_MS : SHORT_BLEND_MS;
    const length = Math.min(samples.length, Math.round(blendMs * this.#samplesPerMs));
    for (let at = 0; at < length; at++) {
      const share = (at + 1) / (length + 1);
      const continued = this.#continuation.next() * this.#level(bridged + at);
      samples[at] = continued + ((samples[at] ?? 0) - continued) * share;
    }
  }

  /** What was bridged is not remembered: it is made of what is. */
  #remember(samples: Float32Array): void {
    const history = this.#history;
    if (samples.length >= history.length) {
      history.set(samples.subarray(samples.length - history.length));
      return;
    }
    history.copyWithin(0, samples.length);
    history.set(samples, history.length - samples.length);
  }

  #level(bridgedSamples: number): number {
    const ms = bridgedSamples / this.#samplesPerMs;
    if (ms < FULL_MS) return 1;
    if (ms >= SILENT_FROM_MS) return 0;
    const fade = FADE_FACTOR ** ((ms - FULL_MS) / FADE_MS);
    return fade * Math.min(1, (SILENT_FROM_MS - ms) / RAMP_MS);
  }
}
