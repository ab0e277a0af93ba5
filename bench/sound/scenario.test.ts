// Tests of what is said at the end of a scenario, and of what is written.

import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { samplePoint } from './sample-point.ts';
import { judge, report, type Scenario } from './scenario.ts';
import { parseScenario } from './scenario-options.ts';

const scenario: Scenario = {
  name: 'gradual',
  axis: 'clients',
  method: ['One client more at a time.'],
  startedAt: '2026-11-20T20:00:00.000Z',
  machine: '2 × machine',
  options: parseScenario([]),
  points: [
    samplePoint({ clients: 19 }),
    samplePoint({ latency: { p99: 61.25 }, server: { cpuPercent: 99 } }),
  ],
  outages: [],
};

test('a run without a breaking point says so, and how far it went', () => {
  const points = [samplePoint({ clients: 19, listening: 19 }), samplePoint()];
  const said = (axis: Scenario['axis']) => judge({ points, axis }).sentence;
  expect(said('clients')).toBe('No breaking point up to 20 clients: all targets hold.');
  expect(said('minutes')).toBe('No breaking point in 2 minutes with 20 clients: all targets hold.');
  expect(said('links')).toBe('No breaking point on any link: all targets hold.');
});

test('a breaking point is named with each target that it misses, the bottleneck and what helps', () => {
  const points = [samplePoint(), ...scenario.points.slice(1)];
  const { breakingPoint, bottleneck, sentence } = judge({ points, axis: 'clients' });
  expect(breakingPoint?.at).toBe(1);
  expect(bottleneck?.name).toBe('server-cpu');
  expect(sentence).toContain(
    'It breaks at 20 clients: latency p99 is 61.3 ms, not below 50; server CPU is 99.0 % of a core, not below 80.',
  );
  expect(sentence).toContain('Bottleneck: processor of the server. Give the server a processor');
});

test('all of it is written as JSON, CSV and a page', () => {
  const folder = mkdtempSync(join(tmpdir(), 'yeoul-scenario-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const said = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  onTestFinished(() => said.mockRestore());
  const out = join(folder, 'results');
  report({ ...scenario, options: { ...scenario.options, out } });
  expect(readdirSync(out).toSorted()).toEqual(['gradual.csv', 'gradual.html', 'gradual.json']);
  const written = JSON.parse(readFileSync(join(out, 'gradual.json'), 'utf8'));
  expect(written.points).toEqual(JSON.parse(JSON.stringify(scenario.points)));
  expect(written.verdict.bottleneck.name).toBe('server-cpu');
});
