// What a receiver report says about one sender: loss and jitter (RFC 3550 §6.4.1, A.1, A.3, A.8).

import { sequenceDistance } from './distance.ts';

/** A jump beyond this is a restarted sender, not loss (A.1, MAX_DROPOUT). */
export const MAX_DROPOUT = 3000;
/** Packets this far behind are late; further back it is a restarted sender (A.1, MAX_MISORDER). */
export const MAX_MISORDER = 100;

const SEQUENCE_RANGE = 2 ** 16;
const WORD_RANGE = 2 ** 32;
/** A.8: the gain of the jitter's filter. */
const JITTER_DIVISOR = 16;
/** Cumulative loss has 24 bits, the first of them the sign. */
const MAX_CUMULATIVE_LOST = 0x7f_ffff;

interface ReceptionFigures {
  /** Since the last call, in 1/256. */
  readonly fractionLost: number;
  readonly cumulativeLost: number;
  /** With the count of wraps in the upper 16 bits. */
  readonly highestSequence: number;
  /** In ticks. */
  readonly jitter: number;
}

export class Reception {
  /** Extended sequence numbers: wraps × 65536 + number. */
  #first = 0;
  #highest = 0;
  #received = 0;
  #expectedBefore = 0;
  #receivedBefore = 0;
  #transitTicks = 0;
  #jitterTicks = 0;

  /** Another sender, or the same one started anew: all figures begin again. */
  restart(sequence: number): void {
    this.#first = sequence;
    this.#highest = sequence;
    this.#received = 0;
    this.#expectedBefore = 0;
    this.#receivedBefore = 0;
    this.#jitterTicks = 0;
  }

  /** Counts one packet, in the order of arrival. `transitTicks` is arrival minus timestamp. */
  take(sequence: number, transitTicks: number): void {
    const ahead = sequenceDistance(this.#highest % SEQUENCE_RANGE, sequence);
    if (ahead > 0) this.#highest += ahead;
    // Both wrap at 2^32, so their difference is what counts.
    const change = Math.abs((transitTicks - this.#transitTicks) | 0);
    if (this.#received > 0) this.#jitterTicks += (change - this.#jitterTicks) / JITTER_DIVISOR;
    this.#transitTicks = transitTicks;
    this.#received++;
  }

  /** The figures for a report, whose fraction of loss is since the report before. */
  report(): ReceptionFigures {
    const expected = this.#highest - this.#first + 1;
    const expectedNow = expected - this.#expectedBefore;
    const lostNow = expectedNow - (this.#received - this.#receivedBefore);
    this.#expectedBefore = expected;
    this.#receivedBefore = this.#received;
    return {
      fractionLost: lostNow <= 0 ? 0 : Math.min(255, Math.floor((lostNow * 256) / expectedNow)),
      cumulativeLost: clampLoss(expected - this.#received),
      highestSequence: this.#highest % WORD_RANGE,
      jitter: Math.floor(this.#jitterTicks),
    };
  }
}

function clampLoss(lost: number): number {
  return Math.max(-MAX_CUMULATIVE_LOST - 1, Math.min(lost, MAX_CUMULATIVE_LOST));
}
