// When a listener asks for the server's time: often at first, so that latency is known soon, then now and
// then, because clocks drift (PRODUCT 2.4).

import type { Clock, Timer } from '#std/clock.ts';
import type { ClockSync } from '../clock-sync.ts';

/** The best of eight is seldom held up. */
const QUICK_QUESTIONS = 8;
/** The server answers 60 at once and 20 a second. */
const QUICK_PERIOD_MS = 50;
const CALM_PERIOD_MS = 5_000;

interface ClockQuestionsOptions {
  readonly clock: Clock;
  readonly sync: ClockSync;
  readonly ask: (t1: number) => void;
}

interface ClockAnswer {
  readonly t1: number;
  readonly t2: number;
  readonly t3: number;
}

export class ClockQuestions {
  readonly #options: ClockQuestionsOptions;
  /** Those that are not answered yet: at most as many as are asked quickly. */
  readonly #open = new Set<number>();
  #asked = 0;
  #timer: Timer | undefined;

  constructor(options: ClockQuestionsOptions) {
    this.#options = options;
    this.#ask();
  }

  /** `t4`: when it came. What was not asked is no answer. */
  take({ t1, t2, t3 }: ClockAnswer, t4: number): void {
    if (this.#open.delete(t1)) this.#options.sync.add({ t1, t2, t3, t4 });
  }

  close(): void {
    this.#timer?.cancel();
  }

  #ask(): void {
    const { clock, ask } = this.#options;
    const periodMs = ++this.#asked < QUICK_QUESTIONS ? QUICK_PERIOD_MS : CALM_PERIOD_MS;
    this.#timer = clock.after(periodMs, () => this.#ask());
    this.#forgetOldest();
    const t1 = clock.wallMs();
    this.#open.add(t1);
    ask(t1);
  }

  #forgetOldest(): void {
    const [oldest] = this.#open;
    if (oldest !== undefined && this.#open.size >= QUICK_QUESTIONS) this.#open.delete(oldest);
  }
}
