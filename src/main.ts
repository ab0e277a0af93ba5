#!/usr/bin/env node
// The program's start: what it is asked for. Each command loads only what it needs.

import { helpText, parseArguments } from './app/arguments.ts';
import { didYouMean } from './app/nearest.ts';
import { describeStartError } from './app/start-error.ts';
import { systemClock as clock } from './app/system-clock.ts';
import { version } from './app/version.ts';

async function start(): Promise<void> {
  const command = parseArguments(process.argv.slice(2));
  if (command.type === 'version') process.stdout.write(`${version}\n`);
  else if (command.type === 'help') process.stdout.write(helpText);
  else if (command.type === 'listen') {
    const { run } = await import('./cli/listen.ts');
    process.exitCode = await run({ words: command.words, clock, didYouMean });
  } else {
    const { run } = await import('./app/run.ts');
    await run(command);
  }
}

try {
  await start();
} catch (error) {
  process.stderr.write(`${describeStartError(error)}\n`);
  process.exit(1);
}
