// The machine that all of it ran on: figures without it say nothing.

import { arch, cpus, release, totalmem } from 'node:os';

export function describeMachine(): string {
  const [first] = cpus();
  const memoryGb = (totalmem() / 1e9).toFixed(0);
  return `${cpus().length} × ${first?.model ?? arch()}, ${memoryGb} GB, Linux ${release()}, Node ${process.version}`;
}
