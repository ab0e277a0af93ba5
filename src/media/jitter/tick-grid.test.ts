// Where ticks start.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { firstFrameOfTick, partStart } from '#media/sound/packet-plan.ts';
import { TickGrid } from './tick-grid.ts';

const FORMATS = [
  { sampleRate: 48_000, packetMs: 5 },
  { sampleRate: 48_000, packetMs: 20 },
  { sampleRate: 44_100, packetMs: 5 },
  { sampleRate: 44_100, packetMs: 2.5 },
  { sampleRate: 44_100, packetMs: 10 },
  { sampleRate: 24_000, packetMs: 2.5 },
] as const;

const PARTS = 4;

test('TickGrid finds the tick of each part, at every rate, from whatever tick on', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...FORMATS),
      fc.nat(50),
      fc.integer({ min: 0, max: 2 ** 32 - 1 }),
      (format, firstTick, base) => {
        const grid = new TickGrid(format.sampleRate, format.packetMs);
        for (let tick = firstTick; tick < firstTick + 9_000; tick++) {
          const start = firstFrameOfTick(tick, format);
          const frames = firstFrameOfTick(tick + 1, format) - start;
          const expected = (base + start) >>> 0;
          for (let part = 0; part < PARTS; part++) {
            const timestamp = expected + partStart(part, { parts: PARTS, frames });
            const found = grid.startOf(timestamp >>> 0, tick === firstTick && part === 0);
            if (found !== expected) expect([tick, part, found]).toEqual([tick, part, expected]);
          }
        }
      },
    ),
    { numRuns: 20 },
  );
});

test('TickGrid counts from the first packet until one tells where a tick starts', () => {
  const grid = new TickGrid(48_000, 5);
  expect(grid.startOf(1_060)).toBe(1_060);
  expect(grid.startOf(1_180)).toBe(1_060);
  expect(grid.startOf(1_240, true)).toBe(1_240);
  expect(grid.startOf(1_360)).toBe(1_240);
  expect(grid.startOf(1_180)).toBe(1_000);
});

test('TickGrid is not moved by what says that a tick starts where one does', () => {
  const grid = new TickGrid(44_100, 5);
  expect(grid.startOf(0, true)).toBe(0);
  expect(grid.startOf(221, true)).toBe(221);
  expect(grid.startOf(441, true)).toBe(441);
  expect(grid.startOf(882 + 221)).toBe(882 + 221);
});
