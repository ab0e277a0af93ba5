// How fast those who are behind go on.

import { expect, test } from 'vitest';
import { VirtualClock } from '../../../test/support/virtual-clock.ts';
import { Pacer } from './pacer.ts';

class Behind {
  backlog: number;
  readonly turns: number[] = [];

  constructor(backlog: number) {
    this.backlog = backlog;
  }

  catchUp(packets: number): void {
    this.turns.push(packets);
    this.backlog = Math.max(0, this.backlog - packets);
  }
}

test('Pacer sends sixteen packets each 5 ms, and stops when nobody is behind', () => {
  const clock = new VirtualClock();
  let flushes = 0;
  const pacer = new Pacer(clock, () => flushes++);
  const behind = new Behind(40);
  pacer.add(behind);
  clock.advance(100);
  expect(behind.turns).toEqual([16, 16, 16]);
  expect(flushes).toBe(3);
  expect(clock.pendingTimers).toBe(0);
});

test('Pacer sends more where the backlog is long, so that nobody falls back for ever', () => {
  const clock = new VirtualClock();
  const pacer = new Pacer(clock, () => {});
  const behind = new Behind(10_000);
  pacer.add(behind);
  clock.advance(5);
  expect(behind.turns).toEqual([50]);
  pacer.remove(behind);
  clock.advance(5);
  expect(behind.turns).toHaveLength(1);
});
