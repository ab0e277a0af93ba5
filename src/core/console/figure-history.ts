// What a listener reported of its network: read from `/qos-metrics`, and kept for an hour (PRODUCT 2.6).

import type { QosMetrics } from '#contract/audio-meta.ts';
import type { ListenerFigures } from '#contract/console.ts';

/** An hour of a report each 5 s: 60 KB a listener. Beyond it the oldest goes. */
const MAX_REPORTS = 720;
/** Who reports more often takes the place of its own last report, not of the hour before. */
const MIN_APART_MS = 1_000;

/** `wallMs` is when it came: the listener's own clock is not believed. */
export function readFigures(metrics: QosMetrics, wallMs: number): ListenerFigures {
  return {
    at: new Date(wallMs).toISOString(),
    loss_percent: lossPercentOf(metrics),
    jitter_ms: metrics.jitter_ms,
    latency_ms: metrics.latency_ms,
    bandwidth_mbps: metrics.bandwidth_mbps,
  };
}

/** Counted where there is something to count. A packet that comes twice makes no loss negative. */
function lossPercentOf(metrics: QosMetrics): number {
  const { packets_received: received, packets_expected: expected } = metrics;
  if (expected <= 0) return Math.min(100, metrics.packet_loss_rate);
  return (Math.max(0, expected - received) / expected) * 100;
}

export class FigureHistory {
  readonly #figures: ListenerFigures[] = [];
  #lastAtMs = Number.NEGATIVE_INFINITY;

  add(figures: ListenerFigures, nowMs: number): void {
    if (nowMs - this.#lastAtMs < MIN_APART_MS) this.#figures.pop();
    else this.#lastAtMs = nowMs;
    this.#figures.push(figures);
    if (this.#figures.length > MAX_REPORTS) this.#figures.shift();
  }

  get latest(): ListenerFigures | undefined {
    return this.#figures.at(-1);
  }

  /** Oldest first. */
  list(): ListenerFigures[] {
    return [...this.#figures];
  }
}
