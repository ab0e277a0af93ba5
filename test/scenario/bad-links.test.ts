// Links as they are outside of laboratories: lossy, narrow, cut. In a network of their own (test/support/lab).

import { expect, test } from 'vitest';
import type { CutReport } from '../support/lab/cut-connection.ts';
import type { LossyReport } from '../support/lab/lossy-link.ts';
import type { NarrowReport } from '../support/lab/narrow-link.ts';
import { runInLab } from '../support/lab/run-in-lab.ts';

test('a viewer behind 3 % loss gets every frame, by retransmission', async () => {
  const report = await runInLab<LossyReport>('lossy-link.ts');
  expect(report.faults).toEqual([]);
  expect(report.last).toBeGreaterThanOrEqual(report.sent);
  expect(report.lost).toBeGreaterThan(0);
  expect(report.recovered).toBeGreaterThan(0);
}, 90_000);

test('a viewer behind a narrow link is moved to the sub profile, and back when the link is good', async () => {
  const report = await runInLab<NarrowReport>('narrow-link.ts');
  expect(report.choices.map((choice) => choice.slice(0, 4))).toEqual(['main', 'sub:', 'main']);
  expect(report.choices[1]).toContain('the link');
  expect(report.subKbps).toBeGreaterThan(200);
  expect(report.subKbps).toBeLessThan(500);
  expect(report.subLossRatio).toBeLessThan(0.02);
}, 150_000);

test('a camera whose connection is cut is seen again within 5 s, and its viewers stay', async () => {
  const report = await runInLab<CutReport>('cut-connection.ts');
  expect(report.connections).toBe(2);
  expect(report.goodbyes).toBe(0);
  expect(report.log).toContain('Stream retrying');
  expect(report.darkMs).toBeLessThan(5_000);
}, 90_000);
