// The browser's time and timers behind the clock of the client core.

import type { Clock } from '#std/clock.ts';

export const browserClock: Clock = {
  nowMs: () => performance.now(),
  wallMs: () => Date.now(),
  after(delayMs, fire) {
    const timer = setTimeout(fire, delayMs);
    return { cancel: () => clearTimeout(timer) };
  },
  every(periodMs, fire) {
    const timer = setInterval(fire, periodMs);
    return { cancel: () => clearInterval(timer) };
  },
};
