// What a process has used, as Linux counts it (proc(5)).

import { readdirSync, readFileSync } from 'node:fs';

/** USER_HZ: 100 on every Linux that Node runs on. */
const TICKS_PER_SECOND = 100;
const UTIME_FIELD = 13;

export interface ProcessFigures {
  /** User and system time of all threads. */
  readonly cpuSeconds: number;
  readonly rssBytes: number;
  readonly threads: number;
  readonly openFiles: number;
}

export function readProcess(pid: number): ProcessFigures {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // The command's name may hold spaces and brackets: fields are counted from the last bracket.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const field = (number: number) => Number(fields[number - 2]);
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return {
    cpuSeconds: (field(UTIME_FIELD) + field(UTIME_FIELD + 1)) / TICKS_PER_SECOND,
    rssBytes: statusNumber(status, 'VmRSS') * 1024,
    threads: statusNumber(status, 'Threads'),
    openFiles: readdirSync(`/proc/${pid}/fd`).length,
  };
}

function statusNumber(status: string, key: string): number {
  return Number(new RegExp(`^${key}:\\s+(\\d+)`, 'm').exec(status)?.[1] ?? Number.NaN);
}
