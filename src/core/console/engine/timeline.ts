// Places what the source delivers on the engine's own time, which never goes back: RTP timestamps, the
// packets' grid and capture times all follow from it.
//
//   source frames   0 ─────────── 48,000 ──╳ lost ╳── 50,400 ──╳ restarted ╳  0 ──────
//   engine time     0 ms ──────── 1,000 ms            1,050 ms               1,340 ms
//
// A gap is as long as what was lost. After a restart time goes on by what has passed, from a multiple of
// 20 ms: there the packets of all lengths begin, and every rate has a whole number of samples.

import type { SoundBlock } from '../../ports/console-source.ts';

/** The longest packet: the grid of all packet times meets at its multiples. */
export const GRID_MS = 20;

type Continuity = 'follows' | 'jumps' | 'restarts';

export class Timeline {
  #sourceRate = 0;
  /** Of the source's frame 0. */
  #originMs = 0;
  #nextFrame: number | undefined;
  #isNewSource = true;
  #nowMs = 0;
  #anchor = { frame: 0, capturedAtMs: 0 };

  /** Whether anything was placed yet. */
  get hasStarted(): boolean {
    return this.#nextFrame !== undefined;
  }

  /** 0 before anything was placed. */
  get sourceRate(): number {
    return this.#sourceRate;
  }

  /** Up to where there is sound. */
  get endMs(): number {
    return this.#timeOf(this.#nextFrame ?? 0);
  }

  /** Every block, before it is used; says how it joins the one before. */
  place(block: SoundBlock, { sourceRate, nowMs }: { sourceRate: number; nowMs: number }) {
    const continuity = this.#continuityOf(block, sourceRate);
    if (continuity === 'restarts') this.#restart(block, { sourceRate, nowMs });
    this.#isNewSource = false;
    this.#nextFrame = block.firstFrame + block.frames;
    this.#nowMs = nowMs;
    this.#anchor = { frame: block.firstFrame, capturedAtMs: block.capturedAtMs };
    return continuity;
  }

  /** The next block comes from another source. */
  expectRestart(): void {
    this.#isNewSource = true;
  }

  /** In samples of a rate since the engine's start. */
  positionOf(frame: number, rate: number): number {
    const sinceOrigin = (frame * rate) / this.#sourceRate;
    return Math.round((this.#originMs * rate) / 1_000 + sinceOrigin);
  }

  /** Of what the source delivers next. */
  nextPosition(rate: number): number {
    return this.positionOf(this.#nextFrame ?? 0, rate);
  }

  /** When that was at the console's converter: ms since 1970 UTC. */
  capturedAtMs(position: number, rate: number): number {
    const sinceAnchorMs = (position * 1_000) / rate - this.#timeOf(this.#anchor.frame);
    return this.#anchor.capturedAtMs + sinceAnchorMs;
  }

  #continuityOf(block: SoundBlock, sourceRate: number): Continuity {
    const nextFrame = this.#nextFrame ?? 0;
    if (this.#isNewSource || sourceRate !== this.#sourceRate) return 'restarts';
    if (block.firstFrame < nextFrame) return 'restarts';
    return block.firstFrame === nextFrame ? 'follows' : 'jumps';
  }

  #restart(block: SoundBlock, { sourceRate, nowMs }: { sourceRate: number; nowMs: number }): void {
    const blockMs = (block.frames * 1_000) / sourceRate;
    const passedMs = Math.max(0, nowMs - this.#nowMs - blockMs);
    const startMs = this.hasStarted ? this.endMs + passedMs : 0;
    this.#sourceRate = sourceRate;
    this.#originMs = 0;
    this.#originMs = Math.ceil((startMs - this.#timeOf(block.firstFrame)) / GRID_MS) * GRID_MS;
  }

  #timeOf(frame: number): number {
    return this.#sourceRate === 0 ? 0 : this.#originMs + (frame * 1_000) / this.#sourceRate;
  }
}
