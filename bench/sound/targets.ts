// What a scenario is held against (PRODUCT 2.8), and the point from which on it does not hold.

import { columns, lossPercentOf, type Point } from './point.ts';

interface Target {
  readonly name: string;
  readonly unit: string;
  /** The figure must be below it. */
  readonly limit: number;
  readonly read: (point: Point) => number;
}

export const targets = {
  loss: { name: 'loss', unit: '%', limit: 1, read: lossPercentOf },
  lostSound: { ...columns.lostSound, limit: 1 },
  jitter: { ...columns.jitterP99, limit: 5 },
  latency: { ...columns.latencyP99, limit: 50 },
  serverCpu: { ...columns.serverCpu, limit: 80 },
  deaf: {
    name: 'clients that heard nothing for a second',
    unit: '',
    limit: 1,
    read: ({ clients, listening }: Point) => clients - listening,
  },
} as const satisfies Record<string, Target>;

export type TargetName = keyof typeof targets;

/** What could not be measured is not reached. */
export function findFailures(point: Point): TargetName[] {
  const names = Object.keys(targets) as TargetName[];
  return names.filter((name) => !(targets[name].read(point) < targets[name].limit));
}

export interface BreakingPoint {
  /** Among the points. */
  readonly at: number;
  readonly point: Point;
  readonly failures: readonly TargetName[];
}

/** The first point that fails. */
export function findBreakingPoint(points: readonly Point[]): BreakingPoint | undefined {
  for (const [at, point] of points.entries()) {
    const failures = findFailures(point);
    if (failures.length > 0) return { at, point, failures };
  }
  return undefined;
}
