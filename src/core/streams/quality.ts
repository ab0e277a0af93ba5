// Which profile suits a viewer: by the size of its picture and by what its link carries.
//
//   link    good ──── 5 % lost for 3 s ────▶ poor ──── held 30 s, doubled after each relapse ────▶ good
//   size    the picture is no higher than the sub profile  ⇒  sub
//
// Sub if either says so. Up and down have different thresholds, so that nobody flips to and fro.

import type { ProfileName } from './profile.ts';

/** Above this, retransmission no longer hides it from people. */
const POOR_LOSS_RATIO = 0.05;
const POOR_FOR_MS = 3_000;
/**
 * A link that carries less than what is sent fills its queues: delay comes first, then loss. Chromium's
 * estimate falls to 0.85 of what it gets at the least doubt, on a good link for a second or two.
 */
const TIGHT_RATIO = 0.7;
/** Estimates begin low and need some seconds of traffic. */
const TIGHT_FOR_MS = 8_000;
const HOLD_MS = 30_000;
const MAX_HOLD_MS = 5 * 60_000;
/** Poor again this soon after it went up: going up was the mistake. */
const RELAPSE_WITHIN_MS = 60_000;
/** A picture a little larger than the sub profile is still better served by it. */
const SIZE_TOLERANCE = 1.2;
/** Common for sub streams; taken while the real one is not known yet. */
const USUAL_SUB_HEIGHT = 480;

export interface QualityWish {
  readonly mode: 'auto' | 'main' | 'sub';
  /** Height of the picture on the viewer's screen, in its own pixels, if it said so. */
  readonly heightPixels?: number | undefined;
}

export class Quality {
  wish: QualityWish = { mode: 'auto' };
  #lossySinceMs: number | undefined;
  #tightSinceMs: number | undefined;
  #poorUntilMs = Number.NEGATIVE_INFINITY;
  #wentUpAtMs = Number.NEGATIVE_INFINITY;
  #holdMs = HOLD_MS;
  #poor = false;

  /** What was lost of the picture since the last report, 0 to 1. */
  takeLoss(ratio: number, nowMs: number): void {
    if (ratio < POOR_LOSS_RATIO) {
      this.#lossySinceMs = undefined;
      return;
    }
    this.#lossySinceMs ??= nowMs;
    if (nowMs - this.#lossySinceMs >= POOR_FOR_MS) this.#becomePoor(nowMs);
  }

  /** What the link carries, by what is sent. */
  takeEstimate(ratio: number, nowMs: number): void {
    if (!(ratio < TIGHT_RATIO)) {
      this.#tightSinceMs = undefined;
      return;
    }
    this.#tightSinceMs ??= nowMs;
    if (nowMs - this.#tightSinceMs >= TIGHT_FOR_MS) this.#becomePoor(nowMs);
  }

  /** Which profile it should have now. */
  decide(subHeight: number | undefined, nowMs: number): ProfileName {
    if (this.#poor && nowMs >= this.#poorUntilMs) {
      this.#poor = false;
      this.#wentUpAtMs = nowMs;
    }
    if (this.wish.mode !== 'auto') return this.wish.mode;
    return this.#poor || this.#isSmall(subHeight) ? 'sub' : 'main';
  }

  /** Why, in words. */
  explain(subHeight: number | undefined): string {
    if (this.wish.mode !== 'auto') return `${this.wish.mode} was asked for`;
    if (this.#poor) return 'the link does not carry main';
    if (this.wish.heightPixels === undefined) return 'the link carries main';
    return this.#isSmall(subHeight) ? 'the picture is shown small' : 'the picture is shown large';
  }

  #isSmall(subHeight: number | undefined): boolean {
    const { heightPixels } = this.wish;
    if (heightPixels === undefined) return false;
    return heightPixels <= (subHeight ?? USUAL_SUB_HEIGHT) * SIZE_TOLERANCE;
  }

  #becomePoor(nowMs: number): void {
    if (!this.#poor) {
      const relapsed = nowMs - this.#wentUpAtMs < RELAPSE_WITHIN_MS;
      this.#holdMs = relapsed ? Math.min(MAX_HOLD_MS, this.#holdMs * 2) : HOLD_MS;
    }
    this.#poor = true;
    this.#poorUntilMs = nowMs + this.#holdMs;
    this.#lossySinceMs = undefined;
    this.#tightSinceMs = undefined;
  }
}
