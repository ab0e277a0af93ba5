// Plays one track of the clip for ever: which frame is due when, with what sequence numbers and
// timestamps.

import type { TrackSink } from '#core/ports/source.ts';
import { writeWord } from '#media/rtp/header.ts';
import type { ClipTrack } from './clip.ts';

export class ClipPlayer {
  readonly #track: ClipTrack;
  readonly #sink: TrackSink;
  readonly #startMs: number;
  /** Counts through all loops; frames that are skipped count too, so that due times never drift. */
  #index = 0;
  #sequence = 0;

  constructor(track: ClipTrack, sink: TrackSink, startMs: number) {
    this.#track = track;
    this.#sink = sink;
    this.#startMs = startMs;
  }

  get dueMs(): number {
    const { ticksPerFrame, format } = this.#track;
    return this.#startMs + (this.#index * ticksPerFrame * 1000) / format.clockRate;
  }

  /** Writes the frame that is due. */
  play(): void {
    const { frames, ticksPerFrame } = this.#track;
    const timestamp = (this.#index * ticksPerFrame) % 2 ** 32;
    const dueMs = this.dueMs;
    for (const packet of frames[this.#index % frames.length]?.packets ?? []) {
      packet[2] = this.#sequence >>> 8;
      packet[3] = this.#sequence;
      writeWord(packet, 4, timestamp);
      this.#sequence = (this.#sequence + 1) & 0xffff;
      this.#sink.write(packet, dueMs);
    }
    this.#index++;
  }

  /** Goes on with the first frame due at `nowMs` or later that a decoder can start with. */
  skipTo(nowMs: number): void {
    const { frames, ticksPerFrame, format } = this.#track;
    const elapsedTicks = ((nowMs - this.#startMs) * format.clockRate) / 1000;
    this.#index = Math.max(this.#index, Math.ceil(elapsedTicks / ticksPerFrame));
    // Ends: the first frame of every loop is a key frame.
    while (!frames[this.#index % frames.length]?.isKey) this.#index++;
  }
}
