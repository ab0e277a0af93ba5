// The source behind `test:`: sends the built-in clip in a loop, each frame when it is due.

import type { Source, SourceSink } from '#core/ports/source.ts';
import type { Clock, Timer } from '#std/clock.ts';
import { assert } from '#std/errors.ts';
import type { Clip } from './clip.ts';
import { ClipPlayer } from './clip-player.ts';

/**
 * Later than this, the process was stopped or the machine asleep: what was missed is skipped, since
 * nobody wants it any more and a burst of it would delay the present.
 */
const MAX_LATENESS_MS = 1000;

export function createTestSource(options: { clock: Clock; clip: Clip }): Source {
  return new TestSource(options.clock, options.clip);
}

class TestSource implements Source {
  readonly #clock: Clock;
  readonly #clip: Clip;
  readonly #wake = (): void => this.#playDue();
  #sink: SourceSink | undefined;
  #players: readonly ClipPlayer[] = [];
  #timer: Timer | undefined;
  #closed = false;

  constructor(clock: Clock, clip: Clip) {
    this.#clock = clock;
    this.#clip = clip;
  }

  start(sink: SourceSink): void {
    assert(!this.#sink && !this.#closed, 'a test source starts once, before it is closed');
    this.#sink = sink;
    const tracks = [this.#clip.video, this.#clip.audio];
    const trackSinks = sink.ready({ formats: tracks.map((track) => track.format) });
    const startMs = this.#clock.nowMs();
    this.#players = tracks.map((track, index) => {
      const trackSink = trackSinks[index];
      assert(trackSink, 'there is a sink for every track');
      return new ClipPlayer(track, trackSink, startMs);
    });
    this.#playDue();
  }

  close(): Promise<void> {
    this.#closed = true;
    this.#timer?.cancel();
    return Promise.resolve();
  }

  #playDue(): void {
    const nowMs = this.#clock.nowMs();
    for (const player of this.#players) {
      if (nowMs - player.dueMs > MAX_LATENESS_MS) player.skipTo(nowMs);
    }
    let next = this.#nextPlayer();
    while (next && next.dueMs <= nowMs && !this.#closed) {
      next.play();
      this.#sink?.flush();
      next = this.#nextPlayer();
    }
    if (!next || this.#closed) return;
    // Timers count whole milliseconds. Rounding up never wakes us early, and does not add up,
    // because due times are counted from the start.
    this.#timer = this.#clock.after(Math.ceil(next.dueMs - nowMs), this.#wake);
  }

  #nextPlayer(): ClipPlayer | undefined {
    let next: ClipPlayer | undefined;
    for (const player of this.#players) {
      if (!next || player.dueMs < next.dueMs) next = player;
    }
    return next;
  }
}
