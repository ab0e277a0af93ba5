// The server and the web UI while one works on them: both start again when a file changes.

import { type ChildProcess, spawn } from 'node:child_process';
import { repositoryRoot, toolCommand } from './run-step.ts';

const commands = [
  [process.execPath, '--watch', 'src/main.ts', ...process.argv.slice(2)],
  toolCommand(
    'vite',
    'build',
    'web',
    '--config',
    'web/vite.config.ts',
    '--watch',
    '--clearScreen=false',
  ),
];

const children = commands.map(([file = '', ...words]) =>
  spawn(file, words, { cwd: repositoryRoot, stdio: 'inherit' }),
);

let isInterrupted = false;

/** Both end together, whoever ends first. */
function endAll(): void {
  // Ctrl-C reaches the children too; a second signal would end the server before it has closed.
  if (isInterrupted) return;
  for (const child of children) if (isRunning(child)) child.kill('SIGTERM');
}

function isRunning({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode === null && signalCode === null;
}

for (const child of children) {
  child.on('exit', (code) => {
    process.exitCode ||= code ?? 0;
    endAll();
  });
  child.on('error', (error) => {
    console.error(error.message);
    process.exitCode = 1;
    endAll();
  });
}
process.on('SIGINT', () => {
  isInterrupted = true;
});
process.on('SIGTERM', endAll);
