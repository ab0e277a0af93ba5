// The figures of many listeners as those of one: sums, medians, and who has it worst.

import type { ListenEntry, StatsFigures } from './listen-entry.ts';

interface Member {
  readonly listener: number;
  readonly stats: StatsFigures;
}

/** Undefined without anybody. */
export function summarise(crowd: readonly Member[]): ListenEntry | undefined {
  const [first] = crowd;
  if (!first) return undefined;
  const all = crowd.map(({ stats }) => stats);
  const [packets, expected] = [sum(all, 'packets'), sum(all, 'expected')];
  const lost = Math.max(0, expected - packets);
  const stats: StatsFigures = {
    packets,
    expected,
    loss_percent: expected > 0 ? (100 * lost) / expected : null,
    jitter_ms: median(all, 'jitter_ms'),
    latency_p50_ms: median(all, 'latency_p50_ms'),
    latency_p95_ms: median(all, 'latency_p95_ms'),
    bandwidth_mbps: sum(all, 'bandwidth_mbps'),
    buffer_ms: median(all, 'buffer_ms'),
    concealed: sum(all, 'concealed'),
    dropped: sum(all, 'dropped'),
  };
  const worst = crowd.reduce(
    (least, each) => (isWorse(each.stats, least.stats) ? each : least),
    first,
  );
  return { type: 'crowd', listeners: crowd.length, stats, worst };
}

/** Who has nothing has it worst; then loss, then latency. */
function isWorse(one: StatsFigures, other: StatsFigures): boolean {
  const lossOf = ({ loss_percent }: StatsFigures) => loss_percent ?? 100;
  if (lossOf(one) !== lossOf(other)) return lossOf(one) > lossOf(other);
  return (one.latency_p95_ms ?? 0) > (other.latency_p95_ms ?? 0);
}

function sum(all: readonly StatsFigures[], name: keyof StatsFigures): number {
  return all.reduce((total, figures) => total + (figures[name] ?? 0), 0);
}

/** Of those who know; the lower one of two in the middle. */
function median(all: readonly StatsFigures[], name: keyof StatsFigures): number | null {
  const known = all.flatMap((figures) => figures[name] ?? []).toSorted((one, other) => one - other);
  return known[Math.floor((known.length - 1) / 2)] ?? null;
}
