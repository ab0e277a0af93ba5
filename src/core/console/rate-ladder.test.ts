// When the server lowers and raises the sample rate, by the latencies of all of its listeners.

import fc from 'fast-check';
import { beforeEach, expect, test } from 'vitest';
import { consoleSettingsDefaults as settings } from '#contract/console.ts';
import { SAMPLE_RATES, type SampleRate } from '#contract/sound.ts';
import { VirtualClock } from '../../../test/support/virtual-clock.ts';
import { RateLadder } from './rate-ladder.ts';

let ladder: RateLadder;
let clock: VirtualClock;
let rate: SampleRate;
let maxRate: SampleRate;
/** What was changed to, and at which second. */
let steps: [SampleRate, second: number][];

beforeEach(() => {
  ladder = new RateLadder();
  clock = new VirtualClock();
  rate = 48_000;
  maxRate = 48_000;
  steps = [];
});

function metrics(latencyMs: number, p95Ms?: number) {
  return {
    packets_received: 0,
    packets_expected: 0,
    packet_loss_rate: 0,
    jitter_ms: 0,
    latency_ms: latencyMs,
    bandwidth_mbps: 0,
    ...(p95Ms !== undefined && { latency_p95_ms: p95Ms }),
  };
}

/** A look each second; of each listener a report each 5 s, with these latencies. */
function run(seconds: number, latencies: readonly number[]): void {
  for (let second = 0; second < seconds; second++) {
    if (second % 5 === 0) {
      for (const [index, ms] of latencies.entries()) {
        ladder.take(`l${index}`, metrics(ms), clock.nowMs());
      }
    }
    const next = ladder.look({ rate, maxRate, settings, nowMs: clock.nowMs() });
    if (next !== undefined) {
      rate = next;
      steps.push([rate, clock.nowMs() / 1_000]);
    }
    clock.advance(1_000);
  }
}

test('ten seconds above the threshold lower the rate a step, and each ten more another, down to 24000', () => {
  run(10, [150, 150, 150]);
  expect(steps).toEqual([]);
  run(120, [150, 150, 150]);
  expect(steps).toEqual([
    [44_100, 10],
    [32_000, 25],
    [24_000, 40],
  ]);
});

test('what was measured before it starts anew counts no more', () => {
  rate = 24_000;
  run(59, [20, 20]);
  ladder.startAnew();
  run(59, [20, 20]);
  expect(steps).toEqual([]);
});

test('a minute below half of the threshold raises it a step, up to the highest', () => {
  rate = 24_000;
  run(60, [49, 20]);
  expect(steps).toEqual([]);
  run(300, [49, 20]);
  expect(steps.map(([to]) => to)).toEqual([32_000, 44_100, 48_000]);
  const [first = 0, second = 0, third = 0] = steps.map(([, at]) => at);
  expect(first).toBe(60);
  expect(Math.min(second - first, third - second)).toBeGreaterThanOrEqual(60);
});

test('between the threshold and half of it nothing changes', () => {
  rate = 32_000;
  run(600, [50, 75, 100]);
  expect(steps).toEqual([]);
});

test.each([
  ['one bad phone of two', [1_000, 20], false],
  ['both of two', [101, 101], true],
  ['one bad phone of three', [1_000, 20, 20], false],
  ['one bad phone of twenty', [...Array(19).fill(99), 1_000], false],
  ['half of them above, the median not', [120, 120, 20, 20], false],
  ['half of them above, and the median', [300, 300, 20, 20], true],
  ['most of them', [120, 120, 20], true],
  ['the only one', [101], true],
  ['the only one, at the threshold', [100], false],
  ['nobody', [], false],
])('%s: %j lowers it: %s', (_, latencies, isLowered) => {
  run(11, latencies);
  expect(steps.length > 0).toBe(isLowered);
});

test('one bad report of everybody is not yet ten seconds', () => {
  run(5, [500, 500]);
  run(60, [60, 60]);
  expect(steps).toEqual([]);
});

