// What a scenario comes to, and what is said of it at its end.

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Bottleneck, nameBottleneck } from './bottleneck.ts';
import { describeFault } from './fault.ts';
import type { Outage } from './outages.ts';
import type { Point } from './point.ts';
import { formatCsv } from './report/csv.ts';
import { formatHtml } from './report/html.ts';
import type { ScenarioOptions } from './scenario-options.ts';
import { type BreakingPoint, findBreakingPoint, targets } from './targets.ts';

/** What points differ in. */
type Axis = 'clients' | 'minutes' | 'links';

export interface Scenario {
  readonly name: string;
  readonly axis: Axis;
  /** How it was measured, in words. */
  readonly method: readonly string[];
  readonly startedAt: string;
  readonly machine: string;
  readonly options: ScenarioOptions;
  readonly points: readonly Point[];
  readonly outages: readonly Outage[];
}

export interface Verdict {
  readonly breakingPoint: BreakingPoint | undefined;
  readonly bottleneck: Bottleneck | undefined;
  readonly sentence: string;
}

export function judge({ points, axis }: Pick<Scenario, 'points' | 'axis'>): Verdict {
  const breakingPoint = findBreakingPoint(points);
  if (!breakingPoint) {
    const sentence = `No breaking point ${describeRange(points, axis)}: all targets hold.`;
    return { breakingPoint, bottleneck: undefined, sentence };
  }
  const bottleneck = nameBottleneck(points, breakingPoint);
  const reasons = breakingPoint.failures.map((name) => {
    const { read, limit, unit, name: title } = targets[name];
    const value = `${read(breakingPoint.point).toFixed(1)} ${unit}`.trim();
    return `${title} is ${value}, not below ${limit}`;
  });
  const sentence = `It breaks at ${breakingPoint.point.label}: ${reasons.join('; ')}. Bottleneck: ${bottleneck.title}. ${bottleneck.relief}`;
  return { breakingPoint, bottleneck, sentence };
}

function describeRange(points: readonly Point[], axis: Axis): string {
  const clients = `${points.at(-1)?.clients ?? 0} clients`;
  if (axis === 'clients') return `up to ${clients}`;
  return axis === 'minutes' ? `in ${points.length} minutes with ${clients}` : 'on any link';
}

/** Says what came out, and writes it where that is wanted. */
export function report(scenario: Scenario): Verdict {
  const verdict = judge(scenario);
  process.stdout.write(`\n${verdict.sentence}\n`);
  const { out, fault } = scenario.options;
  if (fault) process.stdout.write(`(with a fault injected: ${describeFault(fault)})\n`);
  if (out === undefined) return verdict;
  mkdirSync(out, { recursive: true });
  const write = (extension: string, text: string) => {
    const path = join(out, `${scenario.name}.${extension}`);
    writeFileSync(path, text);
    process.stdout.write(`${path}\n`);
  };
  write('json', `${JSON.stringify({ ...scenario, verdict }, null, 2)}\n`);
  write('csv', formatCsv(scenario.points));
  write('html', formatHtml(scenario, verdict));
  return verdict;
}
