// How many datagrams the system dropped because a socket's buffer was full (proc_net_udp(5)).

import { readFileSync } from 'node:fs';

const LOCAL_ADDRESS = 1;
const DROPS = 12;
const HEXADECIMAL = 16;

export function countDroppedDatagrams(ports: readonly number[]): number {
  const wanted = new Set(ports);
  let dropped = 0;
  for (const line of ['/proc/net/udp', '/proc/net/udp6'].flatMap(readLines)) {
    const fields = line.trim().split(/\s+/);
    const port = Number.parseInt(fields[LOCAL_ADDRESS]?.split(':').at(-1) ?? '', HEXADECIMAL);
    if (wanted.has(port)) dropped += Number(fields[DROPS] ?? 0);
  }
  return dropped;
}

/** Without IPv6 there is no such file. */
function readLines(path: string): string[] {
  try {
    return readFileSync(path, 'utf8').split('\n').slice(1);
  } catch {
    return [];
  }
}
