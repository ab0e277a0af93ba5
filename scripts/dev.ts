// The server and the web UI while one works on them: the server starts again when a file under src
// changes, and the web UI is built again when one of its files does.

import { type ChildProcess, spawn } from 'node:child_process';
import { watch } from 'node:fs';
import { join } from 'node:path';
import { repositoryRoot, toolCommand } from './run-step.ts';

/** Editors write a file in several steps. */
const SETTLE_MS = 100;

const serverCommand = [process.execPath, 'src/main.ts', ...process.argv.slice(2)];
const webCommand = toolCommand(
  'vite',
  'build',
  'web',
  '--config',
  'web/vite.config.ts',
  '--watch',
  '--clearScreen=false',
);

let ending = false;
let timer: NodeJS.Timeout | undefined;
let server = run(serverCommand);
const web = run(webCommand);
web.on('exit', endAll);

// A folder is watched, not its files: many editors replace a file instead of writing it.
watch(join(repositoryRoot, 'src'), { recursive: true }, (_event, name) => {
  if (!name?.endsWith('.ts') || name.endsWith('.test.ts')) return;
  clearTimeout(timer);
  timer = setTimeout(restart, SETTLE_MS);
});
process.on('SIGINT', () => {
  // Ctrl-C reaches the children too; a second signal would end the server before it has closed.
  ending = true;
  whenBothEnded();
});
process.on('SIGTERM', endAll);

function run([file = '', ...words]: readonly string[]): ChildProcess {
  return spawn(file, words, { cwd: repositoryRoot, stdio: 'inherit' });
}

function restart(): void {
  if (ending) return;
  const start = () => {
    server = run(serverCommand);
  };
  if (!isRunning(server)) start();
  else {
    server.once('exit', () => ending || start());
    server.kill('SIGTERM');
  }
}

function endAll(): void {
  ending = true;
  for (const child of [server, web]) if (isRunning(child)) child.kill('SIGTERM');
  whenBothEnded();
}

function whenBothEnded(): void {
  for (const child of [server, web]) child.once('exit', whenBothEnded);
  if (![server, web].some(isRunning)) process.exit(0);
}

function isRunning({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode === null && signalCode === null;
}
