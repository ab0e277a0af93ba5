// What a jitter buffer gives to play, packet by packet.

import { describe, expect, test } from 'vitest';
import { JitterBuffer, type JitterThresholds } from './jitter-buffer.ts';

const PACKET_TICKS = 240;
const PACKET_MS = 5;

interface Setup {
  readonly thresholds?: JitterThresholds;
  readonly start?: number;
}

/** A buffer that plays since `nowMs`: packets 0 to 3 have come, and 0 was played. */
function createPlaying({ thresholds, start = 0 }: Setup = {}) {
  const buffer = new JitterBuffer<string>({ clockRate: 48_000, ...(thresholds && { thresholds }) });
  const insert = (index: number, nowMs = index * PACKET_MS, part = 0) =>
    buffer.insert({
      timestamp: (start + index * PACKET_TICKS) >>> 0,
      durationTicks: PACKET_TICKS,
      part,
      payload: `${index}${part === 0 ? '' : `.${part}`}`,
      arrivedAtMs: nowMs,
    });
  const pull = (nowMs: number) => describePlayout(buffer.pull(nowMs));
  insert(0);
  insert(1);
  insert(2);
  expect(pull(12)).toBe('0 jump');
  insert(3);
  return { buffer, insert, pull };
}

function describePlayout(playout: ReturnType<JitterBuffer<string>['pull']>): string {
  if (!playout) return 'nothing';
  if (playout.kind === 'packet') {
    return `${playout.item.payloads}${playout.isContinuous ? '' : ' jump'}`;
  }
  const following = playout.following ? ` before ${playout.following.payloads}` : '';
  return `${playout.durationTicks} bridged${following}`;
}

