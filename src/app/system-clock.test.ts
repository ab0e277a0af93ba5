// Tests of the real clock, on simulated timers.

import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { systemClock } from './system-clock.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

test('after fires once, after its delay', () => {
  const fire = vi.fn();
  systemClock.after(100, fire);
  vi.advanceTimersByTime(99);
  expect(fire).not.toHaveBeenCalled();
  vi.advanceTimersByTime(500);
  expect(fire).toHaveBeenCalledTimes(1);
});

test('every fires each period until it is cancelled', () => {
  const fire = vi.fn();
  const timer = systemClock.every(100, fire);
  vi.advanceTimersByTime(350);
  timer.cancel();
  vi.advanceTimersByTime(350);
  expect(fire).toHaveBeenCalledTimes(3);
});

test('a cancelled timer does not fire', () => {
  const fire = vi.fn();
  systemClock.after(100, fire).cancel();
  vi.advanceTimersByTime(200);
  expect(fire).not.toHaveBeenCalled();
});

test('both scales advance with time, the wall from 1970', () => {
  vi.setSystemTime(Date.UTC(2026, 0, 1));
  const startMs = systemClock.nowMs();
  vi.advanceTimersByTime(250);
  expect(systemClock.nowMs() - startMs).toBe(250);
  expect(systemClock.wallMs()).toBe(Date.UTC(2026, 0, 1) + 250);
});
