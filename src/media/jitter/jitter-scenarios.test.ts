// A jitter buffer in seeded networks, in virtual time.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { JitterPlayback } from '../../../test/support/jitter-playback.ts';
import { seededRandom } from '../../../test/support/seeded-random.ts';
import { JitterBuffer, type Playout } from './jitter-buffer.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const BASE_DELAY_MS = 3;
/** A packet and a quantum. */
const LEAST_TARGET_MS = 7.7;

function isIncreasing(numbers: readonly number[]): boolean {
  return numbers.every((each, at) => at === 0 || each > (numbers[at - 1] ?? each));
}

function greatest(numbers: readonly number[]): number {
  return numbers.reduce((most, each) => Math.max(most, each), 0);
}

describe('a clean network', () => {
  test('has the smallest buffer, and every packet is played', () => {
    const playback = new JitterPlayback({ network: () => BASE_DELAY_MS });
    playback.run(MINUTE_MS);
    const { counters, targetMs, held } = playback.buffer;
    expect(counters).toMatchObject({
      late: 0,
      skipped: 0,
      concealed: 0,
      insertedMs: 0,
      resyncs: 0,
    });
    expect(counters.played).toBe(counters.received - held);
    expect(targetMs).toBeCloseTo(LEAST_TARGET_MS);
    expect(playback.ages.at(-1)).toBeLessThan(BASE_DELAY_MS + LEAST_TARGET_MS + 0.5);
    expect(playback.maxHeld).toBeLessThanOrEqual(3);
  });

  test('plays 44.1 kHz, whose packets differ by a sample, without a gap through a wrap', () => {
    const playback = new JitterPlayback({
      network: (index) => (index === 2_000 ? undefined : BASE_DELAY_MS),
      clockRate: 44_100,
      firstTimestamp: 2 ** 32 - 50_000,
    });
    playback.run(MINUTE_MS);
    expect(playback.buffer.counters).toMatchObject({ concealed: 1, late: 0, insertedMs: 0 });
    expect(playback.bridgedBefore).toEqual([2_001]);
    expect(playback.played.slice(0, 3)).toEqual([0, 1, 2]);
  });
});

describe('a network of 20 ± 10 ms that loses 2 %', () => {
  test.each(['tight', 'normal', 'safe'] as const)('in mode %s, for 10 minutes', (mode) => {
    const random = seededRandom(20);
    let [lost, doubled] = [0, 0];
    const network = (index: number) => {
      const delayMs = 10 + 20 * random();
      if (index > 100 && random() < 0.02) {
        lost++;
        return undefined;
      }
      if (random() >= 0.01) return delayMs;
      doubled++;
      return [delayMs, delayMs + 1];
    };
    const playback = new JitterPlayback({ network, mode });
    playback.run(10 * MINUTE_MS);
    const { counters, targetMs, delayMs } = playback.buffer;
    expect(playback.unaccounted).toBe(0);
    expect(Math.abs(counters.duplicates - doubled)).toBeLessThanOrEqual(2);
    // All that is not there in its turn is bridged: the lost ones, and few that were late.
    const missing = lost + counters.late;
    expect(Math.abs(counters.concealed - missing)).toBeLessThanOrEqual(2);
    expect(counters.late).toBeLessThan(counters.received / 1_000);
    expect(counters).toMatchObject({ dropped: 0, overflow: 0, resyncs: 0 });
    // One window of jitter, and no more: 20 ms and a quantum.
    expect(targetMs).toBeCloseTo(22.7, 0);
    expect(delayMs).toBeCloseTo(22.7, 0);
    expect(playback.maxHeld).toBeLessThanOrEqual(10);
    expect(isIncreasing(playback.played)).toBe(true);
    // Where the next packet was there in time, the gap was bridged towards it.
    expect(playback.bridgedBefore.length).toBeGreaterThan(0.8 * lost);
  });
});

