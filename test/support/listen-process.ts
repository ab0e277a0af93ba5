// `yeoul listen` as people run it: a process of its own, whose lines of JSON are kept.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { ListenEntry } from '../../src/cli/listen-entry.ts';
import { until } from './until.ts';

const MAIN = fileURLToPath(new URL('../../src/main.ts', import.meta.url));

type TimedEntry = ListenEntry & { readonly time: string };
type EntryOf<Type extends ListenEntry['type']> = Extract<TimedEntry, { type: Type }>;

export class ListenProcess {
  readonly entries: TimedEntry[] = [];
  readonly #child: ChildProcess;
  #line = '';
  #complaints = '';

  /** `words` as after `yeoul listen`, without the server. */
  constructor(url: string, ...words: string[]) {
    this.#child = spawn(process.execPath, [MAIN, 'listen', '--server', url, '--json', ...words], {
      env: { ...process.env, UDP_PORT: '0' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child.stdout?.on('data', (text: Buffer) => this.#read(text.toString()));
    this.#child.stderr?.on('data', (text: Buffer) => {
      this.#complaints += text;
    });
  }

  all<Type extends ListenEntry['type']>(type: Type): EntryOf<Type>[] {
    return this.entries.filter((entry) => entry.type === type) as EntryOf<Type>[];
  }

  async has(count: number, type: ListenEntry['type'], withinMs = 30_000): Promise<void> {
    const isThere = () => this.all(type).length >= count || this.#child.exitCode !== null;
    await until(isThere, { what: `${count} × ${type}`, withinMs });
    if (this.all(type).length < count) throw new Error(`yeoul listen ended: ${this.#complaints}`);
  }

  /** Resolves with the exit code. */
  async ended(): Promise<number | null> {
    if (this.#child.exitCode === null) await once(this.#child, 'exit');
    return this.#child.exitCode;
  }

  /** As Ctrl+C does; idempotent. */
  async stop(): Promise<number | null> {
    this.#child.kill('SIGINT');
    return this.ended();
  }

  #read(text: string): void {
    const lines = `${this.#line}${text}`.split('\n');
    this.#line = lines.pop() ?? '';
    for (const line of lines) this.entries.push(JSON.parse(line));
  }
}
