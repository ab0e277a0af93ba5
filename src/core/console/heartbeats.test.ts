// Heartbeats: silence, clocks that run back, and texts that are no time.

import { expect, test } from 'vitest';
import { VirtualClock } from '../../../test/support/virtual-clock.ts';
import { Heartbeats } from './heartbeats.ts';

function setUp() {
  const clock = new VirtualClock();
  let silences = 0;
  const heartbeats = new Heartbeats({ clock, onSilent: () => silences++ });
  const at = (seconds: number) => new Date(Date.UTC(2026, 0, 1, 0, 0, seconds)).toISOString();
  return { clock, heartbeats, at, silences: () => silences };
}

test('having come counts as a heartbeat, and 30 s after the last one it is silent', () => {
  const { clock, heartbeats, at, silences } = setUp();
  clock.advance(29_999);
  expect(heartbeats.isSilent).toBe(false);
  expect(heartbeats.take(at(29))).toBe('taken');
  clock.advance(29_999);
  expect(heartbeats.isSilent).toBe(false);
  clock.advance(1);
  expect(heartbeats.isSilent).toBe(true);
  expect(silences()).toBe(1);
});

test('the next heartbeat ends the silence, and another one can follow', () => {
  const { clock, heartbeats, at, silences } = setUp();
  clock.advance(100_000);
  heartbeats.take(at(1));
  expect(heartbeats.isSilent).toBe(false);
  clock.advance(30_000);
  expect(silences()).toBe(2);
});

test('a heartbeat from the past is ignored and counted', () => {
  const { clock, heartbeats, at } = setUp();
  heartbeats.take(at(20));
  clock.advance(20_000);
  expect(heartbeats.take(at(10))).toBe('past');
  clock.advance(10_000);
  expect(heartbeats.isSilent).toBe(true);
  expect(heartbeats.ignored).toBe(1);
});

test('the same time twice is no step back, as with clocks that show seconds', () => {
  const { heartbeats, at } = setUp();
  heartbeats.take(at(20));
  expect(heartbeats.take(at(20))).toBe('taken');
});

test('a clock that was set back is followed from its second heartbeat on', () => {
  const { heartbeats, at } = setUp();
  heartbeats.take(at(3_600));
  expect(heartbeats.take(at(10))).toBe('past');
  expect(heartbeats.take(at(20))).toBe('taken');
  expect(heartbeats.take(at(30))).toBe('taken');
  expect(heartbeats.ignored).toBe(1);
});

test('one old heartbeat said again and again is never taken', () => {
  const { heartbeats, at } = setUp();
  heartbeats.take(at(20));
  expect(Array.from({ length: 5 }, () => heartbeats.take(at(10)))).toEqual(Array(5).fill('past'));
});

test.each(['', 'soon', '2025-13-45T99:00:00Z', '\u0000'])('%j is no time', (timestamp) => {
  const { heartbeats } = setUp();
  expect(heartbeats.take(timestamp)).toBe('unreadable');
});

test('once closed it is not waited for any more', () => {
  const { clock, heartbeats, silences } = setUp();
  heartbeats.close();
  clock.advance(60_000);
  expect(silences()).toBe(0);
  expect(clock.pendingTimers).toBe(0);
});
