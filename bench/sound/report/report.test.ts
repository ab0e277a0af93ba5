// Tests of the report's page, graphs and CSV.

import { expect, test } from 'vitest';
import { samplePoint } from '../sample-point.ts';
import { judge, type Scenario } from '../scenario.ts';
import { parseScenario } from '../scenario-options.ts';
import { formatCsv } from './csv.ts';
import { drawGraph } from './graph.ts';
import { formatHtml } from './html.ts';

const points = [
  samplePoint({ label: '19 clients', server: { memoryMb: 231.4567 } }),
  samplePoint({ label: '<20> "clients"', latency: { p99: 73.5 } }),
];
const scenario: Scenario = {
  name: 'gradual',
  axis: 'clients',
  method: ['One client more & more.'],
  startedAt: '2026-11-20T20:00:00.000Z',
  machine: '2 × machine',
  options: parseScenario(['--minute', '1s', '--fault', 'loss=4']),
  points,
  outages: [{ name: 'a restart', downMs: 1_500, clients: 20, back: 19, comebackMs: 700 }],
};
const page = formatHtml(scenario, judge(scenario));

/** Tags that are opened and not closed, and the other way round. */
function unbalanced(html: string): string[] {
  const open: string[] = [];
  const wrong: string[] = [];
  for (const [, closing, name = '', rest = ''] of html.matchAll(/<(\/?)([a-zA-Z]\w*)([^>]*)>/g)) {
    if (rest.endsWith('/') || name === 'meta') continue;
    if (!closing) open.push(name);
    else if (open.pop() !== name) wrong.push(name);
  }
  return [...wrong, ...open];
}

test('the page is whole, and all that it has is escaped', () => {
  expect(page.startsWith('<!doctype html>')).toBe(true);
  expect(unbalanced(page)).toEqual([]);
  expect(page).toContain('&lt;20&gt; &quot;clients&quot;');
  expect(page).toContain('One client more &amp; more.');
  expect(page).not.toContain('<20>');
});

test('the page needs nothing from elsewhere and runs nothing', () => {
  expect(page).not.toMatch(/https?:|src=|href=|url\(|@import|<script|<link|<iframe/i);
});

test('the page says what was found, with which fault and at which scale', () => {
  expect(page).toContain('latency p99 is 73.5 ms, not below 50');
  expect(page).toContain('A fault was injected: a link that loses 4 %.');
  expect(page).toContain('A minute lasted 1 s.');
  expect(page).toContain('<td>231.457</td>');
});

test('who does not come back is told', () => {
  expect(page).toContain('<td>19 of 20</td><td>700 ms</td><td>NOT OK</td>');
});

test('a page without outages has no table of them', () => {
  expect(formatHtml({ ...scenario, outages: [] }, judge(scenario))).not.toContain('Coming back');
});

test('each value of a graph is at its height, and so is the target', () => {
  const svg = drawGraph({
    title: 'Loss',
    unit: '%',
    labels: ['1', '2', '3'],
    lines: [{ name: 'loss', values: [0, 5, 10] }],
    target: 5,
    breaksAt: 2,
  });
  expect(svg).toContain('points="56.0,196.0 340.0,108.0 624.0,20.0"');
  expect(svg).toMatch(/class="target" x1="56" x2="624" y1="108.0"/);
  expect(svg).toMatch(/class="break" x1="624.0"/);
  expect(unbalanced(svg)).toEqual([]);
});

test('what could not be measured is a gap in the line', () => {
  const values = [1, 2, Number.NaN, 4, 5];
  const labels = values.map(String);
  const svg = drawGraph({ title: 't', unit: '', labels, lines: [{ name: 'n', values }] });
  expect(svg.match(/<polyline/g)).toHaveLength(2);
  expect(svg.match(/<circle/g)).toHaveLength(4);
  expect(svg).not.toContain(',NaN');
});

test('a graph of one point, or of none but zeros, can be drawn', () => {
  const svg = drawGraph({
    title: 't',
    unit: '',
    labels: ['1'],
    lines: [{ name: 'n', values: [0] }],
  });
  expect(svg).toContain('cx="340.0" cy="196.0"');
});

test('many points do not write their labels over each other', () => {
  const labels = Array.from({ length: 30 }, (_, at) => `minute ${at + 1}`);
  const svg = drawGraph({ title: 't', unit: '', labels, lines: [] });
  expect(svg.match(/rotate/g)).toHaveLength(10);
});

test('CSV has a line for each point, and quotes what needs it', () => {
  const lines = formatCsv(points).split('\r\n');
  expect(lines).toHaveLength(4);
  expect(lines[0]).toMatch(/^point,clients,listening,measured \(s\),packets,loss \(%\),/);
  expect(lines[1]).toMatch(/^19 clients,20,20,60,480000,0,/);
  expect(lines[2]).toMatch(/^"<20> ""clients""",/);
});

test('CSV has nothing where nothing was measured', () => {
  const [, line = ''] = formatCsv([samplePoint({ clockErrorMs: Number.NaN })]).split('\r\n');
  expect(line.endsWith(',')).toBe(true);
});
