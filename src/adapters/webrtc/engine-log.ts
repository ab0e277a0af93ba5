// What the engine says, once a second: a flood of nonsense must not become a flood of lines.

import type { Log } from '#core/ports/log.ts';
import type { Clock, Timer } from '#std/clock.ts';

const PERIOD_MS = 1_000;

export class EngineLog {
  readonly #log: Log;
  readonly #timer: Timer;
  #messages = 0;
  #last = '';

  constructor(clock: Clock, log: Log) {
    this.#log = log;
    this.#timer = clock.every(PERIOD_MS, () => this.#report());
  }

  add(message: string): void {
    this.#messages++;
    this.#last = message;
  }

  close(): void {
    this.#timer.cancel();
    this.#report();
  }

  #report(): void {
    if (this.#messages === 0) return;
    this.#log.debug('WebRTC engine', { messages: this.#messages, last: this.#last });
    this.#messages = 0;
  }
}
