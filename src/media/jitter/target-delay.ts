// How long sound should wait before it is played, so that packets that take longer are there in time.
//
//            a packet in too many windows was later          10 s without a late packet
//   grows at once ◀──────────────────────────────── target ─────────────────────▶ shrinks 1 ms/s
//                                                     │
//            late within 2 s of shrinking: what it was before is the floor for 60 s
//
// In milliseconds throughout: what a network does has nothing to do with anybody's packets.

import { DelayHistogram } from './delay-histogram.ts';

/** How many late packets are borne for a shorter delay. */
export type BufferMode = 'tight' | 'normal' | 'safe';

/** The part of 50 ms windows without a late packet. */
const QUANTILES: Readonly<Record<BufferMode, number>> = {
  tight: 0.98,
  normal: 0.995,
  safe: 0.999,
};
/** More is felt as an echo of what is heard in the room: rather some late packets. */
export const MAX_TARGET_MS = 60;
const CALM_MS = 10_000;
const SHRINK_PER_MS = 1e-3;
/** A late packet so soon after shrinking is the shrinking's fault. */
const BLAMED_MS = 2_000;
const FLOOR_KEPT_MS = 60_000;

interface TargetDelayOptions {
  readonly mode: BufferMode;
  /** By so much the moments at which sound is asked for vary: a render quantum. */
  readonly quantumMs: number;
}

export class TargetDelay {
  ms: number;
  readonly #quantile: number;
  readonly #quantumMs: number;
  readonly #histogram = new DelayHistogram();
  #worstMs = 0;
  #updatedAtMs: number | undefined;
  #disturbedAtMs = Number.NEGATIVE_INFINITY;
  #shrunkAtMs = Number.NEGATIVE_INFINITY;
  #floorMs = 0;
  #floorSetAtMs = Number.NEGATIVE_INFINITY;

  constructor({ mode, quantumMs }: TargetDelayOptions) {
    this.#quantile = QUANTILES[mode];
    this.#quantumMs = quantumMs;
    this.ms = quantumMs;
  }

  /** A packet took so much longer than the fastest. */
  observe(delayMs: number, nowMs: number): void {
    if (this.#histogram.add(delayMs, nowMs)) {
      this.#worstMs = this.#histogram.quantileMs(this.#quantile);
    }
  }

  /** A packet was not there when its turn came. */
  noteLate(nowMs: number): void {
    this.#disturbedAtMs = nowMs;
    if (nowMs - this.#shrunkAtMs > BLAMED_MS) return;
    this.#floorMs = Math.min(MAX_TARGET_MS, this.ms + BLAMED_MS * SHRINK_PER_MS);
    this.#floorSetAtMs = nowMs;
  }

  /**
   * Never less than a packet: when one is missing, the one after it must be at hand to bridge the gap
   * between the two.
   */
  update(nowMs: number, packetMs: number): void {
    const elapsedMs = nowMs - (this.#updatedAtMs ?? nowMs);
    this.#updatedAtMs = nowMs;
    const floorMs = nowMs - this.#floorSetAtMs < FLOOR_KEPT_MS ? this.#floorMs : 0;
    const neededMs = Math.max(floorMs, Math.max(this.#worstMs, packetMs) + this.#quantumMs);
    const wantedMs = Math.min(MAX_TARGET_MS, neededMs);
    if (wantedMs > this.ms) {
      this.ms = wantedMs;
      this.#disturbedAtMs = nowMs;
    } else if (wantedMs < this.ms && nowMs - this.#disturbedAtMs >= CALM_MS) {
      this.ms = Math.max(wantedMs, this.ms - elapsedMs * SHRINK_PER_MS);
      this.#shrunkAtMs = nowMs;
    }
  }
}
