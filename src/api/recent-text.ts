// A text that is costly to make and asked for by many: made anew only when it is old.

import type { Clock } from '#std/clock.ts';

export class RecentText {
  readonly #clock: Clock;
  readonly #maxAgeMs: number;
  readonly #make: () => string;
  #text: string | undefined;
  #madeAtMs = 0;

  constructor(clock: Clock, maxAgeMs: number, make: () => string) {
    this.#clock = clock;
    this.#maxAgeMs = maxAgeMs;
    this.#make = make;
  }

  read(): string {
    const nowMs = this.#clock.nowMs();
    if (this.#text === undefined || nowMs - this.#madeAtMs >= this.#maxAgeMs) {
      this.#text = this.#make();
      this.#madeAtMs = nowMs;
    }
    return this.#text;
  }

  /** Something has changed that everybody should see at once. */
  forget(): void {
    this.#text = undefined;
  }
}
