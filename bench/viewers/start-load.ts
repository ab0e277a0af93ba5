// Starts a process of viewers and listens to its reports.

import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { LoadReport } from './load.ts';

const LOAD = fileURLToPath(new URL('./load.ts', import.meta.url));

export interface Load {
  readonly child: ChildProcess;
  latest: LoadReport;
  /** All that were reported since this was emptied. */
  delaysMs: number[];
}

/** `count` viewers on each of the streams. */
export function startLoad(url: string, streams: readonly string[], count: number): Load {
  const child = fork(LOAD, [url, streams.join(','), String(count)], { stdio: 'inherit' });
  const latest = { connected: 0, packets: 0, lost: 0, delaysMs: [] };
  const load: Load = { child, latest, delaysMs: [] };
  child.on('message', (report: LoadReport) => {
    load.latest = report;
    load.delaysMs.push(...report.delaysMs);
  });
  return load;
}
