// A console's USB card that is pulled out, taken by others, set to fewer channels or late, as a test says.

import { chmodSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const PROGRAM = fileURLToPath(new URL('./scripted-arecord.ts', import.meta.url));

export interface CardState {
  readonly is: 'missing' | 'busy' | 'there';
  readonly channels: number;
  /** How often it has been late so far. */
  readonly overruns: number;
}

export class ScriptedCard {
  /** For `console.arecord`. */
  readonly arecord: string;
  readonly #folder = mkdtempSync(join(tmpdir(), 'scripted-card-'));
  readonly #stateFile = join(this.#folder, 'state.json');
  #state: CardState = { is: 'missing', channels: 32, overruns: 0 };

  constructor() {
    this.arecord = join(this.#folder, 'arecord');
    const command = `exec "${process.execPath}" "${PROGRAM}" "${this.#stateFile}" "$@"`;
    writeFileSync(this.arecord, `#!/bin/sh\n${command}\n`);
    chmodSync(this.arecord, 0o755);
    this.set({});
  }

  set(state: Partial<CardState>): void {
    this.#state = { ...this.#state, ...state };
    // At once: it is read at any moment.
    writeFileSync(`${this.#stateFile}.new`, JSON.stringify(this.#state));
    renameSync(`${this.#stateFile}.new`, this.#stateFile);
  }

  overrun(): void {
    this.set({ overruns: this.#state.overruns + 1 });
  }

  dispose(): void {
    rmSync(this.#folder, { recursive: true });
  }
}
