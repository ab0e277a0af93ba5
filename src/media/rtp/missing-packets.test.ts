// What is missing, and when it is asked for again.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MissingPackets } from './missing-packets.ts';

function missingAfter(...sequences: number[]): MissingPackets {
  const missing = new MissingPackets();
  for (const sequence of sequences) missing.take(sequence, 0);
  return missing;
}

/** When each packet is asked for, looking every 10 ms. */
function asksOf(missing: MissingPackets, untilMs: number): [atMs: number, ...number[]][] {
  const asks: [number, ...number[]][] = [];
  for (let nowMs = 0; nowMs <= untilMs; nowMs += 10) {
    const due = missing.due(nowMs);
    if (due.length > 0) asks.push([nowMs, ...due]);
  }
  return asks;
}

describe('MissingPackets', () => {
  test('has nothing to ask for while packets follow one another', () => {
    const missing = missingAfter(65_534, 65_535, 0, 1);
    expect(missing.size).toBe(0);
    expect(missing.due(1_000)).toEqual([]);
  });

  test('asks for a gap after 10 ms, in the order of its numbers', () => {
    const missing = missingAfter(65_533, 65_534, 1);
    expect(missing.due(9)).toEqual([]);
    expect(missing.due(10)).toEqual([65_535, 0]);
    expect(missing.due(11)).toEqual([]);
  });

  test('asks for nothing that only overtook another', () => {
    const missing = missingAfter(1, 3, 2);
    expect(missing.due(10)).toEqual([]);
    expect(missing.roundTripMs).toBe(100);
  });

  test('asks again after a round trip and a quarter, and gives up after 300 ms', () => {
    const missing = missingAfter(1, 3);
    expect(asksOf(missing, 400)).toEqual([
      [10, 2],
      [140, 2],
      [270, 2],
    ]);
    expect(missing.size).toBe(0);
    expect(missing.abandoned).toBe(1);
  });

  test('learns the round trip from answers, and asks more often where it is short', () => {
    const missing = new MissingPackets();
    for (let round = 0; round < 40; round++) {
      const at = round * 100;
      missing.take(2 * round, at);
      missing.take(2 * round + 2, at);
      expect(missing.due(at + 10)).toEqual([2 * round + 1]);
      missing.take(2 * round + 1, at + 14);
    }
    expect(missing.roundTripMs).toBeLessThan(6);
    missing.restart();
    missing.take(0, 0);
    missing.take(2, 0);
    const asks = asksOf(missing, 400).map(([atMs]) => atMs);
    // Ten times, 20 ms apart; then it is given up, though 300 ms are not over.
    expect(asks).toEqual([10, 30, 50, 70, 90, 110, 130, 150, 170, 190]);
  });

  test('takes no round trip from a packet that was asked for twice', () => {
    const missing = missingAfter(1, 3);
    missing.due(10);
    missing.due(140);
    missing.take(2, 141);
    expect(missing.roundTripMs).toBe(100);
    expect(missing.size).toBe(0);
  });

  test('asks for none of 257 missing packets: that is worth a key frame', () => {
    expect(missingAfter(0, 257).size).toBe(256);
    const missing = missingAfter(0, 2, 259);
    expect(missing.size).toBe(0);
    expect(missing.abandoned).toBe(257);
    expect(missing.due(1_000)).toEqual([]);
  });

  test('forgets everything when another sender begins', () => {
    const missing = missingAfter(0, 10);
    missing.restart();
    expect(missing.abandoned).toBe(9);
    missing.take(5_000, 0);
    expect(missing.size).toBe(0);
  });

  test('never holds more than 256, nor names one that came, whatever comes', () => {
    const steps = fc.array(fc.tuple(fc.nat(0xffff), fc.nat(50)), { maxLength: 200 });
    fc.assert(
      fc.property(steps, (packets) => {
        const missing = new MissingPackets();
        let nowMs = 0;
        for (const [sequence, laterMs] of packets) {
          nowMs += laterMs;
          missing.take(sequence, nowMs);
          expect(missing.size).toBeLessThanOrEqual(256);
          expect(missing.due(nowMs)).not.toContain(sequence);
        }
      }),
    );
  });
});
