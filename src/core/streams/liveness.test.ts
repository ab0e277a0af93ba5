// When a viewer is gone, and when it only seems so.

import { expect, test } from 'vitest';
import type { PeerState } from '#core/ports/peer-transport.ts';
import { Liveness } from './liveness.ts';

/** Looks each second, as the viewers do, until the viewer is gone. */
function lifeOf(liveness: Liveness, fromMs: number): { goneAtMs: number; reason: string } {
  for (let nowMs = fromMs + 1000; nowMs < fromMs + 100_000; nowMs += 1000) {
    const reason = liveness.look(nowMs);
    if (reason) return { goneAtMs: nowMs - fromMs, reason };
  }
  return expect.unreachable('it stays for ever');
}

test.each<[PeerState, number, string]>([
  ['connecting', 10_000, 'no connection in time'],
  ['connected', 15_000, 'no sign of life'],
  ['disconnected', 10_000, 'connection lost'],
  ['failed', 1_000, 'connection failed'],
])('a viewer that stays %s and silent is gone after %i ms', (state, goneAtMs, reason) => {
  const liveness = new Liveness(0);
  liveness.enter(state, 0);
  expect(lifeOf(liveness, 0)).toEqual({ goneAtMs, reason });
});

test('a viewer that is silent because the server was stopped gets its time again', () => {
  const liveness = new Liveness(0);
  liveness.enter('connected', 0);
  expect(liveness.look(1_000)).toBeUndefined();
  expect(liveness.look(60_000)).toBeUndefined();
  expect(lifeOf(liveness, 60_000).goneAtMs).toBe(15_000);
});

test('a viewer that was disconnected when the server was stopped gets its time again too', () => {
  const liveness = new Liveness(0);
  liveness.enter('disconnected', 0);
  expect(liveness.look(1_000)).toBeUndefined();
  expect(liveness.look(60_000)).toBeUndefined();
  expect(lifeOf(liveness, 60_000).goneAtMs).toBe(10_000);
});

test('what is heard of it begins its time anew', () => {
  const liveness = new Liveness(0);
  liveness.enter('connected', 0);
  for (let nowMs = 0; nowMs <= 14_000; nowMs += 1000) liveness.look(nowMs);
  liveness.heard(14_000);
  expect(lifeOf(liveness, 14_000).goneAtMs).toBe(15_000);
});

test('a state that repeats, or comes after the end, is none', () => {
  const liveness = new Liveness(0);
  expect(liveness.enter('connected', 1)).toBe(true);
  expect(liveness.enter('connected', 2)).toBe(false);
  expect(liveness.enter('closed', 3)).toBe(true);
  expect(liveness.enter('disconnected', 4)).toBe(false);
  expect(liveness.state).toBe('closed');
});

test('only a viewer that has not connected for 2 s yields its place', () => {
  const liveness = new Liveness(0);
  expect(liveness.yieldsPlace(1_999)).toBe(false);
  expect(liveness.yieldsPlace(2_000)).toBe(true);
  liveness.enter('connected', 2_000);
  expect(liveness.yieldsPlace(9_000)).toBe(false);
});
