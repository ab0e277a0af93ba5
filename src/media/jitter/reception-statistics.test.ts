// What a listener's network is said to do.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { seededRandom } from '../../../test/support/seeded-random.ts';
import { ReceptionStatistics } from './reception-statistics.ts';

const PACKET_MS = 5;
const PACKET_TICKS = 240;

interface Come {
  readonly index: number;
  readonly delayMs?: number;
  readonly ssrc?: number;
}

/** Packets of 5 ms and 100 bytes; the first one has a number and a timestamp shortly before their wraps. */
function take(statistics: ReceptionStatistics, { index, delayMs = 0, ssrc = 1 }: Come): void {
  statistics.take({
    ssrc,
    sequence: (65_530 + index) & 0xffff,
    timestamp: (2 ** 32 - 1_000 + index * PACKET_TICKS) >>> 0,
    arrivedAtMs: 10_000 + index * PACKET_MS + delayMs,
    sizeBytes: 100,
  });
}

function statisticsOf(indexes: readonly number[]): ReceptionStatistics {
  const statistics = new ReceptionStatistics(48_000);
  for (const index of indexes) take(statistics, { index });
  return statistics;
}

describe('ReceptionStatistics', () => {
  test('counts what is missing, through the wrap of the sequence numbers', () => {
    expect(statisticsOf([0, 1, 2, 5, 6, 7, 8, 9]).total).toEqual({
      received: 8,
      expected: 10,
      lost: 2,
      lossPercent: 20,
      duplicates: 0,
      reordered: 0,
      strays: 0,
      bytes: 800,
    });
  });

  test('counts an overtaken packet as received, and a duplicate not at all', () => {
    expect(statisticsOf([0, 2, 1, 3, 3, 2]).total).toMatchObject({
      received: 4,
      expected: 4,
      lost: 0,
      duplicates: 2,
      reordered: 1,
      bytes: 600,
    });
  });

  test('counts from the earliest packet, though a later one overtook it', () => {
    expect(statisticsOf([4, 3, 2]).total).toMatchObject({ received: 3, expected: 3, reordered: 2 });
  });

  test('says what was lost since the last reading', () => {
    const statistics = statisticsOf([0, 1, 3]);
    expect(statistics.readInterval(10_100)).toMatchObject({
      expected: 4,
      lost: 1,
      lossPercent: 25,
    });
    for (const index of [4, 5, 6, 7]) take(statistics, { index });
    expect(statistics.readInterval(10_200)).toMatchObject({ expected: 4, lost: 0, lossPercent: 0 });
    expect(statistics.readInterval(10_300)).toMatchObject({ expected: 0, lossPercent: null });
    expect(statistics.total).toMatchObject({ expected: 8, lost: 1 });
  });

  test('has no negative loss when a packet of the interval before comes late', () => {
    const statistics = statisticsOf([0, 2]);
    statistics.readInterval(10_100);
    take(statistics, { index: 1 });
    expect(statistics.readInterval(10_200)).toMatchObject({ received: 1, expected: 0, lost: 0 });
    expect(statistics.total.lost).toBe(0);
  });

  test('finds 3 % of random loss exactly', () => {
    const random = seededRandom(3);
    const statistics = new ReceptionStatistics(48_000);
    let lost = 0;
    for (let index = 0; index < 100_000; index++) {
      if (index > 0 && index < 99_999 && random() < 0.03) lost++;
      else take(statistics, { index });
    }
    expect(statistics.total).toMatchObject({ lost, expected: 100_000, lossPercent: lost / 1_000 });
    expect(statistics.total.lossPercent).toBeCloseTo(3, 0);
  });

  test('tells jitter, delays and bandwidth of the interval', () => {
    const statistics = new ReceptionStatistics(48_000);
    for (let index = 0; index < 1_000; index++)
      take(statistics, { index, delayMs: (index % 2) * 4 });
    const figures = statistics.readInterval(15_000);
    expect(figures.jitterMs).toBeCloseTo(4, 3);
    expect(figures.delay).toEqual({ p50Ms: 0, p95Ms: 4, p99Ms: 4, maxMs: 4 });
    // 1,000 packets of 100 bytes in 5 s.
    expect(figures.bandwidthMbps).toBeCloseTo(0.16, 6);
    const silent = statistics.readInterval(20_000);
    expect(silent).toMatchObject({ jitterMs: null, delay: null, bandwidthMbps: 0 });
  });

  test('has no bandwidth and no jitter before anything came', () => {
    const figures = new ReceptionStatistics(48_000).readInterval(5);
    expect(figures).toMatchObject({ bandwidthMbps: null, jitterMs: null, lossPercent: null });
  });

  test('adds up the streams and takes the jitter of the worst', () => {
    const statistics = new ReceptionStatistics(48_000);
    for (let index = 0; index < 300; index++) {
      take(statistics, { index, ssrc: 1 });
      if (index !== 7) take(statistics, { index, ssrc: 2, delayMs: (index % 2) * 2 });
    }
    const figures = statistics.readInterval(12_000);
    expect(figures).toMatchObject({ received: 599, expected: 600, lost: 1 });
    expect(figures.jitterMs).toBeCloseTo(2, 2);
  });

  test('keeps the counts of streams that it forgets, and no more than 64 of them', () => {
    const statistics = new ReceptionStatistics(48_000);
    for (let ssrc = 0; ssrc < 200; ssrc++) {
      take(statistics, { index: 2 * ssrc, ssrc });
      take(statistics, { index: 2 * ssrc + 1, ssrc });
    }
    expect(statistics.total).toMatchObject({ received: 400, expected: 400 });
    // The first stream was forgotten: it begins anew and does not know its own duplicate.
    take(statistics, { index: 1, ssrc: 0 });
    expect(statistics.total).toMatchObject({ received: 401, expected: 401, duplicates: 0 });
  });

  test('ignores one packet from far away, and follows a sender that starts anew', () => {
    const statistics = statisticsOf([0, 1, 2]);
    take(statistics, { index: 30_000 });
    expect(statistics.total).toMatchObject({ received: 3, expected: 3, strays: 1 });
    take(statistics, { index: 40_000 });
    for (const index of [40_001, 40_003]) take(statistics, { index });
    expect(statistics.total).toMatchObject({ received: 5, expected: 6, lost: 1, strays: 2 });
  });

  test('does not take a change of format, or a jump of the timestamps, for jitter', () => {
    const statistics = statisticsOf([0, 1]);
    const packet = { ssrc: 1, sizeBytes: 100 };
    statistics.changeFormat(44_100);
    statistics.take({ ...packet, sequence: 65_532, timestamp: 5_000, arrivedAtMs: 10_010 });
    statistics.take({ ...packet, sequence: 65_533, timestamp: 5_441, arrivedAtMs: 10_020 });
    statistics.take({ ...packet, sequence: 65_534, timestamp: 2 ** 31, arrivedAtMs: 10_030 });
    const figures = statistics.readInterval(10_030);
    expect(figures.jitterMs).toBe(0);
    expect(figures.delay?.maxMs).toBe(0);
  });

  test('is never wrong by what arrives in whatever order', () => {
    const arrivals = fc.array(
      fc.record({
        ssrc: fc.nat(3),
        sequence: fc.integer({ min: 0, max: 0xffff }),
        timestamp: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
        arrivedAtMs: fc.nat(100_000),
        sizeBytes: fc.nat(1_500),
      }),
    );
    fc.assert(
      fc.property(arrivals, (packets) => {
        const statistics = new ReceptionStatistics(48_000);
        for (const packet of packets) statistics.take(packet);
        const { received, expected, duplicates, strays, lost } = statistics.total;
        expect(received + duplicates + strays).toBe(packets.length);
        expect(lost).toBe(expected - received);
        expect(lost).toBeGreaterThanOrEqual(0);
        expect(Number.isFinite(statistics.readInterval(100_000).jitterMs ?? 0)).toBe(true);
      }),
    );
  });
});
