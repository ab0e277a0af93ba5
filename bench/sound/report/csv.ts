// The points as CSV (RFC 4180): a line for each, a column for each figure.

import { columns, type Point } from '../point.ts';

export function formatCsv(points: readonly Point[]): string {
  const all = Object.values(columns);
  const head = [
    'point',
    ...all.map(({ name, unit }) => (unit === '' ? name : `${name} (${unit})`)),
  ];
  const lines = points.map((point) => [
    point.label,
    ...all.map(({ read }) => formatCell(read(point))),
  ]);
  return [head, ...lines].map((cells) => `${cells.map(quote).join(',')}\r\n`).join('');
}

/** Nothing where it could not be measured. */
function formatCell(value: number): string {
  return Number.isNaN(value) ? '' : String(Math.round(value * 1_000) / 1_000);
}

function quote(cell: string): string {
  return /[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}