describe('JitterBuffer', () => {
  test('waits until packets come steadily and have waited as long as they should', () => {
    const buffer = new JitterBuffer<number>({ clockRate: 48_000 });
    const insert = (index: number) =>
      buffer.insert({
        timestamp: index * PACKET_TICKS,
        durationTicks: PACKET_TICKS,
        part: 0,
        payload: index,
        arrivedAtMs: index * PACKET_MS,
      });
    expect(buffer.pull(0)).toBeUndefined();
    insert(0);
    insert(1);
    expect(buffer.pull(8)).toBeUndefined();
    insert(2);
    expect(buffer.delayMs).toBe(0);
    expect(describePlayout(buffer.pull(10) as never)).toBe('0 jump');
    expect(buffer.delayMs).toBe(10);
    expect(buffer.targetMs).toBeCloseTo(7.7);
  });

  test('plays packets in their order, whatever the order in which they came', () => {
    const { insert, pull } = createPlaying();
    insert(6, 16);
    insert(5, 17);
    insert(4, 18);
    const played = [17, 22, 27, 32, 37, 42].map(pull);
    expect(played).toEqual(['1', '2', '3', '4', '5', '6']);
  });

  test('plays through the wrap of the timestamps', () => {
    const { insert, pull } = createPlaying({ start: 2 ** 32 - 600 });
    insert(4);
    expect([17, 22, 27, 32].map(pull)).toEqual(['1', '2', '3', '4']);
  });

  test('gives the parts of an item together, and those that came too late not at all', () => {
    const { insert, pull, buffer } = createPlaying();
    insert(1, 14, 1);
    expect(pull(17)).toBe('1,1.1');
    expect(insert(1, 18, 2)).toBe('late');
    expect(buffer.counters).toMatchObject({ received: 6, played: 3, late: 1 });
    expect(buffer.held).toBe(2);
  });

  test('counts duplicates of what waits and of what was played', () => {
    const { insert, pull, buffer } = createPlaying();
    expect(insert(2, 13)).toBe('duplicate');
    expect(insert(0, 13)).toBe('duplicate');
    expect(pull(17)).toBe('1');
    expect(insert(1, 18)).toBe('duplicate');
    expect(buffer.counters).toMatchObject({ duplicates: 3, late: 0 });
  });

  test('bridges a single lost packet between the one before and the one after', () => {
    const { insert, pull, buffer } = createPlaying();
    insert(5);
    expect([17, 22, 27].map(pull)).toEqual(['1', '2', '3']);
    expect(pull(32)).toBe('240 bridged before 5');
    expect(pull(37)).toBe('5');
    expect(insert(4, 38)).toBe('late');
    expect(buffer.counters).toMatchObject({ concealed: 1, late: 1, insertedMs: 0 });
  });

  test('bridges several lost packets one by one, and only the last one towards what follows', () => {
    const { insert, pull, buffer } = createPlaying();
    insert(7, 31);
    expect([17, 22, 27].map(pull)).toEqual(['1', '2', '3']);
    const bridged = [32, 37, 42].map(pull);
    expect(bridged).toEqual(['240 bridged', '240 bridged', '240 bridged before 7']);
    expect(pull(47)).toBe('7');
    expect(buffer.counters.concealed).toBe(3);
  });

  test('waits for what is late, and its delay grows by as much', () => {
    const { insert, pull, buffer } = createPlaying();
    expect([17, 22, 27].map(pull)).toEqual(['1', '2', '3']);
    expect(pull(32)).toBe('120 bridged');
    expect(pull(34.5)).toBe('120 bridged');
    expect(insert(4, 37)).toBe('held');
    expect(pull(37)).toBe('4');
    expect(buffer.counters).toMatchObject({ late: 0, concealed: 0, insertedMs: 5 });
    expect(buffer.delayMs).toBeCloseTo(17);
  });

  test('counts what was bridged while it waited as bridged, when the packet turns out to be lost', () => {
    const { insert, pull, buffer } = createPlaying();
    expect([17, 22, 27].map(pull)).toEqual(['1', '2', '3']);
    expect(pull(32)).toBe('120 bridged');
    insert(5, 34);
    expect(pull(34.5)).toBe('120 bridged before 5');
    expect(pull(37)).toBe('5');
    expect(buffer.counters).toMatchObject({ concealed: 1, insertedMs: 0 });
    expect(buffer.delayMs).toBeCloseTo(12);
  });

  test('waits for nothing that is as late as the threshold', () => {
    const { insert, pull, buffer } = createPlaying({
      thresholds: { interpolateMs: 14, dropMs: 200 },
    });
    expect([17, 22, 27].map(pull)).toEqual(['1', '2', '3']);
    // After 12 ms, then 14.5 ms: what was bridged is its first half, and 5 comes next.
    expect(pull(32)).toBe('120 bridged');
    expect(pull(34.5)).toBe('120 bridged');
    expect(insert(4, 36)).toBe('late');
    insert(5, 37);
    expect(pull(37)).toBe('5');
    expect(buffer.counters).toMatchObject({ concealed: 1, late: 1, insertedMs: 0 });
  });

  test('waits for nothing where jitter is as large as the threshold', () => {
    const { pull, buffer } = createPlaying({ thresholds: { interpolateMs: 0, dropMs: 200 } });
    expect([17, 22, 27].map(pull)).toEqual(['1', '2', '3']);
    expect(pull(32)).toBe('240 bridged');
    expect(pull(37)).toBe('240 bridged');
    expect(buffer.counters.concealed).toBe(2);
    expect(buffer.delayMs).toBeCloseTo(12);
  });

  test('drops what is later than the drop threshold, though its turn has not come', () => {
    const { insert, buffer } = createPlaying({ thresholds: { interpolateMs: 10, dropMs: 20 } });
    expect(insert(9, 9 * PACKET_MS + 20)).toBe('dropped');
    expect(insert(9, 9 * PACKET_MS + 19)).toBe('held');
    expect(buffer.counters.dropped).toBe(1);
  });

  test('takes other thresholds while it plays', () => {
    const { insert, buffer } = createPlaying();
    expect(insert(9, 9 * PACKET_MS + 30)).toBe('held');
    buffer.thresholds = { interpolateMs: 10, dropMs: 20 };
    expect(insert(10, 10 * PACKET_MS + 30)).toBe('dropped');
  });

  test('bridges 100 ms of nothing, is silent then, and begins anew where sound is', () => {
    const { insert, pull, buffer } = createPlaying();
    expect([17, 22, 27].map(pull)).toEqual(['1', '2', '3']);
    let bridged = 0;
    let nowMs = 32;
    for (; pull(nowMs) !== 'nothing'; nowMs += 2.5) bridged++;
    expect(bridged).toBe(40);
    expect(buffer.counters).toMatchObject({ resyncs: 1, concealed: 20 });
    insert(100, 502);
    insert(101, 507);
    expect(pull(507)).toBe('nothing');
    insert(102, 512);
    expect(pull(512)).toBe('100 jump');
  });

  test('leaps over a gap of more than 100 ms instead of bridging it', () => {
    const { insert, pull, buffer } = createPlaying();
    expect([17, 22, 27].map(pull)).toEqual(['1', '2', '3']);
    for (const index of [25, 26, 27]) insert(index, 35);
    expect(pull(35)).toBe('25 jump');
    expect(buffer.counters.resyncs).toBe(1);
  });

  test('passes over what piled up while nobody played', () => {
    const { insert, pull, buffer } = createPlaying();
    for (let index = 4; index < 60; index++) insert(index);
    expect(pull(300)).toBe('58 jump');
    expect(buffer.counters).toMatchObject({ skipped: 57, resyncs: 1, played: 2 });
  });

  test('holds a second of sound at most, and lets the oldest go', () => {
    const { insert, buffer } = createPlaying();
    for (let index = 4; index < 1_000; index++) insert(index);
    expect(buffer.held).toBe(201);
    expect(buffer.counters.overflow).toBe(999 - 201);
  });

  test('holds at most 128 parts of one item', () => {
    const { insert, buffer } = createPlaying();
    for (let part = 1; part < 130; part++) insert(4, 20, part);
    expect(buffer.counters.overflow).toBe(1);
  });

  test('refuses lengths that no packet has', () => {
    const { buffer } = createPlaying();
    for (const durationTicks of [0, -1, Number.NaN, 48_000]) {
      const packet = { timestamp: 4 * PACKET_TICKS, durationTicks, part: 0, payload: '' };
      expect(buffer.insert({ ...packet, arrivedAtMs: 20 })).toBe('dropped');
    }
    expect(buffer.counters.dropped).toBe(4);
  });

  test('is not led astray by one packet of another time, in either direction', () => {
    const { insert, pull, buffer } = createPlaying();
    expect(insert(10_000, 16)).toBe('dropped');
    expect(insert(-10_000, 16)).toBe('dropped');
    insert(4);
    expect([17, 22, 27, 32].map(pull)).toEqual(['1', '2', '3', '4']);
    expect(buffer.counters.dropped).toBe(2);
  });

  test.each([
    ['ahead', 100_000],
    ['back', -100_000],
  ])('follows timestamps that went far %s, after half a second', (_, jump) => {
    const { insert, pull, buffer } = createPlaying();
    let nowMs = 20;
    for (let index = 4; index < 300; index++, nowMs += PACKET_MS) insert(index + jump, nowMs);
    expect(buffer.counters.dropped).toBe(101);
    expect(pull(nowMs)).toMatch(/jump/);
  });

  test('goes on with longer packets without a gap', () => {
    const { buffer, pull, insert } = createPlaying();
    const insertLong = (timestamp: number, arrivedAtMs: number) =>
      buffer.insert({
        timestamp,
        durationTicks: 960,
        part: 0,
        payload: `at ${timestamp}`,
        arrivedAtMs,
      });
    insert(4);
    expect(pull(17)).toBe('1');
    insertLong(5 * 240, 25);
    insertLong(5 * 240 + 960, 45);
    expect([22, 27, 32].map(pull).at(-1)).not.toBe('nothing');
    const rest = [34.5, 37, 39.5, 42, 44.5, 64.5].map(pull);
    expect(rest.filter((each) => each.startsWith('at'))).toEqual(['at 1200', 'at 2160']);
    expect(buffer.counters).toMatchObject({ late: 0, concealed: 0, skipped: 0 });
  });

  test('does not play what stands in the middle of what was played', () => {
    const { buffer, pull } = createPlaying();
    const packet = { durationTicks: 100, part: 0, payload: 'damaged', arrivedAtMs: 16 };
    expect(buffer.insert({ ...packet, timestamp: 240 + 60 })).toBe('held');
    expect([17, 22].map(pull)).toEqual(['1', '2']);
    expect(buffer.counters.late).toBe(1);
  });

  test('plays at once what comes after a lost packet that has been bridged already', () => {
    const { insert, pull, buffer } = createPlaying();
    expect([17, 22, 27].map(pull)).toEqual(['1', '2', '3']);
    expect([32, 34.5].map(pull)).toEqual(['120 bridged', '120 bridged']);
    insert(5, 36);
    expect(pull(37)).toBe('5');
    expect(buffer.counters).toMatchObject({ concealed: 1, insertedMs: 0 });
  });

  test('plays nothing twice, however short it is', () => {
    const { buffer, pull } = createPlaying();
    const packet = { timestamp: 4 * PACKET_TICKS, durationTicks: 1, payload: 'short' };
    buffer.insert({ ...packet, part: 0, arrivedAtMs: 20 });
    expect([17, 22, 27, 32].map(pull)).toEqual(['1', '2', '3', 'short']);
    expect(buffer.insert({ ...packet, part: 1, arrivedAtMs: 32 })).toBe('late');
  });
});
