// Hands sound on at its own pace: blocks of 5 ms at absolute times, so that nothing drifts.

import type { ConsoleSourceSink, SoundBlock } from '#core/ports/console-source.ts';
import type { Clock, Timer } from '#std/clock.ts';
import { WallTime } from '#std/wall-time.ts';

const BLOCK_MS = 5;
/**
 * 40 ms, as much as a sound card holds. After a longer stall what was missed is lost: nobody wants it any
 * more, and a burst of it would delay the present.
 */
const MAX_LATE_BLOCKS = 8;

export interface PacedSound {
  readonly sampleRate: number;
  /** As long as the longest block: `framesOfBlocks(sampleRate)`. */
  readonly planes: readonly Float32Array[];
  /** Fills the planes; false if the samples are not there yet. */
  fill(firstFrame: number, frames: number): boolean;
}

interface PacerOptions {
  readonly sink: ConsoleSourceSink;
  readonly clock: Clock;
  /** When frame 0 was due to begin: a pacer that starts later begins with the block that is due then. */
  readonly originMs: number;
}

/** At 44.1 kHz blocks have 220 and 221 frames in turn. */
export function framesOfBlocks(sampleRate: number): number {
  return Math.ceil((sampleRate * BLOCK_MS) / 1_000);
}

export class Pacer {
  readonly #sound: PacedSound;
  readonly #sink: ConsoleSourceSink;
  readonly #clock: Clock;
  readonly #originMs: number;
  readonly #wallTime: WallTime;
  readonly #block: { -readonly [Key in keyof SoundBlock]: SoundBlock[Key] };
  readonly #wake = (): void => this.#sendDue();
  #timer: Timer | undefined;
  /** Number of the next block. */
  #next: number;
  #lostFrames = 0;
  #isStopped = false;

  constructor(sound: PacedSound, { sink, clock, originMs }: PacerOptions) {
    this.#sound = sound;
    this.#sink = sink;
    this.#clock = clock;
    this.#originMs = originMs;
    this.#wallTime = new WallTime(clock);
    this.#block = { planes: sound.planes, frames: 0, firstFrame: 0, capturedAtMs: 0 };
    this.#next = this.#countDue();
    this.#schedule();
  }

  stop(): void {
    this.#isStopped = true;
    this.#timer?.cancel();
  }

  /** Blocks whose last frame is over. */
  #countDue(): number {
    return Math.floor((this.#clock.nowMs() - this.#originMs) / BLOCK_MS);
  }

  #sendDue(): void {
    const due = this.#countDue();
    if (due - this.#next > MAX_LATE_BLOCKS) {
      this.#lostFrames += this.#firstFrame(due - 1) - this.#firstFrame(this.#next);
      this.#next = due - 1;
    }
    while (this.#next < due && !this.#isStopped) this.#send(this.#next++);
    if (!this.#isStopped) this.#schedule();
  }

  #send(number: number): void {
    const firstFrame = this.#firstFrame(number);
    const frames = this.#firstFrame(number + 1) - firstFrame;
    if (!this.#sound.fill(firstFrame, frames)) {
      this.#lostFrames += frames;
      return;
    }
    if (this.#lostFrames > 0) this.#sink.onOverrun(this.#lostFrames);
    this.#lostFrames = 0;
    const capturedMs = this.#originMs + (firstFrame * 1_000) / this.#sound.sampleRate;
    this.#block.frames = frames;
    this.#block.firstFrame = firstFrame;
    this.#block.capturedAtMs = this.#wallTime.of(capturedMs);
    this.#sink.onBlock(this.#block);
  }

  #firstFrame(number: number): number {
    return Math.floor((number * BLOCK_MS * this.#sound.sampleRate) / 1_000);
  }

  #schedule(): void {
    const dueMs = this.#originMs + (this.#next + 1) * BLOCK_MS;
    // Timers count whole milliseconds. Rounding up never wakes us early, and does not add up.
    const delayMs = Math.max(0, Math.ceil(dueMs - this.#clock.nowMs()));
    this.#timer = this.#clock.after(delayMs, this.#wake);
  }
}