describe('an impaired network', () => {
  test('a stall of 300 ms is over within three packets, and the delay is what it was', () => {
    const stalledAtMs = 11_000;
    const network = (_index: number, sentAtMs: number) =>
      sentAtMs >= stalledAtMs && sentAtMs < stalledAtMs + 300
        ? stalledAtMs + 300 - sentAtMs + BASE_DELAY_MS
        : BASE_DELAY_MS;
    const playback = new JitterPlayback({ network });
    playback.run(stalledAtMs - 1_000);
    const idleBeforeMs = playback.idleMs;
    playback.run(MINUTE_MS);
    const { counters } = playback.buffer;
    expect(counters).toMatchObject({ resyncs: 1, insertedMs: 0 });
    // 100 ms were bridged; until three packets had come at their pace there was silence.
    expect(playback.concealMs).toBe(100);
    expect(playback.idleMs - idleBeforeMs).toBeLessThan(300 - 100 + 15);
    expect(counters.dropped).toBe(21);
    expect(playback.unaccounted).toBe(0);
    expect(greatest(playback.ages.slice(2_100))).toBeLessThan(BASE_DELAY_MS + 11);
  });

  test('stalls again and again do not make the buffer grow', () => {
    const network = (_index: number, sentAtMs: number) => {
      const intoMs = sentAtMs % 2_000;
      return intoMs < 300 ? 300 - intoMs + BASE_DELAY_MS : BASE_DELAY_MS;
    };
    const playback = new JitterPlayback({ network });
    playback.run(5 * MINUTE_MS);
    expect(playback.buffer.targetMs).toBeCloseTo(LEAST_TARGET_MS);
    expect(greatest(playback.ages.slice(100))).toBeLessThan(BASE_DELAY_MS + 20);
    expect(playback.unaccounted).toBe(0);
  });

  test('one late packet in 10 s leaves the delay alone, and several make it grow at once', () => {
    const late = new Set([3_000, 6_000, 6_050, 6_100]);
    const network = (index: number) => (late.has(index) ? 40 : BASE_DELAY_MS);
    const playback = new JitterPlayback({ network });
    playback.run(29_000);
    expect(playback.buffer.targetMs).toBeCloseTo(LEAST_TARGET_MS);
    playback.run(1_900);
    expect(playback.buffer.targetMs).toBeGreaterThan(37);
    expect(playback.buffer.delayMs).toBeGreaterThan(35);
    playback.run(2 * MINUTE_MS);
    expect(playback.buffer.targetMs).toBeCloseTo(LEAST_TARGET_MS);
    expect(playback.buffer.delayMs).toBeCloseTo(LEAST_TARGET_MS, 0);
  });

  test('a path that is 150 ms longer from one packet on is played again after an outage', () => {
    const network = (_index: number, sentAtMs: number) => (sentAtMs < 6_000 ? 3 : 153);
    const playback = new JitterPlayback({ network });
    playback.run(10_000);
    expect(playback.buffer.counters.resyncs).toBe(1);
    expect(playback.ages.at(-1)).toBeLessThan(153 + 12);
  });

  test('a path that is a second longer is played again within half a second more', () => {
    const network = (_index: number, sentAtMs: number) => (sentAtMs < 6_000 ? 3 : 1_003);
    const playback = new JitterPlayback({ network });
    playback.run(10_000);
    expect(playback.buffer.counters.dropped).toBe(101);
    expect(playback.ages.at(-1)).toBeLessThan(1_003 + 12);
    expect(playback.idleMs).toBeLessThan(1_000 + 500 + 100);
  });

  test('bursts, in which packets never come at their pace, are played too', () => {
    // Four packets come together each 20 ms.
    const network = (index: number) => BASE_DELAY_MS + (3 - (index % 4)) * 5;
    const playback = new JitterPlayback({ network });
    playback.run(MINUTE_MS);
    expect(playback.buffer.counters).toMatchObject({ resyncs: 0, late: 0, concealed: 0 });
    expect(playback.buffer.counters.played).toBeGreaterThan(11_900);
    expect(playback.buffer.targetMs).toBeCloseTo(15.5 + 2.7);
  });
});

