// One step of a script: a child process with its output, result and duration.

import { type SpawnOptions, spawn } from 'node:child_process';
import { join } from 'node:path';

export const repositoryRoot: string = join(import.meta.dirname, '..');

/** A tool's JavaScript entry, run by this same Node: the machine's own Node may be too old. */
const TOOLS = {
  biome: '@biomejs/biome/bin/biome',
  tsc: 'typescript/bin/tsc',
  vite: 'vite/bin/vite.js',
  vitest: 'vitest/vitest.mjs',
} as const;

interface StepResult {
  readonly ok: boolean;
  /** Empty if the step wrote straight to the terminal. */
  readonly output: string;
  readonly durationMs: number;
}

export function toolCommand(tool: keyof typeof TOOLS, ...words: string[]): string[] {
  return [process.execPath, join(repositoryRoot, 'node_modules', TOOLS[tool]), ...words];
}

/** `show`: the step writes to the terminal as it goes; otherwise its output is kept. */
export function runStep(
  [file = '', ...words]: readonly string[],
  { show = false, env = process.env } = {},
): Promise<StepResult> {
  const startedAt = performance.now();
  const options: SpawnOptions = { cwd: repositoryRoot, env, stdio: show ? 'inherit' : 'pipe' };
  const child = spawn(file, words, options);
  let output = '';
  const keep = (chunk: unknown) => {
    output += String(chunk);
  };
  child.stdout?.on('data', keep);
  child.stderr?.on('data', keep);
  return new Promise((resolve) => {
    const end = (ok: boolean) => resolve({ ok, output, durationMs: performance.now() - startedAt });
    child.on('error', (error) => {
      keep(`${error.message}\n`);
      end(false);
    });
    child.on('close', (code) => end(code === 0));
  });
}

/** `✓ types  1.2 s` */
export function formatResult(name: string, { ok, durationMs }: StepResult): string {
  return `${ok ? '✓' : '✗'} ${name}  ${(durationMs / 1_000).toFixed(1)} s`;
}
