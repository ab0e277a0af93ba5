// Plays a receiver's sound in real time, as a sound card would, into a recording or into nothing.
//
// Nothing is resampled: in the place of 48,000 samples a second it takes as many more or fewer as keep the
// delay where it should be, so that what is recorded is what was sent, bit by bit.

import type { Receiver } from '#client/listening/receiver.ts';
import type { Clock, Timer } from '#std/clock.ts';
import type { Recording } from './recording.ts';

const PERIOD_MS = 5;
/** Of the moments at which it asks: the period, and timers that fire late. */
export const PLAYBACK_QUANTUM_MS = 7;
/** After a longer standstill of this process, the time in between is left out. */
const MAX_DUE_MS = 200;

interface PlaybackOptions {
  readonly clock: Clock;
  readonly receiver: Receiver;
  readonly recording: Recording | undefined;
  /** Runs it after the packets that are there already. */
  readonly defer: (task: () => void) => void;
}

export class Playback {
  readonly #options: PlaybackOptions;
  readonly #timer: Timer;
  #playedAtMs: number;
  #dueMs = 0;
  #isClosed = false;

  constructor(options: PlaybackOptions) {
    this.#options = options;
    const { clock, defer } = options;
    this.#playedAtMs = clock.nowMs();
    this.#timer = clock.every(PERIOD_MS, () => defer(() => this.#play()));
  }

  close(): void {
    this.#isClosed = true;
    this.#timer.cancel();
  }

  #play(): void {
    const { clock, receiver, recording } = this.#options;
    const nowMs = clock.nowMs();
    const elapsedMs = nowMs - this.#playedAtMs;
    this.#playedAtMs = nowMs;
    this.#dueMs = Math.min(MAX_DUE_MS, this.#dueMs + elapsedMs * receiver.ratio);
    const { format } = receiver;
    if (!format) this.#dueMs = 0;
    if (!format || this.#isClosed) return;
    const framesPerMs = format.clockRate / 1_000;
    while (this.#dueMs > 0) {
      const sound = receiver.next(nowMs);
      if (!sound) {
        recording?.silence(Math.floor(this.#dueMs * framesPerMs));
        this.#dueMs = 0;
        return;
      }
      recording?.play(format, sound.planes);
      this.#dueMs -= sound.frames / framesPerMs;
    }
  }
}
