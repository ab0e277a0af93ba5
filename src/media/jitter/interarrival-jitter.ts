// How unevenly packets arrive, as a mean deviation (RFC 3550 §6.4.1, A.8), in ms.
//
// It says little about the worst packets: with 5 ms of it, one packet in a thousand can be 40 ms late.

/** A.8: the gain of the filter. */
const GAIN = 1 / 16;

export class InterarrivalJitter {
  ms = 0;
  #transitMs: number | undefined;

  /** In the order of arrival; `transitMs` is arrival minus timestamp, with any constant added. */
  take(transitMs: number): void {
    const changeMs = Math.abs(transitMs - (this.#transitMs ?? transitMs));
    this.ms += (changeMs - this.ms) * GAIN;
    this.#transitMs = transitMs;
  }

  /** The next packet's transit is unrelated: another packet time, another rate. */
  reset(): void {
    this.ms = 0;
    this.#transitMs = undefined;
  }
}
