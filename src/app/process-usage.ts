// What the server takes of the machine: CPU over the last seconds, and memory.

import type { Clock } from '#std/clock.ts';

interface ProcessUsage {
  /** Of one core, all threads together. */
  readonly cpuPercent: number;
  readonly memoryMb: number;
}

/** Shorter spans say more about chance than about load. */
const SPAN_MS = 1_000;
const PER_CENT = 100;
const MICROSECONDS_PER_MS = 1_000;
const BYTES_PER_MB = 1_000_000;

/** The function measures over at least a second: whoever asks more often gets the figure before. */
export function createProcessUsage(clock: Clock): () => ProcessUsage {
  let since = { nowMs: clock.nowMs(), cpu: process.cpuUsage() };
  let cpuPercent = 0;
  return () => {
    const passedMs = clock.nowMs() - since.nowMs;
    if (passedMs >= SPAN_MS) {
      const { user, system } = process.cpuUsage(since.cpu);
      cpuPercent = ((user + system) / MICROSECONDS_PER_MS / passedMs) * PER_CENT;
      since = { nowMs: clock.nowMs(), cpu: process.cpuUsage() };
    }
    return {
      cpuPercent: round(cpuPercent),
      memoryMb: round(process.memoryUsage.rss() / BYTES_PER_MB),
    };
  };
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
