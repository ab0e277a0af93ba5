// The network inside a lab: loopback here, and a far end behind a link that can be made bad.

import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';

export const NEAR = '10.77.0.1';
export const FAR = '10.77.0.2';
const NEAR_LINK = 'near0';
const FAR_LINK = 'far0';
/** Less than a key frame of 2 Mb/s: what does not fit waits 50 ms or is dropped. */
const RATE_LIMIT = ['burst', '16kb', 'latency', '50ms'];

export function openLoopback(): void {
  run('ip', 'link', 'set', 'lo', 'up');
}

/** Cuts every TCP connection to this port, as a switch that forgets them would. */
export function cutConnectionsTo(port: number): void {
  run('ss', '--kill', '--tcp', 'state', 'established', `dport = :${port}`);
}

export async function openFarEnd(): Promise<FarEnd> {
  // A process that holds the second network; it ends with us.
  const holder = spawn('unshare', ['--net', '--kill-child', 'sh', '-c', 'echo here; cat'], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  await once(holder.stdout, 'data');
  return new FarEnd(holder);
}

class FarEnd {
  readonly #holder: ChildProcess;

  constructor(holder: ChildProcess) {
    this.#holder = holder;
    const pid = String(holder.pid);
    run('ip', 'link', 'add', NEAR_LINK, 'type', 'veth', 'peer', 'name', FAR_LINK, 'netns', pid);
    run('ip', 'address', 'add', `${NEAR}/24`, 'dev', NEAR_LINK);
    run('ip', 'link', 'set', NEAR_LINK, 'up');
    this.#run('ip', 'address', 'add', `${FAR}/24`, 'dev', FAR_LINK);
    this.#run('ip', 'link', 'set', FAR_LINK, 'up');
    this.#run('ip', 'link', 'set', 'lo', 'up');
  }

  /** A Node process there, that tells what it has to tell by messages. */
  fork(file: string, words: readonly string[]): ChildProcess {
    const [enter, ...args] = this.#enter(process.execPath, file, ...words);
    return spawn(enter!, args, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  }

  /** So many percent of the UDP packets that come there from this port are lost. */
  lose(percent: number, port: number): void {
    const chain = '{ type filter hook input priority 0; }';
    this.#run('nft', 'add table inet lab');
    this.#run('nft', `add chain inet lab input ${chain}`);
    const rule = `udp sport ${port} numgen random mod 100 < ${percent} counter drop`;
    this.#run('nft', `add rule inet lab input ${rule}`);
  }

  /** How many have been lost that way. */
  get lost(): number {
    const rules = this.#run('nft', 'list table inet lab');
    return Number(/counter packets (\d+)/.exec(rules)?.[1] ?? 0);
  }

  /** What goes there takes its time; undefined lifts the limit. */
  limitRate(rate: string | undefined): void {
    if (rate === undefined) run('tc', 'qdisc', 'del', 'dev', NEAR_LINK, 'root');
    else run('tc', 'qdisc', 'add', 'dev', NEAR_LINK, 'root', 'tbf', 'rate', rate, ...RATE_LIMIT);
  }

  close(): void {
    this.#holder.kill();
  }

  #run(...words: string[]): string {
    const [enter, ...args] = this.#enter(...words);
    return run(enter!, ...args);
  }

  #enter(...words: string[]): string[] {
    return ['nsenter', '--net', '--target', String(this.#holder.pid), ...words];
  }
}

function run(file: string, ...words: string[]): string {
  return execFileSync(file, words, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
}
