// When a listener is told that its network is bad: `network_warning` (PRODUCT 2.4).

import type { ConsoleSettings, ListenerFigures } from '#contract/console.ts';
import type { ListenerEvent } from '#contract/listening.ts';

type NetworkWarning = Extract<ListenerEvent, { type: 'network_warning' }>;
type Metric = NetworkWarning['metric'];
export type NetworkThresholds = Pick<
  ConsoleSettings,
  'warn_loss_percent' | 'warn_jitter_ms' | 'warn_latency_ms'
>;

/** Listeners report each 5 s: each bad report warns once, however early the next one comes. */
const WARN_AGAIN_AFTER_MS = 4_000;

export class NetworkWatch {
  readonly #warnedAtMs = new Map<Metric, number>();

  /** The warnings that are due. */
  take(figures: ListenerFigures, thresholds: NetworkThresholds, nowMs: number): NetworkWarning[] {
    return findTrouble(figures, thresholds).filter(({ metric }) => {
      const warnedAtMs = this.#warnedAtMs.get(metric) ?? Number.NEGATIVE_INFINITY;
      if (nowMs - warnedAtMs < WARN_AGAIN_AFTER_MS) return false;
      this.#warnedAtMs.set(metric, nowMs);
      return true;
    });
  }
}

/** What is above its threshold, the worst for people's ears first. */
export function findTrouble(
  figures: ListenerFigures,
  thresholds: NetworkThresholds,
): NetworkWarning[] {
  const { warn_loss_percent, warn_jitter_ms, warn_latency_ms } = thresholds;
  const all: readonly (readonly [Metric, value: number, threshold: number])[] = [
    ['packet_loss_rate', figures.loss_percent, warn_loss_percent],
    ['jitter_ms', figures.jitter_ms, warn_jitter_ms],
    ['latency_ms', figures.latency_ms, warn_latency_ms],
  ];
  return all
    .filter(([, value, threshold]) => value > threshold)
    .map(([metric, value, threshold]) => ({ type: 'network_warning', metric, value, threshold }));
}
