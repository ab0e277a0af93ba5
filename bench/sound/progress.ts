// A line for each point while it runs.

import { columns, type Point } from './point.ts';
import { findFailures } from './targets.ts';

const SHOWN = [
  columns.listening,
  columns.loss,
  columns.jitterP99,
  columns.latencyP50,
  columns.latencyP99,
  columns.serverCpu,
  columns.memory,
  columns.bandwidth,
] as const;

export function tellPoint(point: Point): void {
  const figures = SHOWN.map(
    ({ name, unit, read }) => `${name} ${read(point).toFixed(name === 'loss' ? 3 : 1)} ${unit}`,
  );
  const failures = findFailures(point);
  const verdict = failures.length === 0 ? 'ok' : `NOT OK: ${failures.join(', ')}`;
  process.stderr.write(`${point.label}: ${figures.join(', ')}: ${verdict}\n`);
}
