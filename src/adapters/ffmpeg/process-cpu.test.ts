// The CPU of a process, where the system says so.

import { expect, test } from 'vitest';
import { readCpuSeconds } from './process-cpu.ts';

test('readCpuSeconds knows what this process has used, as far as 100 ticks a second tell', () => {
  const { user, system } = process.cpuUsage();
  const seconds = readCpuSeconds(process.pid);
  expect(Math.abs((seconds ?? Number.NaN) - (user + system) / 1e6)).toBeLessThan(0.1);
});

test('readCpuSeconds knows nothing of a process that is not there', () => {
  // Larger than any id that Linux gives.
  expect(readCpuSeconds(2 ** 30)).toBeUndefined();
});
