// The real clock: Node's monotonic time, wall time with fractions of a millisecond, and timers.

import type { Clock, Timer } from '#std/clock.ts';
import { WallTime } from '#std/wall-time.ts';

const nowMs = () => performance.now();
const wall = new WallTime({ nowMs, wallMs: () => Date.now() });

export const systemClock: Clock = {
  nowMs,
  wallMs: () => wall.of(nowMs()),
  after(delayMs: number, fire: () => void): Timer {
    const timer = setTimeout(fire, delayMs);
    return { cancel: () => clearTimeout(timer) };
  },
  every(periodMs: number, fire: () => void): Timer {
    const timer = setInterval(fire, periodMs);
    return { cancel: () => clearInterval(timer) };
  },
};
