// RTP timestamps as numbers that do not wrap.

import { timestampDistance } from '#media/rtp/distance.ts';

export class LongTicks {
  #last: number | undefined;
  #ticks = 0;

  /** Ticks since the first timestamp. */
  of(timestamp: number): number {
    if (this.#last !== undefined) this.#ticks += timestampDistance(this.#last, timestamp);
    this.#last = timestamp;
    return this.#ticks;
  }
}
