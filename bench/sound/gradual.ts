// One client more at a time, until a target fails: join, settle 5 minutes, measure 10 (PRODUCT 2.8).

import { describeMachine } from './machine.ts';
import { pause } from './pause.ts';
import type { Point } from './point.ts';
import { tellPoint } from './progress.ts';
import { report, type Scenario } from './scenario.ts';
import { parseScenario, type ScenarioOptions } from './scenario-options.ts';
import { Stage } from './stage.ts';
import { findFailures } from './targets.ts';

const CLIENTS = 20;
const SETTLE_MINUTES = 5;
const MEASURE_MINUTES = 10;
const FLAGS = ['minute', 'clients', 'out', 'fault', 'seed'] as const;

const METHOD = [
  'One client more at each step: it joins, all settle for 5 minutes, and 10 minutes are measured.',
  'A step that fails is measured once more, at once: it is the breaking point only if it fails twice.',
] as const;

/** True if a breaking point was not found, or not below the number of clients that is promised. */
export async function run(words: readonly string[]): Promise<boolean> {
  const scenario = await playGradual(parseScenario(words, FLAGS));
  const { breakingPoint } = report(scenario);
  return breakingPoint === undefined || breakingPoint.point.clients > CLIENTS;
}

export async function playGradual(options: ScenarioOptions): Promise<Scenario> {
  const { clients = CLIENTS, minuteMs, seed, fault } = options;
  const startedAt = new Date().toISOString();
  const stage = await Stage.open({ maxClients: clients, seed, fault });
  const points: Point[] = [];
  try {
    for (let size = 1; size <= clients; size++) {
      await stage.crowd.growTo(size);
      await pause(SETTLE_MINUTES * minuteMs);
      const point = await measureStep(stage, MEASURE_MINUTES * minuteMs);
      points.push(point);
      if (findFailures(point).length > 0) break;
    }
  } finally {
    await stage.close();
  }
  return {
    name: 'gradual',
    axis: 'clients',
    method: METHOD,
    startedAt,
    machine: describeMachine(),
    options,
    points,
    outages: [],
  };
}

/** Twice where the first time fails: another program may have been in the way. */
async function measureStep(stage: Stage, durationMs: number): Promise<Point> {
  const { size } = stage.crowd;
  const label = size === 1 ? '1 client' : `${size} clients`;
  const point = await stage.measure(label, durationMs);
  tellPoint(point);
  if (findFailures(point).length === 0) return point;
  const again = await stage.measure(label, durationMs);
  tellPoint(again);
  return again;
}
