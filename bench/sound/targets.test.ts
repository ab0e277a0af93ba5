// Tests of targets and of the breaking point.

import { expect, test } from 'vitest';
import { samplePoint } from './sample-point.ts';
import { findBreakingPoint, findFailures } from './targets.ts';

test.each([
  ['loss', { received: 99, expected: 100 }],
  ['lostSound', { server: { lostSoundPercent: 1 } }],
  ['jitter', { jitter: { p50: 1, p95: 2, p99: 5, max: 9 } }],
  ['latency', { latency: { p99: 50 } }],
  ['serverCpu', { server: { cpuPercent: 80 } }],
  ['deaf', { listening: 19 }],
] as const)('%s fails at its limit, and nothing else with it', (name, changes) => {
  expect(findFailures(samplePoint(changes))).toEqual([name]);
});

test('just below their limits all targets hold', () => {
  const point = samplePoint({
    received: 991,
    expected: 1_000,
    jitter: { p50: 1, p95: 2, p99: 4.9, max: 90 },
    latency: { p99: 49.9, max: 900 },
    server: { cpuPercent: 79.9, lostSoundPercent: 0.9 },
  });
  expect(findFailures(point)).toEqual([]);
});

test('what could not be measured fails', () => {
  expect(findFailures(samplePoint({ received: 0, expected: 0 }))).toEqual(['loss']);
});

test('the breaking point is the first that fails, not the worst', () => {
  const points = [
    samplePoint(),
    samplePoint({ latency: { p99: 60 } }),
    samplePoint({ received: 0, expected: 100 }),
  ];
  expect(findBreakingPoint(points)).toEqual({ at: 1, point: points[1], failures: ['latency'] });
});

test('where all targets hold there is no breaking point', () => {
  expect(findBreakingPoint([samplePoint(), samplePoint()])).toBeUndefined();
});
