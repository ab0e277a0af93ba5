// `yeoul listen` with any flags and environment, wrong ones too: a process of its own, and all it says.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { ListenEntry } from '../../src/cli/listen-entry.ts';
import { until } from './until.ts';

const MAIN = fileURLToPath(new URL('../../src/main.ts', import.meta.url));

type TimedEntry = ListenEntry & { readonly time: string };
type EntryOf<Type extends ListenEntry['type']> = Extract<TimedEntry, { type: Type }>;

interface ListenCommandOptions {
  readonly flags?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

export class ListenCommand {
  readonly #child: ChildProcess;
  output = '';
  errors = '';
  #code: number | null | undefined;

  constructor({ flags = [], env = {} }: ListenCommandOptions) {
    this.#child = spawn(process.execPath, [MAIN, 'listen', ...flags], {
      env: { ...process.env, UDP_PORT: '0', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child.stdout?.on('data', (chunk) => {
      this.output += String(chunk);
    });
    this.#child.stderr?.on('data', (chunk) => {
      this.errors += String(chunk);
    });
    this.#child.on('close', (code) => {
      this.#code = code;
    });
  }

  /** With `--json`. */
  all<Type extends ListenEntry['type']>(type: Type): EntryOf<Type>[] {
    const lines = this.output.split('\n').slice(0, -1);
    const entries: TimedEntry[] = lines.map((line) => JSON.parse(line));
    return entries.filter((entry) => entry.type === type) as EntryOf<Type>[];
  }

  /** The `count`th of its type, once it is there. */
  async get<Type extends ListenEntry['type']>(type: Type, count = 1): Promise<EntryOf<Type>> {
    const isThere = () => this.all(type).length >= count || this.#code !== undefined;
    await until(isThere, { what: `${type} number ${count}`, withinMs: 25_000 });
    const entry = this.all(type)[count - 1];
    if (!entry) throw new Error(`it ended without: ${this.output}${this.errors}`);
    return entry;
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** Resolves with the exit code. */
  async end(): Promise<number | null> {
    if (this.#code === undefined) await once(this.#child, 'close');
    return this.#code ?? null;
  }

  async dispose(): Promise<void> {
    this.signal('SIGKILL');
    await this.end();
  }
}