describe('clocks that differ', () => {
  test.each([100, -100])('by %i ppm never lead to a slip in an hour', (driftPpm) => {
    const playback = new JitterPlayback({ network: () => BASE_DELAY_MS, driftPpm });
    playback.run(HOUR_MS);
    const { counters, delayMs, held, ratio } = playback.buffer;
    expect(counters).toMatchObject({
      late: 0,
      skipped: 0,
      concealed: 0,
      insertedMs: 0,
      resyncs: 0,
    });
    expect(counters.played).toBe(counters.received - held);
    expect((ratio - 1) * 1e6).toBeCloseTo(driftPpm, -1);
    expect(delayMs).toBeCloseTo(LEAST_TARGET_MS, 0);
  });

  test('through jitter the ratio stays calm: no more than 1 in 1,000', () => {
    const random = seededRandom(5);
    const playback = new JitterPlayback({ network: () => 5 * random(), driftPpm: 100 });
    playback.run(MINUTE_MS);
    for (let second = 0; second < 120; second++) {
      playback.run(1_000);
      expect(Math.abs(playback.buffer.ratio - 1)).toBeLessThan(0.001);
    }
  });

  test.each([100, -100])('by %i ppm, of a player that never corrects, stay bounded', (driftPpm) => {
    const network = () => BASE_DELAY_MS;
    const playback = new JitterPlayback({ network, driftPpm, isCorrected: false });
    playback.run(HOUR_MS);
    expect(greatest(playback.ages)).toBeLessThan(140);
    expect(playback.unaccounted).toBe(0);
  });
});

describe('whatever arrives', () => {
  const packet = fc.record({
    kind: fc.constantFrom('near', 'near', 'near', 'near', 'anything'),
    step: fc.integer({ min: -6, max: 12 }),
    timestamp: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
    durationTicks: fc.constantFrom(240, 240, 240, 120, 960, 1, 0, -3, 5_760, 1e9),
    part: fc.nat(2),
    waitMs: fc.constantFrom(0, 0, 1, 5, 5, 5, 20, 90, 400),
    pulls: fc.nat(4),
  });
  const thresholds = fc.constantFrom(
    { interpolateMs: 100, dropMs: 200 },
    { interpolateMs: 0, dropMs: 0 },
    { interpolateMs: 10, dropMs: 20 },
    { interpolateMs: 10_000, dropMs: 10_000 },
  );

  test('is counted once, is played in rising order, and is never too much', () => {
    fc.assert(
      fc.property(
        fc.array(packet, { maxLength: 200 }),
        thresholds,
        fc.integer({ min: 0, max: 2 ** 32 - 1 }),
        (packets, limits, start) => {
          const buffer = new JitterBuffer<number>({ clockRate: 48_000, thresholds: limits });
          const order = new PlayingOrder(buffer);
          let [nowMs, near] = [1_000, start];
          for (const each of packets) {
            nowMs += each.waitMs;
            near = (near + each.step * 240) >>> 0;
            const { durationTicks, part } = each;
            const timestamp = each.kind === 'near' ? near : each.timestamp;
            buffer.insert({ timestamp, durationTicks, part, payload: part, arrivedAtMs: nowMs });
            for (let pull = 0; pull < each.pulls; pull++) order.check(buffer.pull(nowMs));
            checkBounds(buffer);
          }
        },
      ),
    );
  });
});

/** What is played has rising timestamps and no part twice. */
class PlayingOrder {
  readonly #buffer: JitterBuffer<number>;
  #last: number | undefined;
  #resyncs = 0;

  constructor(buffer: JitterBuffer<number>) {
    this.#buffer = buffer;
  }

  check(playout: Playout<number> | undefined): void {
    if (playout?.kind === 'conceal') expect(playout.durationTicks).toBeGreaterThan(0);
    if (playout?.kind !== 'packet') return;
    const { timestamp, payloads } = playout.item;
    const { resyncs } = this.#buffer.counters;
    // Timestamps of another time may be anywhere: they come with a new beginning.
    if (resyncs === this.#resyncs && this.#last !== undefined) {
      expect((timestamp - this.#last) | 0).toBeGreaterThan(0);
    }
    this.#resyncs = resyncs;
    this.#last = timestamp;
    expect(new Set(payloads).size).toBe(payloads.length);
  }
}

function checkBounds(buffer: JitterBuffer<number>): void {
  const { received, played, late, dropped, duplicates, skipped, overflow } = buffer.counters;
  const told = played + late + dropped + duplicates + skipped + overflow + buffer.held;
  expect(told).toBe(received);
  expect(buffer.held).toBeLessThanOrEqual(512 * 3);
  expect(Math.abs(buffer.ratio - 1)).toBeLessThanOrEqual(0.0053);
  expect(buffer.targetMs).toBeLessThanOrEqual(60);
}
