// Whether a listener is still there, by its heartbeats (PRODUCT 2.3).
//
//           30 s without one
//   alive ───────────────────▶ silent
//     ▲                          │
//     └──────── the next one ────┘
//
// A heartbeat carries the time of the listener's clock. One that is older than the one before came late
// or was replayed: it proves nothing. But if the next ones go on from there, the clock was set.

import type { Clock, Timer } from '#std/clock.ts';

/** Three that are sent each 10 s, as our own clients do. */
const SILENT_AFTER_MS = 30_000;

type HeartbeatVerdict = 'taken' | 'past' | 'unreadable';

interface HeartbeatsOptions {
  readonly clock: Clock;
  readonly onSilent: () => void;
}

export class Heartbeats {
  /** Those from the past. */
  ignored = 0;
  readonly #options: HeartbeatsOptions;
  #timer: Timer;
  #isSilent = false;
  #newestMs = Number.NEGATIVE_INFINITY;
  /** Of the last one that went back. */
  #wentBackToMs: number | undefined;

  /** Having come counts as the first one. */
  constructor(options: HeartbeatsOptions) {
    this.#options = options;
    this.#timer = this.#startTimer();
  }

  get isSilent(): boolean {
    return this.#isSilent;
  }

  take(timestamp: string): HeartbeatVerdict {
    const sentMs = Date.parse(timestamp);
    if (Number.isNaN(sentMs)) return 'unreadable';
    if (!this.#goesOn(sentMs)) {
      this.ignored++;
      this.#wentBackToMs = sentMs;
      return 'past';
    }
    this.#newestMs = sentMs;
    this.#wentBackToMs = undefined;
    this.#isSilent = false;
    this.#timer.cancel();
    this.#timer = this.#startTimer();
    return 'taken';
  }

  close(): void {
    this.#timer.cancel();
  }

  #goesOn(sentMs: number): boolean {
    if (sentMs >= this.#newestMs) return true;
    return this.#wentBackToMs !== undefined && sentMs > this.#wentBackToMs;
  }

  #startTimer(): Timer {
    return this.#options.clock.after(SILENT_AFTER_MS, () => {
      this.#isSilent = true;
      this.#options.onSilent();
    });
  }
}
