// At which speed sound is read so that its delay stays where it should be, though the sender's clock and
// ours differ: a PI controller, slow enough that no pitch changes audibly.
//
// With ratio = 1 + P·e + I·∫e dt, e in ms, a delay falls by 1000·(ratio − 1) ms in a second. P alone so
// has a time constant of 10 s, and I = 250·P² brings in the clocks' difference without overshoot.

const P_PER_MS = 1e-4;
const I_PER_MS_S = 250 * P_PER_MS ** 2;
/** Two crystals of ± 100 ppm each, and something to spare. */
const MAX_DRIFT = 3e-4;
/** Errors beyond this are not the clocks': the network's delay has changed. */
const MAX_DRIFT_ERROR_MS = 3;
/** A delay shrinks by 1 ms in a second: 2 cents. */
const CALM_LIMIT = 1e-3;
/** Much too long a delay: 9 cents. */
const HURRIED_LIMIT = 5e-3;
/** Time in which nobody asked is not time in which the error lasted. */
const MAX_STEP_MS = 100;

interface Error {
  /** Delay minus target. */
  readonly errorMs: number;
  readonly elapsedMs: number;
  /** The delay is far beyond what any target would be. */
  readonly isUrgent: boolean;
}

export class DriftCorrection {
  /** Input samples for each output sample. */
  ratio = 1;
  /** The clocks' difference, as far as it is known. */
  #drift = 0;

  update({ errorMs, elapsedMs, isUrgent }: Error): void {
    if (Math.abs(errorMs) <= MAX_DRIFT_ERROR_MS) {
      const seconds = Math.min(elapsedMs, MAX_STEP_MS) / 1_000;
      this.#drift = clamp(this.#drift + I_PER_MS_S * errorMs * seconds, MAX_DRIFT);
    }
    const limit = isUrgent ? HURRIED_LIMIT : CALM_LIMIT;
    this.ratio = 1 + this.#drift + clamp(P_PER_MS * errorMs, limit);
  }
}

function clamp(value: number, limit: number): number {
  return Math.max(-limit, Math.min(value, limit));
}
