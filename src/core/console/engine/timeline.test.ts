// The engine's own time: what follows, what jumps, what restarts.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { SoundBlock } from '../../ports/console-source.ts';
import { GRID_MS, Timeline } from './timeline.ts';

const RATES = [48_000, 44_100, 32_000, 24_000] as const;

function block(firstFrame: number, frames: number, capturedAtMs = 0): SoundBlock {
  return { planes: [], firstFrame, frames, capturedAtMs };
}

test('begins at 0, wherever the source does', () => {
  const timeline = new Timeline();
  expect(timeline.hasStarted).toBe(false);
  expect(timeline.place(block(7_000, 240), { sourceRate: 48_000, nowMs: 0 })).toBe('restarts');
  // 7,000 frames are 145.8 ms.
  expect(timeline.positionOf(7_000, 48_000)).toBe(7_000 - 140 * 48);
  expect(timeline.hasStarted).toBe(true);
});

test('a gap is as long as its frames', () => {
  const timeline = new Timeline();
  const placed = { sourceRate: 44_100, nowMs: 0 };
  timeline.place(block(0, 441), placed);
  expect(timeline.place(block(441, 441), placed)).toBe('follows');
  expect(timeline.place(block(882 + 4_410, 441), placed)).toBe('jumps');
  expect(timeline.endMs).toBeCloseTo(130);
  expect(timeline.nextPosition(48_000)).toBe(6_240);
});

test('capture times count on from the newest block', () => {
  const timeline = new Timeline();
  timeline.place(block(0, 240, 1_000), { sourceRate: 48_000, nowMs: 0 });
  timeline.place(block(240, 240, 1_005.25), { sourceRate: 48_000, nowMs: 5 });
  expect(timeline.capturedAtMs(240, 48_000)).toBe(1_005.25);
  expect(timeline.capturedAtMs(160, 32_000)).toBe(1_005.25);
  expect(timeline.capturedAtMs(0, 48_000)).toBeCloseTo(1_000.25);
});

const steps = fc.record({
  sourceRate: fc.constantFrom(48_000, 44_100),
  frames: fc.integer({ min: 1, max: 5_000 }),
  jump: fc.integer({ min: 0, max: 100_000 }),
  passedMs: fc.double({ min: 0, max: 5_000, noNaN: true }),
  restartsAt: fc.option(fc.integer({ min: 0, max: 1_000_000 })),
  isNewSource: fc.boolean(),
});

test('never goes back, and starts again only where all packets begin', () => {
  fc.assert(
    fc.property(fc.array(steps, { minLength: 1, maxLength: 30 }), (list) => {
      const timeline = new Timeline();
      let [frame, nowMs] = [0, 0];
      for (const step of list) {
        const endMs = timeline.endMs;
        nowMs += step.passedMs;
        frame = step.restartsAt ?? frame + step.jump;
        if (step.isNewSource) timeline.expectRestart();
        const { sourceRate, frames } = step;
        const continuity = timeline.place(block(frame, frames), { sourceRate, nowMs });
        for (const rate of RATES) {
          const position = timeline.positionOf(frame, rate);
          expect(position).toBeGreaterThanOrEqual(Math.floor((endMs * rate) / 1_000));
          if (continuity !== 'restarts') continue;
          // Not before what has passed, and at most a grid later.
          const startMs = (position * 1_000) / rate;
          expect(startMs).toBeLessThanOrEqual(endMs + step.passedMs + GRID_MS + 1);
        }
        frame += frames;
      }
    }),
  );
});
