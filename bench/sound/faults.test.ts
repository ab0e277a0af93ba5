// Scenarios with real processes at a small scale: each fault is named as the bottleneck that it is.

import { availableParallelism } from 'node:os';
import { expect, test } from 'vitest';
import type { Fault } from './fault.ts';
import { playGradual } from './gradual.ts';
import { lossPercentOf } from './point.ts';
import { judge } from './scenario.ts';
import { parseScenario } from './scenario-options.ts';
import { playStress } from './stress.ts';
import { findFailures } from './targets.ts';
import { playUnstable } from './unstable.ts';

/** Of which most is there for busy machines. */
const TIMEOUT_MS = 120_000;
const options = { ...parseScenario(['--minute', '1500ms', '--clients', '2']), minutes: 1 };

async function bottleneckOf(fault: Fault): Promise<string | undefined> {
  const scenario = await playStress({ ...options, fault });
  return judge(scenario).bottleneck?.name;
}

test(
  'a link that loses packets is named as one',
  async () => {
    expect(await bottleneckOf({ kind: 'loss', percent: 40 })).toBe('link-loss');
  },
  TIMEOUT_MS,
);

test(
  'a link that is too narrow is named as one',
  async () => {
    expect(await bottleneckOf({ kind: 'link', megabits: 1 })).toBe('link-bandwidth');
  },
  TIMEOUT_MS,
);

test(
  'a processor that others use is named as the server’s bottleneck',
  async () => {
    expect(availableParallelism()).toBeGreaterThan(1);
    expect(await bottleneckOf({ kind: 'cpu', percent: 60 })).toBe('server-cpu');
  },
  TIMEOUT_MS,
);

test(
  'clients join one after the other until the link is full, and no further',
  async () => {
    const fault = { kind: 'link', megabits: 5.5 } as const;
    const { points } = await playGradual({ ...options, clients: 6, minuteMs: 100, fault });
    // Each takes some 2.25 Mb/s. On a busy machine it is over sooner.
    expect([1, 2, 3]).toContain(points.length);
    expect(points.map(({ clients }) => clients)).toEqual(points.map((_, at) => at + 1));
    expect(points.map((point) => findFailures(point).length > 0)).toEqual(
      points.map((_, at) => at === points.length - 1),
    );
  },
  TIMEOUT_MS,
);

test(
  'links do what they are told, sound goes on over all of them, and everybody comes back',
  async () => {
    const { points, outages } = await playUnstable({ ...options, minuteMs: 200 });
    expect(points.filter(({ received }) => received === 0)).toEqual([]);
    const latencyOf = (label: string) => points.find((each) => each.label === label)?.latency.p50;
    expect(latencyOf('delay 50–100 ms')).toBeGreaterThan(50);
    expect(latencyOf('delay 500–1000 ms')).toBeGreaterThan(500);
    const lossOf = (label: string) => lossPercentOf(points.find((each) => each.label === label)!);
    expect(lossOf('delay 0 ms')).toBe(0);
    expect(lossOf('loss 5 %')).toBeGreaterThan(1);
    expect(outages.map(({ name, back }) => [name, back])).toEqual([
      ['the server restarts', 2],
      ['all WebSockets are cut', 2],
      ['the server stands still', 2],
    ]);
  },
  TIMEOUT_MS,
);
