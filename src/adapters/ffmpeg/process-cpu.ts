// How much CPU another process has used, where the system says so (Linux: proc(5), /proc/pid/stat).

import { readFileSync } from 'node:fs';

/** Linux shows user space 100 ticks a second on every architecture that Node runs on. */
const TICKS_PER_SECOND = 100;
/** Behind the name in parentheses, which may hold anything: state is field 3, these are 14 and 15. */
const USER_TIME_AT = 11;
const SYSTEM_TIME_AT = 12;

/** In seconds, user and system; undefined on other systems, and once the process is gone. */
export function readCpuSeconds(pid: number): number | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    const ticks = Number(fields[USER_TIME_AT]) + Number(fields[SYSTEM_TIME_AT]);
    return Number.isFinite(ticks) ? ticks / TICKS_PER_SECOND : undefined;
  } catch {
    return undefined;
  }
}
