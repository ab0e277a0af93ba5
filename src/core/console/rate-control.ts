// Steps along the ladder: looks each second whether the server's rate shall change, and keeps it.

import type { QosMetrics } from '#contract/audio-meta.ts';
import type { SampleRate } from '#contract/sound.ts';
import type { Log } from '#core/ports/log.ts';
import type { Clock, Timer } from '#std/clock.ts';
import { UnavailableError } from '#std/errors.ts';
import type { ConsoleSetup } from './console-setup.ts';
import { RateLadder } from './rate-ladder.ts';

const LOOK_EACH_MS = 1_000;

interface RateControlOptions {
  readonly clock: Clock;
  readonly log: Log;
  readonly setup: ConsoleSetup;
  /** The rate has changed, for this reason; and the one before. */
  readonly onStep: (reason: string, before: SampleRate) => void;
}

export class RateControl {
  readonly #options: RateControlOptions;
  readonly #ladder = new RateLadder();
  readonly #ticker: Timer;

  constructor(options: RateControlOptions) {
    this.#options = options;
    this.#ticker = options.clock.every(LOOK_EACH_MS, () => this.#look());
  }

  /** A report of somebody who gets sound. */
  take(listenerId: string, metrics: QosMetrics): void {
    this.#ladder.take(listenerId, metrics, this.#options.clock.nowMs());
  }

  /** The listener is gone. */
  remove(listenerId: string): void {
    this.#ladder.remove(listenerId);
  }

  close(): void {
    this.#ticker.cancel();
  }

  #look(): void {
    const { clock, setup } = this.#options;
    const { settings, maxRate } = setup;
    if (!settings.adaptive) {
      this.#ladder.startAnew();
      return;
    }
    const rate = settings.sample_rate;
    const next = this.#ladder.look({ rate, maxRate, settings, nowMs: clock.nowMs() });
    if (next !== undefined) this.#step(rate, next);
  }

  #step(from: SampleRate, to: SampleRate): void {
    const { log, setup, onStep } = this.#options;
    const reason =
      to < from
        ? 'latency too high, lowering sample rate'
        : 'latency low again, raising sample rate';
    try {
      setup.changeRate(to);
    } catch (error) {
      if (!(error instanceof UnavailableError)) throw error;
      log.warn('Cannot change the sample rate', { from, to, reason: error.message });
      return;
    }
    log.info('Sample rate changed', { from, to, reason });
    onStep(reason, from);
  }
}
