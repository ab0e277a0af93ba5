// Whether a track's timestamps keep up with the clock on the wall: how far they have run ahead or
// fallen behind, and whether they can be trusted.
//
//              more than 500 ms off for 5 s, and at the wrong rate
//   trusted ──────────────────────────────────────────────────────► distrusted
//      ▲                                                               │
//      └───────────────────────────────────────────────────────────────┘
//                             5 s at the right rate

/** Beyond this, sound and picture visibly part, and players throw away or conceal. */
const MAX_DRIFT_MS = 500;
/** A network that was held up has delivered everything before that; a wrong clock stays wrong. */
const MAX_DISAGREEMENT_MS = 5000;
/** As long as it takes to distrust. */
const PROBATION_MS = 5000;
/** Crystals are off by at most 100 ppm; what is below this is followed in silence. */
const FOLLOWED_DRIFT = 0.001;
/** Players stretch and shrink sound by so much unheard. */
const MAX_RATE_ERROR = 0.02;

/**
 * What the last frame showed. `shifted`: for 5 s the timestamps have been at the right rate but off
 * by the same amount, as after a burst; that is taken for right now. `wrong-rate`: they run too
 * fast or too slow, and are distrusted from now on.
 */
type Verdict = 'agrees' | 'shifted' | 'wrong-rate';

export class WallDrift {
  readonly #ticksPerMs: number;
  #ticks = 0;
  /** Since when the drift has been too large, or since when there is probation. */
  #sinceMs: number | undefined;
  /** How far the timestamps have come since. */
  #advancedTicks = 0;
  #isTrusted = true;

  constructor(clockRate: number) {
    this.#ticksPerMs = clockRate / 1000;
  }

  get isTrusted(): boolean {
    return this.#isTrusted;
  }

  /**
   * Whether timestamps jump that advance so much in the time that has elapsed. Catching up after
   * the network was held up is no jump, even if frames are missing in between.
   */
  isJump(advanceTicks: number, elapsedTicks: number): boolean {
    const aheadTicks = advanceTicks - elapsedTicks;
    const maxTicks = MAX_DRIFT_MS * this.#ticksPerMs;
    return aheadTicks > maxTicks && this.#ticks + aheadTicks > maxTicks;
  }

  /** While they are trusted. */
  add(advanceTicks: number, elapsedTicks: number, nowMs: number): Verdict {
    const followed = elapsedTicks * FOLLOWED_DRIFT;
    this.#ticks += advanceTicks - elapsedTicks;
    this.#ticks -= Math.max(-followed, Math.min(this.#ticks, followed));
    if (Math.abs(this.#ticks) <= MAX_DRIFT_MS * this.#ticksPerMs) {
      this.#sinceMs = undefined;
      return 'agrees';
    }
    if (this.#sinceMs === undefined) this.#watchFrom(nowMs);
    else this.#advancedTicks += advanceTicks;
    if (!this.#hasWatched(MAX_DISAGREEMENT_MS, nowMs)) return 'agrees';
    this.#isTrusted = this.#isWallRate(nowMs);
    this.#ticks = 0;
    this.#sinceMs = undefined;
    return this.#isTrusted ? 'shifted' : 'wrong-rate';
  }

  /** While they are distrusted: whether they are trusted again from now on. */
  probe(advanceTicks: number, nowMs: number): boolean {
    if (this.#sinceMs === undefined) this.#watchFrom(nowMs);
    else this.#advancedTicks += advanceTicks;
    if (!this.#hasWatched(PROBATION_MS, nowMs)) return false;
    this.#isTrusted = this.#isWallRate(nowMs);
    this.#sinceMs = undefined;
    return this.#isTrusted;
  }

  /** The timestamps are taken for right now. */
  reset(): void {
    this.#ticks = 0;
    this.#sinceMs = undefined;
    this.#isTrusted = true;
  }

  #watchFrom(nowMs: number): void {
    this.#sinceMs = nowMs;
    this.#advancedTicks = 0;
  }

  #hasWatched(spanMs: number, nowMs: number): boolean {
    return nowMs - (this.#sinceMs ?? nowMs) >= spanMs;
  }

  #isWallRate(nowMs: number): boolean {
    const elapsedTicks = (nowMs - (this.#sinceMs ?? nowMs)) * this.#ticksPerMs;
    return Math.abs(this.#advancedTicks - elapsedTicks) <= MAX_RATE_ERROR * elapsedTicks;
  }
}
