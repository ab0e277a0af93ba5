// The real clock: Node's monotonic time, wall time and timers.

import type { Clock, Timer } from '#std/clock.ts';

export const systemClock: Clock = {
  nowMs: () => performance.now(),
  wallMs: () => Date.now(),
  after(delayMs: number, fire: () => void): Timer {
    const timer = setTimeout(fire, delayMs);
    return { cancel: () => clearTimeout(timer) };
  },
  every(periodMs: number, fire: () => void): Timer {
    const timer = setInterval(fire, periodMs);
    return { cancel: () => clearInterval(timer) };
  },
};
