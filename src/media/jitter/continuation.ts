// How a waveform goes on where nothing is known: what it did one period ago, over and over.
//
//                       template        gap (N samples)        after, if it is known
//   ┌──────────────────┬────────┐·························┌────────┐
//   │     history      │▒▒▒▒▒▒▒▒│ ?                       │▓▓▓▓▓▓▓▓│
//   └──────────────────┴────────┘·························└────────┘
//          └─── lag ───┘ the stretch that is most like the template, and whose continuation
//                        through the gap is most like what comes after it
//
// Music has no single pitch; but for a few milliseconds the best lag of 2.5 to 20 ms is close enough.

/** In ms. The longest lag is the period of 50 Hz. */
const MIN_LAG_MS = 2.5;
const MAX_LAG_MS = 20;
/** What is compared, on each side of the gap. */
const TEMPLATE_MS = 2.5;
/** First, each lag is judged by every fourth sample, and only every fourth lag. */
const COARSE_STEP = 4;
/** The waveform is bent by so much of a lag, so that it starts from its last value without a step. */
const BEND_PART = 0.5;

export interface Gap {
  readonly samples: number;
  readonly after: Float32Array | undefined;
}

/** How much history is of use. */
export function historySamples(sampleRate: number): number {
  return Math.ceil((sampleRate * (MAX_LAG_MS + TEMPLATE_MS)) / 1_000);
}

export class Continuation {
  readonly #history: Float32Array;
  readonly #templateSamples: number;
  readonly #minLag: number;
  readonly #maxLag: number;
  #lag = 1;
  /** From where one period would go on to where the history ended. */
  #step = 0;
  #peak = 0;
  #at = 0;

  /** `history`: the newest sample last; it may change between gaps. */
  constructor(sampleRate: number, history: Float32Array) {
    this.#history = history;
    this.#templateSamples = Math.round((sampleRate * TEMPLATE_MS) / 1_000);
    this.#minLag = Math.round((sampleRate * MIN_LAG_MS) / 1_000);
    this.#maxLag = history.length - this.#templateSamples;
  }

  /** A gap begins after the history as it is now. */
  begin(gap: Gap): void {
    const history = this.#history;
    this.#at = 0;
    this.#lag = this.#findLag(gap);
    const end = history.length - 1;
    this.#step = (history[end] ?? 0) - (history[end - this.#lag] ?? 0);
    this.#peak = 0;
    for (const sample of history) this.#peak = Math.max(this.#peak, Math.abs(sample));
  }

  /** Never louder than the history was. */
  next(): number {
    const at = this.#at++ % this.#lag;
    const bend = Math.max(0, 1 - (at + 1) / (this.#lag * BEND_PART));
    const sample = (this.#history[this.#history.length - this.#lag + at] ?? 0) + bend * this.#step;
    return Math.max(-this.#peak, Math.min(sample, this.#peak));
  }

  #findLag(gap: Gap): number {
    const coarse = { from: this.#minLag, to: this.#maxLag, step: COARSE_STEP };
    const near = this.#searchLag(gap, coarse);
    const from = Math.max(this.#minLag, near - COARSE_STEP);
    return this.#searchLag(gap, { from, to: Math.min(this.#maxLag, near + COARSE_STEP), step: 1 });
  }

  #searchLag(gap: Gap, { from, to, step }: { from: number; to: number; step: number }): number {
    let best = from;
    let least = Number.POSITIVE_INFINITY;
    for (let lag = from; lag <= to; lag += step) {
      const error = this.#errorBefore(lag, step) + this.#errorAfter(lag, step, gap);
      if (error < least) [best, least] = [lag, error];
    }
    return best;
  }

  #errorBefore(lag: number, step: number): number {
    const history = this.#history;
    let error = 0;
    for (let at = history.length - this.#templateSamples; at < history.length; at += step) {
      error += ((history[at] ?? 0) - (history[at - lag] ?? 0)) ** 2;
    }
    return error;
  }

  #errorAfter(lag: number, step: number, { samples, after }: Gap): number {
    if (!after) return 0;
    const history = this.#history;
    const end = Math.min(after.length, this.#templateSamples);
    let error = 0;
    for (let at = 0; at < end; at += step) {
      const continued = history[history.length - lag + ((samples + at) % lag)] ?? 0;
      error += ((after[at] ?? 0) - continued) ** 2;
    }
    return error;
  }
}
