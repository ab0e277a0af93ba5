// What is set while the server runs, in an SQLite file.

import type { DatabaseSync } from 'node:sqlite';
import { streamSettings } from '#contract/stream-settings.ts';
import type { SettingsStore, StoredStream } from '#core/ports/settings-store.ts';
import { readSettings } from '#core/settings/read-settings.ts';
import type { Clock } from '#std/clock.ts';
import { UnavailableError } from '#std/errors.ts';
import { openDatabase } from './open-database.ts';
import { reachDatabase } from './reach-database.ts';

interface SqliteOptions {
  readonly path: string;
  readonly clock: Clock;
}

/** Throws `UnavailableError` with the code `unusable_database`. */
export function openSqliteSettingsStore(options: SqliteOptions): SettingsStore {
  return new SqliteSettingsStore(openDatabase(options.path), options);
}

/** What a version that knows fewer settings has kept is completed by their defaults. */
const storedSettings = streamSettings.partial().extend({ source: streamSettings.shape.source });

export class SqliteSettingsStore implements SettingsStore {
  readonly #database: DatabaseSync;
  readonly #options: SqliteOptions;

  constructor(database: DatabaseSync, options: SqliteOptions) {
    this.#database = database;
    this.#options = options;
  }

  streams(): StoredStream[] {
    const rows = this.#try('read', () =>
      this.#database.prepare('SELECT id, settings FROM streams ORDER BY rowid').all(),
    );
    return rows.map(({ id, settings }) => this.#readStream(String(id), String(settings)));
  }

  saveStream({ id, settings }: StoredStream): void {
    const now = new Date(this.#options.clock.wallMs()).toISOString();
    this.#try('write', () =>
      this.#database
        .prepare(
          `INSERT INTO streams (id, settings, created_at, updated_at) VALUES (?, ?, ?, ?)
           ON CONFLICT (id) DO UPDATE SET settings = excluded.settings, updated_at = excluded.updated_at`,
        )
        .run(id, JSON.stringify(settings), now, now),
    );
  }

  removeStream(streamId: string): void {
    this.#try('write', () =>
      this.#database.prepare('DELETE FROM streams WHERE id = ?').run(streamId),
    );
  }

  value(key: string): string | undefined {
    const row = this.#try('read', () =>
      this.#database.prepare('SELECT value FROM server WHERE key = ?').get(key),
    );
    return row === undefined ? undefined : String(row['value']);
  }

  saveValues(values: Readonly<Record<string, string>>): void {
    // One statement, so that all of them are written or none.
    this.#try('write', () =>
      this.#database
        .prepare(
          `INSERT INTO server (key, value) SELECT key, value FROM json_each(?) WHERE true
           ON CONFLICT (key) DO UPDATE SET value = excluded.value`,
        )
        .run(JSON.stringify(values)),
    );
  }

  close(): void {
    if (this.#database.isOpen) this.#database.close();
  }

  #readStream(id: string, text: string): StoredStream {
    const result = storedSettings.safeParse(JSON.parse(text));
    if (result.success) return { id, settings: readSettings(result.data).settings };
    const [issue] = result.error.issues;
    throw new UnavailableError(
      `Cannot use stream "${id}" in the database ${JSON.stringify(this.#options.path)}: ${issue?.path.join('.')} ${issue?.message}. Mend or remove its row.`,
      { code: 'unusable_database' },
    );
  }

  #try<Result>(what: 'read' | 'write', action: () => Result): Result {
    return reachDatabase(this.#options.path, what, action);
  }
}
