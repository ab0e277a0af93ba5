// The wall time of moments of the monotonic clock, smoother than the wall clock, which counts whole ms.

import type { Clock } from './clock.ts';

/** How fast the wall clock may fall behind and be followed: ms in each ms. NTP slews by 500 ppm. */
const MAX_SLEW = 0.0005;
/** Further behind than whole milliseconds explain: somebody set the clock back. */
const MAX_BEHIND_MS = 2;

/**
 * Whole milliseconds are cut off, so the wall clock is late by up to one: the largest difference to the
 * monotonic clock is the true one.
 */
export class WallTime {
  readonly #clock: Pick<Clock, 'nowMs' | 'wallMs'>;
  #offsetMs = -Infinity;
  #readAtMs = 0;

  constructor(clock: Pick<Clock, 'nowMs' | 'wallMs'>) {
    this.#clock = clock;
  }

  /** Milliseconds since 1970 UTC, with fraction, of a moment that `clock.nowMs()` gave. */
  of(momentMs: number): number {
    const nowMs = this.#clock.nowMs();
    const readMs = this.#clock.wallMs() - nowMs;
    const slewedMs = this.#offsetMs - (nowMs - this.#readAtMs) * MAX_SLEW;
    const isSetBack = slewedMs - readMs > MAX_BEHIND_MS;
    this.#offsetMs = isSetBack ? readMs : Math.max(slewedMs, readMs);
    this.#readAtMs = nowMs;
    return momentMs + this.#offsetMs;
  }
}
