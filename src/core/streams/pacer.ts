// Sends what viewers are behind by, cached groups of pictures and large frames, at a bounded pace, so
// that no link is flooded.

import type { Clock, Timer } from '#std/clock.ts';

const PERIOD_MS = 5;
/** 16 packets of 1,200 bytes each 5 ms are 31 Mb/s: 2 s at 2 Mb/s arrive within 130 ms. */
const PACKETS_PER_PERIOD = 16;
/** A stream of more than that must not fall back for ever: half of the backlog goes in 0.7 s. */
const BACKLOG_PERIODS = 200;

/** Who is behind. */
interface Paced {
  readonly backlog: number;
  catchUp(packets: number): void;
}

export class Pacer {
  readonly #clock: Clock;
  readonly #flush: () => void;
  readonly #paced = new Set<Paced>();
  #timer: Timer | undefined;

  /** `flush` sends what `catchUp` has collected. */
  constructor(clock: Clock, flush: () => void) {
    this.#clock = clock;
    this.#flush = flush;
  }

  /** Takes over somebody until they are at the live end. */
  add(paced: Paced): void {
    this.#paced.add(paced);
    this.#timer ??= this.#clock.every(PERIOD_MS, () => this.#tick());
  }

  remove(paced: Paced): void {
    this.#paced.delete(paced);
    this.#stopWhenIdle();
  }

  /** Gives one their first share without waiting for the period. */
  start(paced: Paced): void {
    if (!this.#paced.has(paced)) return;
    this.#turn(paced);
    this.#flush();
    this.#stopWhenIdle();
  }

  /** Sends what was collected outside of a turn. */
  flush(): void {
    this.#flush();
  }

  #tick(): void {
    for (const paced of this.#paced) this.#turn(paced);
    this.#flush();
    this.#stopWhenIdle();
  }

  #turn(paced: Paced): void {
    paced.catchUp(Math.max(PACKETS_PER_PERIOD, Math.ceil(paced.backlog / BACKLOG_PERIODS)));
    if (paced.backlog === 0) this.#paced.delete(paced);
  }

  #stopWhenIdle(): void {
    if (this.#paced.size > 0) return;
    this.#timer?.cancel();
    this.#timer = undefined;
  }
}
