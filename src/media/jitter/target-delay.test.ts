// How the target grows and shrinks.

import { describe, expect, test } from 'vitest';
import { type BufferMode, TargetDelay } from './target-delay.ts';

const PACKET_MS = 5;
const QUANTUM_MS = 2.7;

/** A target and its network: one packet each 5 ms. */
function createTarget(mode: BufferMode = 'normal') {
  const target = new TargetDelay({ mode, quantumMs: QUANTUM_MS });
  let nowMs = 0;
  const run = (seconds: number, delayMs: (packet: number) => number = () => 0) => {
    for (let packet = 0; packet < seconds * 200; packet++) {
      nowMs += PACKET_MS;
      target.observe(delayMs(packet), nowMs);
      target.update(nowMs, PACKET_MS);
    }
  };
  return { target, run, noteLate: () => target.noteLate(nowMs) };
}

/** Two such packets within 10 s count in each mode but `tight`. */
const trouble = (delayMs: number) => (packet: number) => (packet % 20 === 5 ? delayMs : 0);

describe('TargetDelay', () => {
  test('is one packet and a quantum where nothing is late', () => {
    const { target, run } = createTarget();
    run(30);
    expect(target.ms).toBeCloseTo(PACKET_MS + QUANTUM_MS);
  });

  test('grows at once', () => {
    const { target, run } = createTarget();
    run(1);
    run(0.3, trouble(30));
    expect(target.ms).toBeCloseTo(30.5 + QUANTUM_MS);
  });

  test('bears more late packets in a tight mode than in a safe one', () => {
    const targets = (['tight', 'normal', 'safe'] as const).map((mode) => {
      const { target, run } = createTarget(mode);
      run(60, (packet) => (packet % 2_000 === 7 ? 30 : packet % 400 === 7 ? 15 : 0));
      return Math.round(target.ms);
    });
    // 1 of 40 windows is 15 ms late, 1 of 200 is 30 ms late.
    expect(targets).toEqual([18, 33, 33]);
  });

  test('never asks for more than 60 ms', () => {
    const { target, run } = createTarget();
    run(5, trouble(95));
    expect(target.ms).toBe(60);
  });

  test('shrinks by 1 ms a second, and only after 10 s without a late packet', () => {
    const { target, run, noteLate } = createTarget();
    run(0.3, trouble(30));
    const grown = target.ms;
    run(9.5);
    expect(target.ms).toBe(grown);
    run(20);
    const before = target.ms;
    run(5);
    expect(before - target.ms).toBeCloseTo(5, 1);
    const shrunk = target.ms;
    run(3);
    expect(target.ms).toBeLessThan(shrunk);
    noteLate();
    const held = target.ms;
    run(9.9);
    expect(target.ms).toBeGreaterThanOrEqual(held);
  });

  test('does not go below what a late packet showed to be needed, for a minute', () => {
    const { target, run, noteLate } = createTarget();
    run(0.3, trouble(30));
    run(30);
    const shrunk = target.ms;
    noteLate();
    run(59);
    expect(target.ms).toBeCloseTo(shrunk + 2, 1);
    run(5);
    expect(target.ms).toBeLessThan(shrunk);
  });

  test('does not blame a late packet on a shrinking long ago', () => {
    const { target, run, noteLate } = createTarget();
    run(30);
    const calm = target.ms;
    noteLate();
    run(1);
    expect(target.ms).toBe(calm);
  });
});
