// Those who wait, each for a limited time, for something that one moment decides.

import type { Clock, Timer } from '#std/clock.ts';

interface Waiter {
  readonly settle: (came: boolean) => void;
  readonly timer: Timer;
}

export class Waiters {
  readonly #clock: Clock;
  readonly #waiting = new Set<Waiter>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** True when it came, false when it will not or the time is over. */
  wait(withinMs: number): Promise<boolean> {
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const waiter = {
      settle: resolve,
      timer: this.#clock.after(withinMs, () => {
        this.#waiting.delete(waiter);
        resolve(false);
      }),
    };
    this.#waiting.add(waiter);
    return promise;
  }

  settle(came: boolean): void {
    for (const { settle, timer } of this.#waiting) {
      timer.cancel();
      settle(came);
    }
    this.#waiting.clear();
  }
}
