// Figures that go on counting when the thread is another one.

import { expect, test } from 'vitest';
import type { CaptureState, SoundReport } from '#core/ports/sound-engine.ts';
import { Totals } from './totals.ts';

const live: CaptureState = {
  state: 'live',
  source: 'tones:',
  reason: null,
  sampleRate: 48_000,
  channels: 32,
  format: 'S32_LE',
  overruns: 2,
  lostFrames: 96,
  restarts: 1,
};

const report: SoundReport = {
  listeners: [{ id: 'a', packets: 10, bytes: 1_000, sendErrors: 1 }],
  packetsSent: 10,
  encodings: 32,
  delay: { p50Ms: 7, p99Ms: 9 },
  cpuSeconds: 0.5,
  strayDatagrams: 3,
};

test('the first thread’s figures are the figures', () => {
  const totals = new Totals();
  expect(totals.addCapture(live)).toEqual(live);
  expect(totals.addReport(report)).toEqual(report);
});

test('each thread’s figures are added to those of the ones before, and each death is a restart', () => {
  const totals = new Totals();
  for (const life of [1, 2, 3]) {
    expect(totals.addCapture(live)).toEqual({
      ...live,
      overruns: 2 * life,
      lostFrames: 96 * life,
      restarts: 2 * life - 1,
    });
    // Its last word counts, not the sum of all.
    totals.addReport({ ...report, packetsSent: 1, cpuSeconds: 0.1, strayDatagrams: 0 });
    expect(totals.addReport(report)).toEqual({
      ...report,
      listeners: [{ id: 'a', packets: 10 * life, bytes: 1_000 * life, sendErrors: life }],
      packetsSent: 10 * life,
      cpuSeconds: 0.5 * life,
      strayDatagrams: 3 * life,
    });
    totals.startAnew();
  }
  expect(totals.capture).toEqual({ overruns: 6, lostFrames: 288, restarts: 6 });
});

test('a thread that dies before its first word takes nothing away', () => {
  const totals = new Totals();
  totals.addReport(report);
  totals.startAnew();
  totals.startAnew();
  expect(totals.addReport(report).listeners).toEqual([
    { id: 'a', packets: 20, bytes: 2_000, sendErrors: 2 },
  ]);
});

test('a listener who left while the thread was another one is forgotten', () => {
  const totals = new Totals();
  totals.addReport(report);
  totals.startAnew();
  totals.addReport({ ...report, listeners: [] });
  totals.startAnew();
  expect(totals.addReport(report).listeners).toEqual(report.listeners);
});
