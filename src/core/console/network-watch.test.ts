// When a listener is warned, and how often.

import { expect, test } from 'vitest';
import { consoleSettingsDefaults, type ListenerFigures } from '#contract/console.ts';
import { NetworkWatch } from './network-watch.ts';

const good = {
  at: '2026-01-01T00:00:00.000Z',
  loss_percent: 1,
  jitter_ms: 5,
  latency_ms: 50,
  bandwidth_mbps: 2,
};
const take = (watch: NetworkWatch, figures: Partial<ListenerFigures>, nowMs = 0) =>
  watch.take({ ...good, ...figures }, consoleSettingsDefaults, nowMs);

test('figures that reach their thresholds and no more warn of nothing', () => {
  expect(take(new NetworkWatch(), {})).toEqual([]);
});

test.each([
  ['packet_loss_rate', { loss_percent: 3.1 }, 3.1, 1],
  ['jitter_ms', { jitter_ms: 5.1 }, 5.1, 5],
  ['latency_ms', { latency_ms: 80 }, 80, 50],
])('%s above its threshold warns with both', (metric, figures, value, threshold) => {
  const warning = { type: 'network_warning', metric, value, threshold };
  expect(take(new NetworkWatch(), figures)).toEqual([warning]);
});

test('each bad report warns, but reports that come faster than they should do not', () => {
  const watch = new NetworkWatch();
  const warnedAt = [0, 100, 3_999, 4_500, 5_000, 9_400].filter(
    (nowMs) => take(watch, { loss_percent: 2 }, nowMs).length > 0,
  );
  expect(warnedAt).toEqual([0, 4_500, 9_400]);
});

test('one metric does not silence another', () => {
  const watch = new NetworkWatch();
  take(watch, { loss_percent: 2 }, 0);
  const warnings = take(watch, { loss_percent: 2, jitter_ms: 6, latency_ms: 60 }, 1_000);
  expect(warnings.map(({ metric }) => metric)).toEqual(['jitter_ms', 'latency_ms']);
});
