// A graph as SVG: points from left to right, a line for each figure, and the target that they are held against.
//
//   unit
//   max ┤            ╭──          - - - target
//       │   ╭────────╯
//     0 ┼───┴────┴────┴───
//        label  …       ┃ breaking point

import { escapeText } from './escape.ts';

interface Line {
  readonly name: string;
  /** One for each label; NaN leaves a gap. */
  readonly values: readonly number[];
}

interface Graph {
  readonly title: string;
  readonly unit: string;
  readonly labels: readonly string[];
  readonly lines: readonly Line[];
  readonly target?: number;
  /** Among the labels. */
  readonly breaksAt?: number | undefined;
}

const [WIDTH, HEIGHT] = [640, 260];
const [LEFT, RIGHT, TOP, BOTTOM] = [56, 16, 20, 64];
const TICKS = 4;
/** More labels than these would lie on each other. */
const MAX_LABELS = 10;

export function drawGraph(graph: Graph): string {
  const { title, unit, labels, lines, target, breaksAt } = graph;
  const scale = createScale(graph);
  const parts = [
    ...drawTicks(scale),
    ...drawLabels(labels, scale),
    ...(breaksAt === undefined ? [] : [drawBreak(scale.x(breaksAt))]),
    ...(target === undefined ? [] : [drawTarget(scale.y(target), target)]),
    ...lines.flatMap(({ values }, at) => drawLine(values, { scale, at })),
  ];
  const caption = `${escapeText(title)}${unit === '' ? '' : ` (${escapeText(unit)})`}`;
  const legend = lines.map(
    ({ name }, at) => `<span class="key line-${at}">${escapeText(name)}</span>`,
  );
  return `<figure>
<figcaption>${caption} ${lines.length > 1 ? legend.join(' ') : ''}</figcaption>
<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${caption}">
${parts.join('\n')}
</svg>
</figure>`;
}

interface Scale {
  readonly most: number;
  readonly x: (at: number) => number;
  readonly y: (value: number) => number;
}

function createScale({ labels, lines, target = 0 }: Graph): Scale {
  const known = lines.flatMap(({ values }) => values.filter(Number.isFinite));
  const most = roundUp(Math.max(target * 1.1, ...known));
  const steps = Math.max(1, labels.length - 1);
  return {
    most,
    x: (at) =>
      labels.length === 1
        ? (LEFT + WIDTH - RIGHT) / 2
        : LEFT + (at * (WIDTH - LEFT - RIGHT)) / steps,
    y: (value) => HEIGHT - BOTTOM - (value * (HEIGHT - TOP - BOTTOM)) / most,
  };
}

/** 1, 2 or 5 with zeros, above it. */
function roundUp(value: number): number {
  if (!(value > 0)) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  return (([1, 2, 5, 10] as const).find((step) => step * power >= value) ?? 10) * power;
}

function drawTicks({ most, y }: Scale): string[] {
  return Array.from({ length: TICKS + 1 }, (_, at) => {
    const value = (most * at) / TICKS;
    const height = y(value);
    return `<line class="grid" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${fix(height)}" y2="${fix(height)}"/><text x="${LEFT - 6}" y="${fix(height + 4)}" text-anchor="end">${formatTick(value)}</text>`;
  });
}

function drawLabels(labels: readonly string[], { x }: Scale): string[] {
  const each = Math.ceil(labels.length / MAX_LABELS);
  return labels.flatMap((label, at) => {
    if (at % each !== 0) return [];
    const [left, top] = [fix(x(at)), HEIGHT - BOTTOM + 14];
    return [
      `<text x="${left}" y="${top}" text-anchor="end" transform="rotate(-25 ${left} ${top})">${escapeText(label)}</text>`,
    ];
  });
}

function drawBreak(left: number): string {
  return `<line class="break" x1="${fix(left)}" x2="${fix(left)}" y1="${TOP}" y2="${HEIGHT - BOTTOM}"/>`;
}

function drawTarget(height: number, target: number): string {
  return `<line class="target" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${fix(height)}" y2="${fix(height)}"/><text class="target-text" x="${WIDTH - RIGHT}" y="${fix(height - 4)}" text-anchor="end">target ${formatTick(target)}</text>`;
}

/** A dot for each value, and strokes between neighbours. */
function drawLine(
  values: readonly number[],
  { scale, at }: { readonly scale: Scale; readonly at: number },
): string[] {
  const places = values.map((value, index) =>
    Number.isFinite(value) ? `${fix(scale.x(index))},${fix(scale.y(value))}` : undefined,
  );
  const dots = places.flatMap((place, index) => {
    if (!place) return [];
    const [left, top] = place.split(',');
    return [
      `<circle class="line-${at}" cx="${left}" cy="${top}" r="2.5"><title>${values[index]}</title></circle>`,
    ];
  });
  return [
    ...splitAtGaps(places).map((run) => `<polyline class="line-${at}" points="${run.join(' ')}"/>`),
    ...dots,
  ];
}

function splitAtGaps(places: readonly (string | undefined)[]): string[][] {
  const runs: string[][] = [[]];
  for (const place of places) {
    if (place) runs.at(-1)?.push(place);
    else runs.push([]);
  }
  return runs.filter((run) => run.length > 1);
}

function formatTick(value: number): string {
  return String(Math.round(value * 1_000) / 1_000);
}

function fix(value: number): string {
  return value.toFixed(1);
}
