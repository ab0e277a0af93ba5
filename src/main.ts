#!/usr/bin/env node
// The server's start: arguments, configuration, log, server; then it runs until a signal.

import { openSqliteSettingsStore } from './adapters/sqlite/sqlite-settings-store.ts';
import { resetAdminSecret } from './app/admin-access.ts';
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

function makeAdminSecret(configPath: string | undefined): void {
  const { config } = loadConfig(configPath, process.env);
  const store = openSqliteSettingsStore({ path: config.data.path, clock });
  try {
    resetAdminSecret({ config: config.access, store, show });
  } finally {
    store.close();
  }
}

/** To the console alone: it may be a secret. */
function show(message: string): void {
  process.stdout.write(`${message}\n`);
}

try {
  const command = parseArguments(process.argv.slice(2));
  if (command.type === 'run') await run(command.configPath);
  else if (command.type === 'reset-admin-secret') makeAdminSecret(command.configPath);
  else process.stdout.write(command.type === 'help' ? helpText : `${version}\n`);
} catch (error) {
  process.stderr.write(`${describeStartError(error)}\n`);
  process.exit(1);
}