test('a listener that reports its p95 is taken at its word', () => {
  ladder.take('l', metrics(10, 500), 0);
  const look = (nowMs: number) => ladder.look({ rate, maxRate, settings, nowMs });
  expect(look(0)).toBeUndefined();
  expect(look(10_000)).toBe(44_100);
});

test('who is silent for more than 15 s does not count, nor who has left', () => {
  ladder.take('silent', metrics(900), 0);
  ladder.take('left', metrics(900), 14_000);
  const look = (nowMs: number) => ladder.look({ rate, maxRate, settings, nowMs });
  look(14_000);
  ladder.remove('left');
  expect(look(16_000)).toBeUndefined();
  ladder.take('here', metrics(900), 16_000);
  expect(look(16_000)).toBeUndefined();
  expect(look(25_000)).toBeUndefined();
  expect(look(26_000)).toBe(44_100);
});

test('what was reported before a step says nothing about the time after it', () => {
  const look = (nowMs: number) => ladder.look({ rate, maxRate, settings, nowMs });
  ladder.take('l', metrics(0, 500), 0);
  look(0);
  ladder.take('l', metrics(0, 500), 9_000);
  expect(look(10_000)).toBe(44_100);
  for (let nowMs = 11_000; nowMs < 60_000; nowMs += 1_000) expect(look(nowMs)).toBeUndefined();
});

test('while nobody listens no time passes on the way up', () => {
  rate = 32_000;
  run(40, [10]);
  run(100, []);
  run(59, [10]);
  expect(steps).toEqual([]);
});

test('a way up that fails within two minutes doubles the patience, up to sixteen times', () => {
  rate = 44_100;
  const waits: number[] = [];
  for (let round = 0; round < 6; round++) {
    const fromS = clock.nowMs() / 1_000;
    while (rate === 44_100) run(5, [10]);
    waits.push((steps.at(-1)?.[1] ?? 0) - fromS);
    while (rate === 48_000) run(5, [500]);
  }
  const minutes = waits.map((seconds) => Math.round(seconds / 60));
  expect(minutes).toEqual([1, 2, 4, 8, 16, 16]);
});

test('a way up that held for two minutes is forgiven', () => {
  rate = 44_100;
  run(65, [10]);
  run(20, [500]);
  run(200, [10]);
  run(120, [10]);
  run(20, [500]);
  expect(steps.map(([to]) => to)).toEqual([48_000, 44_100, 48_000, 44_100]);
  run(70, [10]);
  expect(steps.at(-1)?.[0]).toBe(48_000);
});

test('a higher rate than the admin set is never taken', () => {
  rate = 24_000;
  maxRate = 32_000;
  run(1_000, [10]);
  expect(steps.map(([to]) => to)).toEqual([32_000]);
});

test('whatever is reported, it goes one step at a time, 10 s apart down and 60 s apart up, within its limits', () => {
  const latencies = fc.array(fc.constantFrom(10, 40, 80, 120, 2_000), { maxLength: 3 });
  const phase = fc.record({ latencies, seconds: fc.integer({ min: 1, max: 200 }) });
  const phases = fc.array(phase, { maxLength: 20 });
  fc.assert(
    fc.property(phases, fc.constantFrom(...SAMPLE_RATES), (all, max) => {
      ladder = new RateLadder();
      steps = [[max, clock.nowMs() / 1_000]];
      [rate, maxRate] = [max, max];
      for (const each of all) run(each.seconds, each.latencies);
      for (const [index, [to, second]] of steps.slice(1).entries()) {
        const [from, sinceSecond] = steps[index] ?? [max, 0];
        expect(Math.abs(SAMPLE_RATES.indexOf(to) - SAMPLE_RATES.indexOf(from))).toBe(1);
        expect(to).toBeLessThanOrEqual(max);
        expect(second - sinceSecond).toBeGreaterThanOrEqual(to < from ? 10 : 60);
      }
    }),
  );
});
