// Which processors a process may use (taskset(1)), and processes that use up the server's.

import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';

/** As taskset writes it: `0`, `1-3`. */
export type CpuSet = string;

export const SERVER_CPUS: CpuSet = '0';

/** Clients of a server that is short of processor must not be short of it too. */
export function otherCpus(): CpuSet {
  const last = availableParallelism() - 1;
  if (last === 0) throw new Error('--fault cpu needs two processors');
  return `1-${last}`;
}

/** With all its threads, and those that they start. */
export function pin(pid: number, cpus: CpuSet): void {
  execFileSync('taskset', ['--all-tasks', '--cpu-list', '--pid', cpus, String(pid)], {
    stdio: 'ignore',
  });
}

/** Together they leave nothing, even where they may not have a higher priority than the server. */
const BUSY_PROCESSES = 6;
const TURN_MS = 100;
/** All are busy at the same time, and end with this process, whatever becomes of it. */
const BUSY = `
  const [busyMs] = process.argv.slice(1).map(Number);
  const parent = process.ppid;
  try { require('node:os').setPriority(-20); } catch {}
  const turn = () => {
    while (Date.now() % ${TURN_MS} < busyMs);
    if (process.ppid === parent) setTimeout(turn, ${TURN_MS} - (Date.now() % ${TURN_MS}));
  };
  turn();
`;

/** Processes that use up so much of some processors' time. */
export class BusyProcesses {
  readonly #children: readonly ChildProcess[];

  constructor({ cpus, percent }: { readonly cpus: CpuSet; readonly percent: number }) {
    const busyMs = String((percent * TURN_MS) / 100);
    const words = ['--cpu-list', cpus, process.execPath, '-e', BUSY, busyMs];
    this.#children = Array.from({ length: BUSY_PROCESSES }, () =>
      spawn('taskset', words, { stdio: 'ignore' }),
    );
  }

  close(): void {
    for (const child of this.#children) child.kill('SIGKILL');
  }
}
