// A server that goes, comes back, restarts and hangs, as seen by its watch.

import { beforeEach, expect, test } from 'vitest';
import { VirtualClock } from '../../test/support/virtual-clock.ts';
import { ServerWatch } from './server-watch.ts';

let clock: VirtualClock;
let mode: 'up' | 'down' | 'hung';
let startedAtMs: number;
let reads: number;
let backs: boolean[];
let watch: ServerWatch;

beforeEach(() => {
  clock = new VirtualClock();
  mode = 'up';
  startedAtMs = clock.wallMs() - 60_000;
  reads = 0;
  backs = [];
  watch = new ServerWatch({
    clock,
    onBack: (restarted) => backs.push(restarted),
    read: async () => {
      reads++;
      if (mode === 'hung') await new Promise(() => undefined);
      if (mode === 'down') throw new Error('refused');
      const timeMs = clock.wallMs() + 250;
      return { timeMs, uptimeMs: timeMs - startedAtMs };
    },
  });
});

test('A calm server is asked every 2 s and never called back', async () => {
  watch.start();
  watch.start();
  await clock.advanceAsync(20_000);
  expect(reads).toBe(11);
  expect(backs).toEqual([]);
  expect(watch.offsetMs).toBe(250);
});

test('A server that was gone is noticed within a second of being back', async () => {
  watch.start();
  await clock.advanceAsync(0);
  mode = 'down';
  watch.disturb();
  await clock.advanceAsync(3_500);
  expect(backs).toEqual([]);
  mode = 'up';
  await clock.advanceAsync(1_000);
  expect(backs).toEqual([false]);
});

test('A restart too quick to be missed is told by the later start', async () => {
  watch.start();
  await clock.advanceAsync(4_000);
  startedAtMs = clock.wallMs();
  watch.disturb();
  await clock.advanceAsync(0);
  expect(backs).toEqual([true]);
});

test('A server that hangs is missing after 3 s and back when it answers again', async () => {
  mode = 'hung';
  watch.start();
  await clock.advanceAsync(3_000);
  mode = 'up';
  await clock.advanceAsync(1_000);
  expect(backs).toEqual([false]);
});

test('Disturbing adds no reads while one is under way or the server is known to be missing', async () => {
  mode = 'hung';
  watch.start();
  watch.disturb();
  expect(reads).toBe(1);
  await clock.advanceAsync(3_000);
  watch.disturb();
  expect(reads).toBe(1);
});

test('A stopped watch neither reads nor calls, even if an answer was under way', async () => {
  watch.disturb();
  watch.start();
  watch.stop();
  await clock.advanceAsync(60_000);
  expect(reads).toBe(1);
  expect(watch.offsetMs).toBeNull();
  expect(clock.pendingTimers).toBe(0);
  watch.start();
  await clock.advanceAsync(0);
  expect(reads).toBe(2);
});
