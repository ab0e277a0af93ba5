// How long a client waits before it tries again (PRODUCT 3).

const FIRST_DELAY_MS = 1_000;

/** Long enough to spare a dead server, short enough for the one who watches the page. */
export const LONGEST_DELAY_MS = 16_000;

/** Attempts with an exact, doubling delay: 1, 2, 4, 8, 16 s. */
const DOUBLING_ATTEMPTS = 5;

/** ±25 %, so that a thousand pages do not come back in the same second. */
const JITTER_RATIO = 0.25;

/** The delay before retry number `attempt`, counted from 1. `random` gives 0 to 1. */
export function retryDelayMs(attempt: number, random: () => number): number {
  return attempt <= DOUBLING_ATTEMPTS ? FIRST_DELAY_MS * 2 ** (attempt - 1) : slowDelayMs(random);
}

/** The delay after a refusal: the same request will hardly succeed soon. */
export function slowDelayMs(random: () => number): number {
  return Math.round(LONGEST_DELAY_MS * (1 - JITTER_RATIO + 2 * JITTER_RATIO * random()));
}
