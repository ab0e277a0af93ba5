// The server and the web UI while one works on them: the server starts again when a file under src
// changes, and the web UI is built again when one of its files does.

import { type ChildProcess, spawn } from 'node:child_process';
import { type FSWatcher, readdirSync, watch } from 'node:fs';
import { join } from 'node:path';
import { repositoryRoot, toolCommand } from './run-step.ts';

/** Editors write a file in several steps. */
const SETTLE_MS = 100;

const serverCommand = [process.execPath, 'src/main.ts', ...process.argv.slice(2)];
/** Neither empties the folder that both build into. */
const webCommand = (config: string) =>
  toolCommand(
    'vite',
    'build',
    'web',
    '--config',
    config,
    '--watch',
    '--clearScreen=false',
    '--emptyOutDir=false',
  );

const watchers: FSWatcher[] = [];
let ending = false;
let timer: NodeJS.Timeout | undefined;
let server = run(serverCommand);
const builders = ['web/vite.config.ts', 'web/vite.element.config.ts'].map((config) =>
  run(webCommand(config)),
);
for (const builder of builders) builder.on('exit', endAll);

watchFolders();
process.on('SIGINT', () => {
  // Ctrl-C reaches the children too; a second signal would end the server before it has closed.
  ending = true;
  whenAllEnded();
});
process.on('SIGTERM', endAll);

/** Folders are watched, not their files: many editors replace a file instead of writing it. */
function watchFolders(): void {
  for (const watcher of watchers.splice(0)) watcher.close();
  const root = join(repositoryRoot, 'src');
  const folders = readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ parentPath, name }) => join(parentPath, name));
  for (const folder of [root, ...folders]) watchers.push(watch(folder, handleChange));
}

function handleChange(_event: string, name: string | null): void {
  if (name?.endsWith('.test.ts')) return;
  clearTimeout(timer);
  timer = setTimeout(restart, SETTLE_MS);
}

function run([file = '', ...words]: readonly string[]): ChildProcess {
  return spawn(file, words, { cwd: repositoryRoot, stdio: 'inherit' });
}

function restart(): void {
  if (ending) return;
  // A folder may have come.
  watchFolders();
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
  for (const child of [server, ...builders]) if (isRunning(child)) child.kill('SIGTERM');
  whenAllEnded();
}

function whenAllEnded(): void {
  const running = [server, ...builders].filter(isRunning);
  if (running.length === 0) process.exit(0);
  // One after the other: each asks for the next.
  running[0]?.once('exit', whenAllEnded);
}

function isRunning({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode === null && signalCode === null;
}
