// A receiver's figures as they are posted to `/qos-metrics` (PRODUCT 2.6).

import type { QosMetrics } from '#contract/audio-meta.ts';
import type { ListeningFigures } from './receiver.ts';

/**
 * While the clocks cannot be compared, latency is how much longer than the fastest packet the others took:
 * it is no less. Undefined if nothing came, of which 0 ms would be a lie.
 */
export function qosMetricsOf(figures: ListeningFigures): QosMetrics | undefined {
  const { received, expected, lossPercent, jitterMs, bandwidthMbps, bufferMs } = figures;
  const latency = figures.latency ?? figures.delay;
  if (!latency) return undefined;
  return {
    packets_received: received,
    packets_expected: expected,
    packet_loss_rate: round(lossPercent ?? 0),
    jitter_ms: round(jitterMs ?? 0),
    latency_ms: round(latency.p50Ms),
    latency_p95_ms: round(latency.p95Ms),
    bandwidth_mbps: round(bandwidthMbps ?? 0),
    ...(bufferMs !== null && {
      buffer_ms: round(bufferMs),
      concealed: figures.concealed,
      dropped: figures.dropped,
    }),
  };
}

/** Microseconds and thousandths of a per cent are the last that mean anything. */
function round(value: number): number {
  return Math.round(value * 1_000) / 1_000;
}
