#!/usr/bin/env node
// The server's start: arguments, configuration, log, server; then it runs until a signal.

import { helpText, parseArguments } from './app/arguments.ts';
import { loadConfig } from './app/config/load-config.ts';
import { openLog } from './app/logging/open-log.ts';
import { Shutdown } from './app/shutdown.ts';
import { describeStartError } from './app/start-error.ts';
import { systemClock as clock } from './app/system-clock.ts';
import { version } from './app/version.ts';
import { startYeoul } from './app/yeoul.ts';

async function run(configPath: string | undefined): Promise<void> {
  const { config, path, warnings } = loadConfig(configPath, process.env);
  const { log, tell, close } = openLog({ ...config, clock, console: process.stdout });
  const shutdown = new Shutdown({ clock, log, process });
  shutdown.add('log', close);
  log.info('Starting Yeoul', { version, config: path ?? 'defaults' });
  for (const warning of warnings) log.warn(warning);
  try {
    const show = (message: string) => process.stdout.write(`${message}\n`);
    const yeoul = await startYeoul({ config, log, clock, show });
    shutdown.add('server', () => yeoul.close());
    for (const address of yeoul.addresses) tell(`Open ${address}`);
  } catch (error) {
    log.error(describeStartError(error));
    await close();
    if (config.logging.output === 'file') throw error;
    process.exit(1);
  }
}

try {
  const command = parseArguments(process.argv.slice(2));
  if (command.type === 'run') await run(command.configPath);
  else process.stdout.write(command.type === 'help' ? helpText : `${version}\n`);
} catch (error) {
  process.stderr.write(`${describeStartError(error)}\n`);
  process.exit(1);
}
