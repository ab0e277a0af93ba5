// Tests of what the figures say about a breaking point's cause.

import { expect, test } from 'vitest';
import { nameBottleneck } from './bottleneck.ts';
import type { Point } from './point.ts';
import { samplePoint } from './sample-point.ts';
import { findBreakingPoint } from './targets.ts';

function bottleneckOf(...points: readonly Point[]) {
  return nameBottleneck(points, findBreakingPoint(points)!);
}

const good = samplePoint();
/** 20 % lost. */
const lossy = { received: 384_000, expected: 480_000 };

test('a server that uses up its processor is short of processor', () => {
  expect(bottleneckOf(good, samplePoint({ server: { cpuPercent: 96 } })).name).toBe('server-cpu');
});

test('a server that waits for the processor is short of it too, however little it uses', () => {
  const server = { cpuPercent: 12, waitPercent: 150, delayP99: 140, lostSoundPercent: 30 };
  expect(bottleneckOf(good, samplePoint({ server, latency: { p99: 400 } })).name).toBe(
    'server-cpu',
  );
});

test('sound that waits in a server which has time is delay inside it', () => {
  const slow = samplePoint({ server: { delayP99: 80 }, latency: { p99: 90 } });
  expect(bottleneckOf(good, slow).name).toBe('server-delay');
});

test('clients whose buffers run full are the bottleneck of loss, and nobody else', () => {
  const clientMachine = { fullBuffers: 90_000 };
  expect(bottleneckOf(good, samplePoint({ ...lossy, clientMachine })).name).toBe('client-machine');
});

test('clients that take packets late are the bottleneck of latency', () => {
  const clientMachine = { loopDelayP99: 70 };
  const late = samplePoint({ clientMachine, latency: { p99: 85 } });
  expect(bottleneckOf(good, late).name).toBe('client-machine');
});

test('loss without delay is loss on the link', () => {
  expect(bottleneckOf(good, samplePoint(lossy)).name).toBe('link-loss');
});

test('a slow link that was as slow before it lost packets is not full', () => {
  const latency = { p50: 40, p99: 45 };
  const points = [samplePoint({ latency }), samplePoint({ latency, ...lossy })];
  expect(bottleneckOf(...points).name).toBe('link-loss');
});

test('delay without loss is delay of the link', () => {
  const late = samplePoint({ latency: { p50: 60, p95: 80, p99: 90 } });
  expect(bottleneckOf(good, late).name).toBe('link-delay');
});

test('without a link between them the machine of both is to blame for what nothing else explains', () => {
  const latency = { p99: 90 };
  expect(bottleneckOf(samplePoint({ hasLink: false, latency })).name).toBe('client-machine');
  const server = { waitPercent: 60 };
  expect(bottleneckOf(samplePoint({ hasLink: false, latency, server })).name).toBe('server-cpu');
});

test('few packets that queue and vanish have used up the bandwidth', () => {
  const full = samplePoint({
    received: 60_000,
    expected: 120_000,
    latency: { p50: 105, p99: 112 },
  });
  expect(bottleneckOf(good, full).name).toBe('link-bandwidth');
});

test('many packets that queue and vanish are too many', () => {
  const full = samplePoint({ ...lossy, latency: { p50: 105, p99: 112 } });
  expect(bottleneckOf(good, full).name).toBe('packet-rate');
});

test('what stays the same while packets grow is what a full link is short of', () => {
  const latency = { p50: 105, p99: 112 };
  const full = samplePoint({ ...lossy, latency, megabits: 2_000 });
  const sameBits = samplePoint({ received: 250_000, expected: 400_000, latency, megabits: 2_000 });
  const samePackets = samplePoint({ ...lossy, latency, megabits: 2_900 });
  expect(bottleneckOf(good, full, sameBits).name).toBe('link-bandwidth');
  expect(bottleneckOf(good, full, samePackets).name).toBe('packet-rate');
});

test('of several causes that one is named whose target is missed by most', () => {
  const server = { lostSoundPercent: 1.5 };
  expect(bottleneckOf(good, samplePoint({ ...lossy, server })).name).toBe('link-loss');
  const starved = { lostSoundPercent: 30, waitPercent: 150 };
  expect(bottleneckOf(samplePoint({ ...lossy, server: starved })).name).toBe('server-cpu');
});

test('clients that hear nothing while all figures are good are a riddle', () => {
  expect(bottleneckOf(samplePoint({ listening: 19 })).name).toBe('unknown');
});

test('a bottleneck comes with what was seen and what would help', () => {
  const { evidence, relief, title } = bottleneckOf(good, samplePoint(lossy));
  expect(title).toBe('loss on the link');
  expect(relief).toContain('bad reception');
  expect(evidence[0]).toBe('loss 20.0 %, of which 0 packets in full buffers of the client machine');
});
