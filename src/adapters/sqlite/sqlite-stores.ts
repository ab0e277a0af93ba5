// Both stores in one file: what is set about streams and the server, and about the console.

import type { ConsoleStore } from '#core/ports/console-store.ts';
import type { Log } from '#core/ports/log.ts';
import type { SettingsStore } from '#core/ports/settings-store.ts';
import type { Clock } from '#std/clock.ts';
import { openDatabase } from './open-database.ts';
import { SqliteConsoleStore } from './sqlite-console-store.ts';
import { SqliteSettingsStore } from './sqlite-settings-store.ts';

interface StoresOptions {
  readonly path: string;
  readonly clock: Clock;
  readonly log: Log;
}

interface Stores {
  /** Closing it closes the file, and so the other one. */
  readonly settings: SettingsStore;
  readonly console: ConsoleStore;
}

/** Throws `UnavailableError`: with the code `unusable_database` unless the file is merely locked. */
export function openSqliteStores(options: StoresOptions): Stores {
  const database = openDatabase(options.path);
  const settings = new SqliteSettingsStore(database, options);
  try {
    return { settings, console: new SqliteConsoleStore(database, options) };
  } catch (error) {
    settings.close();
    throw error;
  }
}
