// What the server's commands do: run until a signal, or make a new admin secret.

import { openSqliteSettingsStore } from '../adapters/sqlite/sqlite-settings-store.ts';
import { resetAdminSecret } from './admin-access.ts';
import { loadConfig } from './config/load-config.ts';
import { openLog } from './logging/open-log.ts';
import { Shutdown } from './shutdown.ts';
import { describeStartError } from './start-error.ts';
import { systemClock as clock } from './system-clock.ts';
import { version } from './version.ts';
import { startYeoul } from './yeoul.ts';

interface ServerCommand {
  readonly type: 'run' | 'reset-admin-secret';
  readonly configPath: string | undefined;
}

export async function run({ type, configPath }: ServerCommand): Promise<void> {
  if (type === 'run') await runServer(configPath);
  else makeAdminSecret(configPath);
}

async function runServer(configPath: string | undefined): Promise<void> {
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
