// Tests of the bad link: what it loses, repeats, holds up and has no room for.

import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { seededRandom } from '../../test/support/seeded-random.ts';
import { BadLink, type LinkQuality } from './link.ts';

const GOOD: LinkQuality = { delayMs: 0, jitterMs: 0, lossRatio: 0, repeatRatio: 0 };

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

function openLink(quality: Partial<LinkQuality>): BadLink {
  return new BadLink({ quality: { ...GOOD, ...quality }, random: seededRandom(1) });
}

/** When each of the packets arrives, in the order in which they do. */
function passAll(
  link: BadLink,
  { packets = 1, sizeBytes = 1_000, apartMs = 0 },
): [number, number][] {
  const arrived: [packet: number, atMs: number][] = [];
  const startMs = performance.now();
  for (let packet = 0; packet < packets; packet++) {
    link.pass(sizeBytes, () => arrived.push([packet, performance.now() - startMs]));
    vi.advanceTimersByTime(apartMs);
  }
  vi.runAllTimers();
  return arrived;
}

test('a good link passes packets on at once', () => {
  expect(passAll(openLink({}), { packets: 3 })).toEqual([
    [0, 0],
    [1, 0],
    [2, 0],
  ]);
});

test('it loses as many as it should, and counts them', () => {
  const link = openLink({ lossRatio: 0.03 });
  const arrived = passAll(link, { packets: 10_000 }).length;
  expect(link.counters).toMatchObject({ lost: 10_000 - arrived, passed: arrived });
  expect(Math.abs(link.counters.lost - 300)).toBeLessThan(30);
});

test('it repeats some', () => {
  const link = openLink({ repeatRatio: 1 });
  expect(passAll(link, { packets: 2 })).toHaveLength(4);
  expect(link.counters.repeated).toBe(2);
});

test('uneven delays put packets out of order', () => {
  const link = openLink({ delayMs: 10, jitterMs: 20 });
  const arrived = passAll(link, { packets: 100, apartMs: 5 });
  const order = arrived.map(([packet]) => packet);
  expect(order).not.toEqual(order.toSorted((one, other) => one - other));
  expect(link.counters.overtaken).toBeGreaterThan(0);
  for (const [packet, atMs] of arrived) {
    expect(atMs - 5 * packet).toBeGreaterThanOrEqual(10);
    expect(atMs - 5 * packet).toBeLessThanOrEqual(31);
  }
});

test('a delay that wanders goes from one end of its band to the other, and keeps the order', () => {
  const link = openLink({ delayMs: 100, swingMs: 400 });
  const arrived = passAll(link, { packets: 1_000, apartMs: 10 });
  const delays = arrived.map(([packet, atMs]) => atMs - 10 * packet);
  expect(Math.min(...delays)).toBeCloseTo(100, -1);
  expect(Math.max(...delays)).toBeCloseTo(500, -1);
  expect(link.counters.overtaken).toBe(0);
});

test('a narrow link sends one packet after the other', () => {
  const arrived = passAll(openLink({ bandwidthMbps: 1 }), { packets: 3, sizeBytes: 1_250 });
  expect(arrived.map(([, atMs]) => Math.round(atMs))).toEqual([10, 20, 30]);
});

test('what would wait for more than 100 ms on a narrow link is dropped', () => {
  const link = openLink({ bandwidthMbps: 1 });
  const arrived = passAll(link, { packets: 50, sizeBytes: 1_250 });
  expect(arrived).toHaveLength(11);
  expect(link.counters.full).toBe(39);
});

test('nothing arrives after it is closed', () => {
  const link = openLink({ delayMs: 10 });
  const send = vi.fn();
  link.pass(100, send);
  link.close();
  vi.runAllTimers();
  expect(send).not.toHaveBeenCalled();
});
