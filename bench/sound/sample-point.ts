// A point where all is well, for tests to spoil.

import type { Point, ServerPoint } from './point.ts';

type Changes = Partial<Omit<Point, 'server' | 'clientMachine' | 'latency'>> & {
  readonly server?: Partial<ServerPoint>;
  readonly clientMachine?: Partial<Point['clientMachine']>;
  readonly latency?: Partial<Point['latency']>;
};

/** A minute of 20 clients that take 2.25 Mb/s each. */
export function samplePoint(changes: Changes = {}): Point {
  return {
    label: '20 clients',
    clients: 20,
    seconds: 60,
    hasLink: true,
    listening: 20,
    received: 480_000,
    expected: 480_000,
    jitter: { p50: 0.3, p95: 0.8, p99: 1, max: 2 },
    megabits: 2_700,
    packetMs: 5,
    sampleRate: 48_000,
    playing: { lost: 0, concealed: 0, dropped: 0, bufferMs: 12 },
    clockErrorMs: 0.1,
    ...changes,
    latency: { p50: 7, p95: 8, p99: 10, max: 15, ...changes.latency },
    server: {
      cpuPercent: 25,
      engineCpuPercent: 21,
      waitPercent: 5,
      memoryMb: 230,
      delayP50: 6.5,
      delayP99: 9,
      packetsPerSecond: 8_000,
      lostSoundPercent: 0,
      reportedCpuPercent: 26,
      ...changes.server,
    },
    clientMachine: { cpuPercent: 15, loopDelayP99: 1, fullBuffers: 0, ...changes.clientMachine },
  };
}
