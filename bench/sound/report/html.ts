// A scenario as one page that needs nothing else: the verdict, graphs, and all figures.

import { describeFault } from '../fault.ts';
import { COMEBACK_LIMIT_MS, holdsOutage, type Outage } from '../outages.ts';
import { columns, type Point } from '../point.ts';
import type { Scenario, Verdict } from '../scenario.ts';
import { targets } from '../targets.ts';
import { escapeText } from './escape.ts';
import { drawGraph } from './graph.ts';

interface GraphChoice {
  readonly title: string;
  readonly columns: readonly (typeof columns)[keyof typeof columns][];
  readonly target?: number;
}

const GRAPHS: readonly GraphChoice[] = [
  { title: 'Loss', columns: [columns.loss], target: targets.loss.limit },
  {
    title: 'Jitter',
    columns: [columns.jitterP50, columns.jitterP99],
    target: targets.jitter.limit,
  },
  {
    title: 'Latency, capture to client',
    columns: [columns.latencyP50, columns.latencyP95, columns.latencyP99],
    target: targets.latency.limit,
  },
  {
    title: 'Server CPU',
    columns: [columns.serverCpu, columns.engineCpu, columns.serverWait],
    target: targets.serverCpu.limit,
  },
  { title: 'Server memory', columns: [columns.memory] },
  { title: 'Bandwidth, all clients', columns: [columns.bandwidth] },
  { title: 'Packets sent', columns: [columns.packetRate] },
  { title: 'Packet time', columns: [columns.packetTime] },
];

const STYLE = `
:root { color-scheme: light dark; --ink: light-dark(#1b1f24, #e6e9ec); --dim: light-dark(#6b7480, #97a1ac);
  --rule: light-dark(#dde1e6, #333a42); --bad: light-dark(#c0262d, #ff7b80);
  --line-0: light-dark(#0b63c5, #6ab0ff); --line-1: light-dark(#0d8a5f, #4fd1a1); --line-2: light-dark(#9a5b00, #f0b35a); }
body { font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: light-dark(#fff, #14171a);
  max-width: 84rem; margin: 2rem auto; padding: 0 1rem; }
.graphs { display: grid; grid-template-columns: repeat(auto-fit, minmax(22rem, 1fr)); gap: 1rem 2rem; }
figure { margin: 0; } figcaption { font-weight: 600; }
svg { width: 100%; height: auto; } svg text { font-size: 11px; fill: var(--dim); }
.grid { stroke: var(--rule); } .target, .break { stroke: var(--bad); stroke-dasharray: 6 4; }
.break { stroke-width: 2; stroke-dasharray: none; opacity: .5; } svg .target-text { fill: var(--bad); }
polyline { fill: none; stroke-width: 1.8; }
polyline.line-0 { stroke: var(--line-0); } circle.line-0 { fill: var(--line-0); } .key.line-0 { color: var(--line-0); }
polyline.line-1 { stroke: var(--line-1); } circle.line-1 { fill: var(--line-1); } .key.line-1 { color: var(--line-1); }
polyline.line-2 { stroke: var(--line-2); } circle.line-2 { fill: var(--line-2); } .key.line-2 { color: var(--line-2); }
.key { font-weight: 400; margin-left: .6rem; } .bad { color: var(--bad); }
.scroll { overflow-x: auto; } table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { padding: .2rem .6rem; text-align: right; border-bottom: 1px solid var(--rule); white-space: nowrap; }
th:first-child, td:first-child { text-align: left; }
`;

export function formatHtml(scenario: Scenario, verdict: Verdict): string {
  const { name, points, outages, startedAt, machine } = scenario;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Yeoul: ${escapeText(name)}</title>
<style>${STYLE}</style>
</head>
<body>
<h1>${escapeText(name)}</h1>
<p>${escapeText(startedAt)} · ${escapeText(machine)}</p>
${formatMethod(scenario)}
<h2>Verdict</h2>
<p${verdict.breakingPoint ? ' class="bad"' : ''}>${escapeText(verdict.sentence)}</p>
${formatList(verdict.bottleneck?.evidence ?? [])}
<h2>Graphs</h2>
<div class="graphs">
${GRAPHS.map((graph) => formatGraph(graph, { points, verdict })).join('\n')}
</div>
${formatOutages(outages)}
<h2>Figures</h2>
${formatFigures(points)}
</body>
</html>
`;
}

function formatMethod({ method, options }: Scenario): string {
  const { minuteMs, fault, seed } = options;
  const scale = minuteMs === 60_000 ? [] : [`A minute lasted ${minuteMs / 1_000} s.`];
  const injected = fault ? [`A fault was injected: ${describeFault(fault)}.`] : [];
  return formatList([
    ...method,
    'Server, clients and link are processes of one machine. Latency is from the capture of a packet’s first sample to its arrival at a client, by the machine’s clock. All clients are real ones; the first one also plays, the others count. Jitter is each client’s interarrival jitter (RFC 3550) at its reports, each 5 s.',
    ...scale,
    ...injected,
    `Seed ${seed}.`,
  ]);
}

function formatGraph(
  { title, columns: shown, target }: GraphChoice,
  { points, verdict }: { readonly points: readonly Point[]; readonly verdict: Verdict },
): string {
  return drawGraph({
    title,
    unit: shown[0]?.unit ?? '',
    labels: points.map(({ label }) => label),
    lines: shown.map(({ name, read }) => ({ name, values: points.map(read) })),
    ...(target !== undefined && { target }),
    breaksAt: verdict.breakingPoint?.at,
  });
}

function formatOutages(outages: readonly Outage[]): string {
  if (outages.length === 0) return '';
  const rows = outages.map((outage) => [
    outage.name,
    `${(outage.downMs / 1_000).toFixed(1)} s`,
    `${outage.back} of ${outage.clients}`,
    `${outage.comebackMs.toFixed(0)} ms`,
    holdsOutage(outage) ? 'ok' : 'NOT OK',
  ]);
  const head = [
    'outage',
    'no server for',
    'back',
    `silent after that (below ${COMEBACK_LIMIT_MS} ms)`,
    '',
  ];
  return `<h2>Coming back</h2>\n${formatTable(head, rows)}`;
}

function formatFigures(points: readonly Point[]): string {
  const all = Object.values(columns);
  const head = ['', ...all.map(({ name, unit }) => (unit === '' ? name : `${name} (${unit})`))];
  const rows = points.map((point) => [
    point.label,
    ...all.map(({ read }) => formatNumber(read(point))),
  ]);
  return formatTable(head, rows);
}

function formatTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[], tag: 'td' | 'th') =>
    `<tr>${cells.map((cell) => `<${tag}>${escapeText(cell)}</${tag}>`).join('')}</tr>`;
  return `<div class="scroll"><table>
<thead>${line(head, 'th')}</thead>
<tbody>
${rows.map((row) => line(row, 'td')).join('\n')}
</tbody>
</table></div>`;
}

function formatList(items: readonly string[]): string {
  return items.length === 0
    ? ''
    : `<ul>\n${items.map((item) => `<li>${escapeText(item)}</li>`).join('\n')}\n</ul>`;
}

function formatNumber(value: number): string {
  return Number.isNaN(value) ? '–' : String(Math.round(value * 1_000) / 1_000);
}
