// How levels are drawn: more room for what is loud, as on the meters of consoles (IEC 60268-18), and
// peaks that stay a moment so that eyes can read them.

/** dBFS → share of the bar. Between them it is linear. */
const MARKS: readonly (readonly [number, number])[] = [
  [-60, 0],
  [-40, 0.15],
  [-20, 0.5],
  [-10, 0.75],
  [0, 1],
];

/** From here on the bar warns; above the second one hears clipping soon. */
export const LOUD_DB = -12;
export const HOT_DB = -3;

/** Full scale, in the whole dB that levels come in. */
const CLIP_DB = 0;
const CLIP_SHOWN_MS = 2_000;
const HOLD_MS = 1_000;
/** As fast as IEC 60268-18 lets a digital meter fall: 20 dB in 1.7 s. */
const FALL_DB_PER_S = 11.8;
const SILENCE_DB = -120;

/** 0 to 1. */
export function meterShare(db: number): number {
  let [belowDb, below] = MARKS[0] ?? [0, 0];
  if (!(db > belowDb)) return 0;
  for (const [atDb, at] of MARKS) {
    if (db <= atDb) return below + ((at - below) * (db - belowDb)) / (atDb - belowDb || 1);
    [belowDb, below] = [atDb, at];
  }
  return 1;
}

/** One channel's peak as it is shown. */
export class PeakHold {
  #heldDb = SILENCE_DB;
  #heldAtMs = 0;
  #clippedAtMs = Number.NEGATIVE_INFINITY;

  take(peakDb: number, nowMs: number): void {
    if (peakDb >= CLIP_DB) this.#clippedAtMs = nowMs;
    if (peakDb < this.db(nowMs)) return;
    this.#heldDb = peakDb;
    this.#heldAtMs = nowMs;
  }

  db(nowMs: number): number {
    const fallenMs = Math.max(0, nowMs - this.#heldAtMs - HOLD_MS);
    return Math.max(SILENCE_DB, this.#heldDb - (fallenMs / 1_000) * FALL_DB_PER_S);
  }

  /** It was at full scale a moment ago. */
  isClipped(nowMs: number): boolean {
    return nowMs - this.#clippedAtMs < CLIP_SHOWN_MS;
  }
}
