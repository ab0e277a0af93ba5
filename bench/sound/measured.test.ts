// Tests of figures made of what several processes tell.

import { expect, test } from 'vitest';
import type { ProcessReading } from './listener-skills.ts';
import type { ListenerReading } from './load-listener.ts';
import { summarise } from './measured.ts';
import { lossPercentOf } from './point.ts';
import { samplePoint } from './sample-point.ts';

const listener: ListenerReading = {
  received: 970,
  expected: 1_000,
  bytes: 1_250_000,
  jitters: [1, 2],
  playing: undefined,
  buffersMs: [],
  gapMs: 20,
  silentMs: 3,
  isConnected: true,
  packetMs: 5,
  sampleRate: 48_000,
  clockErrorMs: 0.2,
};
const player = { ...listener, playing: { concealed: 31, dropped: 2 }, buffersMs: [20, 30] };
const process: ProcessReading = {
  listeners: [listener],
  latencies: [
    [28, 98],
    [80, 2],
  ],
  cpuSeconds: 1,
  loopDelayP99: 2,
  fullBuffers: 5,
  reported: undefined,
};
const { reportedCpuPercent: _, ...server } = samplePoint().server;

function summaryOf(...processes: readonly ProcessReading[]) {
  return summarise({ label: 'now', seconds: 10, hasLink: false, processes, server });
}

test('packets, bytes and full buffers of all are added', () => {
  const point = summaryOf(process, { ...process, listeners: [listener, player] });
  expect(point).toMatchObject({ clients: 3, listening: 3, received: 2_910, expected: 3_000 });
  expect(lossPercentOf(point)).toBeCloseTo(3);
  expect(point.megabits).toBe(30);
  expect(point.clientMachine.fullBuffers).toBe(10);
});

test('delays of all packets are taken together, not each listener’s', () => {
  const point = summaryOf(process, { ...process, latencies: [[400, 1]] });
  expect(point.latency).toEqual({ p50: 7, p95: 7, p99: 20, max: 100 });
});

test('the busiest process of clients counts', () => {
  const point = summaryOf(process, { ...process, cpuSeconds: 4, loopDelayP99: 9 });
  expect(point.clientMachine).toMatchObject({ cpuPercent: 40, loopDelayP99: 9 });
});

test('who hears nothing, or nothing for a second, is not listening', () => {
  const deaf = { ...listener, received: 0 };
  const cut = { ...listener, gapMs: 1_000 };
  expect(summaryOf({ ...process, listeners: [listener, deaf, cut] }).listening).toBe(1);
});

test('what is concealed is held against what the one who plays has lost', () => {
  const point = summaryOf({ ...process, listeners: [listener, player] });
  expect(point.playing).toEqual({ lost: 30, concealed: 31, dropped: 2, bufferMs: 30 });
});

test('what nobody told is unknown', () => {
  const point = summaryOf({ ...process, listeners: [{ ...listener, clockErrorMs: Number.NaN }] });
  expect(point.server.reportedCpuPercent).toBeNaN();
  expect(point.clockErrorMs).toBeNaN();
  const reported = {
    server_cpu_usage: 31,
    server_memory_usage: 1,
    total_clients: 1,
    total_packets_sent: 1,
  };
  expect(summaryOf({ ...process, reported }).server.reportedCpuPercent).toBe(31);
});
