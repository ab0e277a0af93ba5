// The server's own load, over a virtual second.

import { expect, test } from 'vitest';
import { VirtualClock } from '../../test/support/virtual-clock.ts';
import { createProcessUsage } from './process-usage.ts';

function work(): void {
  const before = process.cpuUsage();
  while (process.cpuUsage(before).user < 20_000);
}

test('CPU is told over the time since the last figure, in per cent of one core', () => {
  const clock = new VirtualClock();
  const usage = createProcessUsage(clock);
  expect(usage().cpuPercent).toBe(0);
  work();
  clock.advance(1_000);
  const { cpuPercent } = usage();
  expect(cpuPercent).toBeGreaterThanOrEqual(2);
  work();
  clock.advance(999);
  expect(usage().cpuPercent).toBe(cpuPercent);
});

test('memory is that of the process, in MB', () => {
  const { memoryMb } = createProcessUsage(new VirtualClock())();
  const rssMb = process.memoryUsage.rss() / 1e6;
  expect(Math.abs(memoryMb - rssMb)).toBeLessThan(0.2 * rssMb);
});
