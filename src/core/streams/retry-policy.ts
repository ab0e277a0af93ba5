// When a source that failed is tried again.
//
//   failure   1      2      3      4      5      6 and on
//   after   ≤ 1 s  ≤ 2 s  ≤ 4 s  ≤ 8 s  ≤ 16 s  ≤ 30 s     each between half of it and all of it

/** The first failure is mostly a hiccup: a camera that restarts its encoder, a switch that blinks. */
const FIRST_DELAY_MS = 1_000;
/** A camera that was off for hours is seen within half a minute, and costs two attempts a minute. */
const MAX_DELAY_MS = 30_000;

/** Half of it is chance, so that cameras that went away together do not come back together. */
export function retryDelayMs(failures: number, random: number): number {
  const fullMs = Math.min(MAX_DELAY_MS, FIRST_DELAY_MS * 2 ** Math.max(0, failures - 1));
  return Math.round(fullMs / 2 + (random * fullMs) / 2);
}
