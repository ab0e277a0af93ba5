// Cameras that fail in every way, beside healthy ones: those who watch these lose nothing.

import { expect, test } from 'vitest';
import { runChaos } from '../support/chaos/run-chaos.ts';
import { WAYS_TO_FAIL } from '../support/chaos/ways-to-fail.ts';

const HEALTHY = 4;
const VIEWERS_EACH = 2;
const DURATION_MS = 20_000;

test('cameras that fail in every way cost the viewers of the others no frame, and end in the state they deserve', async () => {
  const report = await runChaos({
    seed: 20_261_120,
    healthy: HEALTHY,
    viewersEach: VIEWERS_EACH,
    failing: WAYS_TO_FAIL.length,
    durationMs: DURATION_MS,
  });
  expect(report.faults).toEqual([]);
  expect(report.frames).toBeGreaterThan(HEALTHY * VIEWERS_EACH * 15 * 15);
  expect(report.disturbances).toBeGreaterThan(WAYS_TO_FAIL.length * 3);
}, 180_000);
