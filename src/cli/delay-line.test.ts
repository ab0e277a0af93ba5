// Packets that are held back after they came.

import { expect, test } from 'vitest';
import { VirtualClock } from '../../test/support/virtual-clock.ts';
import { DelayLine } from './delay-line.ts';

function open(delayMs: number) {
  const clock = new VirtualClock();
  const out: [first: number | undefined, atMs: number, nowMs: number][] = [];
  const line = new DelayLine({
    clock,
    delayMs,
    onPacket: ([first], atMs) => out.push([first, atMs, clock.nowMs()]),
  });
  return { clock, line, out };
}

test('A packet is handed on when it is due, with that time', () => {
  const { clock, line, out } = open(80);
  line.add(Uint8Array.of(1), 0);
  clock.advance(30);
  line.add(Uint8Array.of(2), 30);
  line.add(Uint8Array.of(3), 30);
  clock.advance(49);
  expect(out).toEqual([]);
  clock.advance(1);
  expect(out).toEqual([[1, 80, 80]]);
  clock.advance(100);
  expect(out.slice(1)).toEqual([
    [2, 110, 110],
    [3, 110, 110],
  ]);
  expect(clock.pendingTimers).toBe(0);
});

test('Without a delay it is handed on at once', () => {
  const { line, out, clock } = open(0);
  line.add(Uint8Array.of(1), 0);
  expect(out).toEqual([[1, 0, 0]]);
  expect(clock.pendingTimers).toBe(0);
});

test('Beyond 32,768 waiting packets, the newest are dropped and counted', () => {
  const { clock, line, out } = open(80);
  for (let at = 0; at < 32_770; at++) line.add(Uint8Array.of(at), 0);
  expect(line.overflow).toBe(2);
  clock.advance(80);
  expect(out).toHaveLength(32_768);
});

test('What waits when it is closed never comes', () => {
  const { clock, line, out } = open(80);
  line.add(Uint8Array.of(1), 0);
  line.close();
  clock.advance(200);
  expect(out).toEqual([]);
});
