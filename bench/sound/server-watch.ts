// What the server's process uses, by the system's count, and what its own metrics say.

import { readdirSync, readFileSync } from 'node:fs';
import { readProcess } from '../../test/support/process-figures.ts';
import type { ServerProcess } from '../../test/support/server-process.ts';
import { pause } from './pause.ts';
import type { ServerPoint } from './point.ts';
import { quantileOf } from './quantile.ts';

/** Its delay is that of the last second: no second may be missed. */
const PERIOD_MS = 500;
const NANOSECONDS_PER_SECOND = 1e9;
/** Of the console's clock; only the share of what is lost depends on it. */
const CAPTURE_RATE = 48_000;
const PER_CENT = 100;
const BYTES_PER_MB = 1e6;

/** Counters since its start. */
interface Totals {
  readonly atMs: number;
  readonly cpuSeconds: number;
  readonly waitSeconds: number;
  readonly engineCpuSeconds: number;
  readonly packets: number;
  readonly lostFrames: number;
}

/** All but what clients know. */
type ServerFigures = Omit<ServerPoint, 'reportedCpuPercent'>;

export class ServerWatch {
  readonly #server: ServerProcess;
  #before: Totals | undefined;
  #memoryMb: number[] = [];
  #delaysP50: number[] = [];
  #delaysP99: number[] = [];
  #isClosed = false;

  constructor(server: ServerProcess) {
    this.#server = server;
    void this.#watch();
  }

  /** Since the last reading, during which it must not have been started anew. */
  async read(): Promise<ServerFigures> {
    const now = await this.#readTotals();
    const before = this.#before ?? now;
    const seconds = (now.atMs - before.atMs) / 1_000;
    const shareOf = (name: keyof Totals) => (PER_CENT * (now[name] - before[name])) / seconds;
    const figures = {
      cpuPercent: shareOf('cpuSeconds'),
      engineCpuPercent: shareOf('engineCpuSeconds'),
      waitPercent: shareOf('waitSeconds'),
      memoryMb: quantileOf(this.#memoryMb, 0.5),
      delayP50: quantileOf(this.#delaysP50, 0.5),
      delayP99: quantileOf(this.#delaysP99, 0.99),
      packetsPerSecond: (now.packets - before.packets) / seconds,
      lostSoundPercent: shareOf('lostFrames') / CAPTURE_RATE,
    };
    this.#before = now;
    this.#memoryMb = [];
    this.#delaysP50 = [];
    this.#delaysP99 = [];
    return figures;
  }

  close(): void {
    this.#isClosed = true;
  }

  async #watch(): Promise<void> {
    while (!this.#isClosed) {
      // While the server is away there is nothing to see.
      await this.#readTotals().catch(() => {});
      await pause(PERIOD_MS);
    }
  }

  async #readTotals(): Promise<Totals> {
    const { pid, url } = this.#server;
    const { cpuSeconds, rssBytes } = readProcess(pid);
    const atMs = performance.now();
    const waitSeconds = readWaitSeconds(pid);
    const metrics = await readMetrics(url);
    const metric = (name: string) => metrics.get(`yeoul_sound_${name}`) ?? Number.NaN;
    this.#memoryMb.push(rssBytes / BYTES_PER_MB);
    this.#noteDelay(metrics);
    return {
      atMs,
      cpuSeconds,
      waitSeconds,
      engineCpuSeconds: metric('engine_cpu_seconds_total'),
      packets: metric('packets_total'),
      lostFrames: metric('lost_frames_total'),
    };
  }

  #noteDelay(metrics: ReadonlyMap<string, number>): void {
    const delayMs = (quantile: string) => {
      const seconds = metrics.get(`yeoul_sound_delay_seconds{quantile="${quantile}"}`);
      return seconds === undefined ? [] : [seconds * 1_000];
    };
    this.#delaysP50.push(...delayMs('0.5'));
    this.#delaysP99.push(...delayMs('0.99'));
  }
}

/** How long its threads could run and did not (sched-stats, in the kernel's documentation). */
function readWaitSeconds(pid: number): number {
  let nanoseconds = 0;
  for (const thread of readdirSync(`/proc/${pid}/task`)) {
    try {
      const [, waited] = readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ');
      nanoseconds += Number(waited);
    } catch {
      // This thread has ended.
    }
  }
  return nanoseconds / NANOSECONDS_PER_SECOND;
}

/** By name and labels, as they are written. */
async function readMetrics(url: string): Promise<Map<string, number>> {
  const response = await fetch(`${url}/metrics`, { signal: AbortSignal.timeout(5_000) });
  const metrics = new Map<string, number>();
  for (const line of (await response.text()).split('\n')) {
    const [name = '', value] = line.split(' ');
    if (value !== undefined && name !== '#') metrics.set(name, Number(value));
  }
  return metrics;
}
