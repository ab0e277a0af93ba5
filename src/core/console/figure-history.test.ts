// What is read of a report, and what is kept of many.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type QosMetrics, qosReport } from '#contract/audio-meta.ts';
import { FigureHistory, readFigures } from './figure-history.ts';

const metrics = {
  packets_received: 970,
  packets_expected: 1_000,
  packet_loss_rate: 50,
  jitter_ms: 2.5,
  latency_ms: 15.2,
  bandwidth_mbps: 2.1,
};
const read = (changes: Partial<QosMetrics> = {}) => readFigures({ ...metrics, ...changes }, 0);
const figures = (index: number) => ({ ...read(), jitter_ms: index });

test('loss is counted, whatever the listener makes of it', () => {
  expect(read()).toEqual({
    at: '1970-01-01T00:00:00.000Z',
    loss_percent: 3,
    jitter_ms: 2.5,
    latency_ms: 15.2,
    bandwidth_mbps: 2.1,
  });
});

test('where nothing was expected, the rate is what the listener says', () => {
  const nothing = { packets_received: 0, packets_expected: 0 };
  expect(read({ ...nothing, packet_loss_rate: 7.5 }).loss_percent).toBe(7.5);
  expect(read({ ...nothing, packet_loss_rate: 1e9 }).loss_percent).toBe(100);
});

test('packets that came twice are no loss, and no gain', () => {
  expect(read({ packets_received: 1_010 }).loss_percent).toBe(0);
});

test('whatever a report says, loss is between 0 and 100 %', () => {
  const figure = fc.double({ min: 0, max: 2 ** 40, noNaN: true });
  const any = fc.record({
    packets_received: figure,
    packets_expected: figure,
    packet_loss_rate: figure,
  });
  fc.assert(
    fc.property(any, (changes) => {
      const { loss_percent } = read(qosReport.shape.metrics.parse({ ...metrics, ...changes }));
      expect(loss_percent).toBeGreaterThanOrEqual(0);
      expect(loss_percent).toBeLessThanOrEqual(100);
    }),
  );
});

test('an hour of reports is kept, oldest first', () => {
  const history = new FigureHistory();
  expect(history.latest).toBeUndefined();
  for (let index = 0; index < 800; index++) history.add(figures(index), index * 5_000);
  const kept = history.list().map(({ jitter_ms }) => jitter_ms);
  expect(kept).toEqual(Array.from({ length: 720 }, (_, index) => index + 80));
  expect(history.latest?.jitter_ms).toBe(799);
});

test('a flood of reports does not drive out what was before it', () => {
  const history = new FigureHistory();
  history.add(figures(1), 0);
  for (let index = 0; index < 2_000; index++) history.add(figures(index), 5_000 + index / 2);
  expect(history.list().map(({ jitter_ms }) => jitter_ms)).toEqual([1, 1_999]);
});

test('the list that was handed out does not change', () => {
  const history = new FigureHistory();
  const before = history.list();
  history.add(figures(1), 0);
  expect(before).toEqual([]);
});
