// From what all processes tell about one stretch of time to its figures.

import { DelayCounts } from './delay-counts.ts';
import type { ProcessReading } from './listener-skills.ts';
import type { ListenerReading } from './load-listener.ts';
import type { Point, ServerPoint } from './point.ts';
import { quantileOf, quantilesOf } from './quantile.ts';

interface Measured {
  readonly label: string;
  readonly seconds: number;
  readonly hasLink: boolean;
  readonly processes: readonly ProcessReading[];
  readonly server: Omit<ServerPoint, 'reportedCpuPercent'>;
}

/** Who heard nothing for so long heard an outage. */
const MAX_GAP_MS = 1_000;
const BITS_PER_BYTE = 8;
const BITS_PER_MEGABIT = 1e6;
const PER_CENT = 100;

export function summarise({ processes, server, ...where }: Measured): Point {
  const listeners = processes.flatMap((process) => process.listeners);
  const sum = (read: (listener: ListenerReading) => number) =>
    listeners.reduce((total, listener) => total + read(listener), 0);
  const most = <Item>(items: readonly Item[], read: (item: Item) => number) =>
    quantileOf(items.map(read).filter(Number.isFinite), 1);
  return {
    ...where,
    clients: listeners.length,
    listening: listeners.filter(isListening).length,
    received: sum(({ received }) => received),
    expected: sum(({ expected }) => expected),
    jitter: quantilesOf(listeners.flatMap(({ jitters }) => jitters)),
    latency: latencyOf(processes),
    megabits: (sum(({ bytes }) => bytes) * BITS_PER_BYTE) / BITS_PER_MEGABIT,
    packetMs: most(listeners, ({ packetMs }) => packetMs),
    sampleRate: quantileOf(
      listeners.map(({ sampleRate }) => sampleRate),
      0,
    ),
    playing: playingOf(listeners),
    clockErrorMs: most(listeners, ({ clockErrorMs }) => clockErrorMs),
    server: {
      ...server,
      reportedCpuPercent: most(
        processes,
        ({ reported }) => reported?.server_cpu_usage ?? Number.NaN,
      ),
    },
    clientMachine: {
      cpuPercent: (PER_CENT * most(processes, ({ cpuSeconds }) => cpuSeconds)) / where.seconds,
      loopDelayP99: most(processes, ({ loopDelayP99 }) => loopDelayP99),
      fullBuffers: processes.reduce((total, { fullBuffers }) => total + fullBuffers, 0),
    },
  };
}

function isListening({ received, gapMs }: ListenerReading): boolean {
  return received > 0 && gapMs < MAX_GAP_MS;
}

function latencyOf(processes: readonly ProcessReading[]): Point['latency'] {
  const counts = new DelayCounts();
  for (const { latencies } of processes) counts.merge(latencies);
  const at = (quantile: number) => counts.quantileMs(quantile);
  return { p50: at(0.5), p95: at(0.95), p99: at(0.99), max: at(1) };
}

/** Of those who play: one. */
function playingOf(listeners: readonly ListenerReading[]): Point['playing'] {
  const players = listeners.flatMap(({ received, expected, buffersMs, playing }) =>
    playing ? [{ ...playing, buffersMs, lost: Math.max(0, expected - received) }] : [],
  );
  const sum = (read: (player: (typeof players)[number]) => number) =>
    players.reduce((total, player) => total + read(player), 0);
  return {
    lost: sum(({ lost }) => lost),
    concealed: sum(({ concealed }) => concealed),
    dropped: sum(({ dropped }) => dropped),
    bufferMs: quantileOf(
      players.flatMap(({ buffersMs }) => buffersMs),
      1,
    ),
  };
}
