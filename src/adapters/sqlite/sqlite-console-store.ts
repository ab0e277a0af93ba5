// The console's settings and channels, in tables that people can read and write by hand too (PRODUCT 2.5).

import type { DatabaseSync, SQLInputValue, SQLOutputValue } from 'node:sqlite';
import {
  type ConsoleChannel,
  type ConsoleSettings,
  consoleSettings,
  consoleSettingsDefaults,
} from '#contract/console.ts';
import type { SampleRate } from '#contract/sound.ts';
import { createDefaultChannels } from '#core/console/default-channels.ts';
import type { ConsoleStore } from '#core/ports/console-store.ts';
import type { Log } from '#core/ports/log.ts';
import { type Row, readChannelRows, readMaxRate, readSettingsRow } from './console-rows.ts';
import { reachDatabase } from './reach-database.ts';

interface ConsoleStoreOptions {
  readonly path: string;
  readonly log: Log;
}

/** The columns have the names of the settings. */
const SETTINGS = consoleSettings.keyof().options;

const ADD_ACTIVE_ROW = `
  INSERT INTO audio_config (active, max_sample_rate, ${SETTINGS.join(', ')})
  SELECT 1, :sample_rate, ${SETTINGS.map((column) => `:${column}`).join(', ')}
  WHERE NOT EXISTS (SELECT 1 FROM audio_config WHERE active = 1)`;
// One statement for all channels, so that all of them are written or none.
const ADD_CHANNELS = `
  INSERT INTO console_channels (id, name, color, source, mapped, position)
  SELECT value ->> 'id', value ->> 'name', value ->> 'color', value ->> 'source',
    value ->> 'mapped', key
  FROM json_each(?) WHERE true
  ON CONFLICT (id) DO`;
const REPLACE = `UPDATE SET name = excluded.name, color = excluded.color, source = excluded.source,
  mapped = excluded.mapped, position = excluded.position`;

export class SqliteConsoleStore implements ConsoleStore {
  readonly #database: DatabaseSync;
  readonly #options: ConsoleStoreOptions;
  /** What was said last about each table: each reading would say it again. */
  readonly #said = new Map<string, string>();

  /** Adds the rows that are missing, so that whoever looks finds what counts. */
  constructor(database: DatabaseSync, options: ConsoleStoreOptions) {
    this.#database = database;
    this.#options = options;
    this.#addActiveRow();
    this.#try('write', () =>
      database.prepare(`${ADD_CHANNELS} NOTHING`).run(JSON.stringify(createDefaultChannels())),
    );
  }

  consoleSettings(): ConsoleSettings {
    const { value, faults } = readSettingsRow(this.#activeRow());
    this.#report('audio_config', faults);
    return value;
  }

  saveConsoleSettings(changes: Partial<ConsoleSettings>): void {
    const columns: Record<string, SQLInputValue> = {};
    for (const column of SETTINGS) {
      const value = changes[column];
      if (value !== undefined) columns[column] = toColumn(value);
    }
    const { sample_rate: rate } = changes;
    this.#update(rate === undefined ? columns : { ...columns, max_sample_rate: rate });
  }

  maxSampleRate(): SampleRate {
    return readMaxRate(this.#activeRow());
  }

  saveSampleRate(rate: SampleRate): void {
    this.#update({ sample_rate: rate });
  }

  consoleChannels(): ConsoleChannel[] {
    const rows = this.#try('read', () =>
      this.#database
        .prepare(
          'SELECT id, name, color, source, mapped FROM console_channels ORDER BY position, id',
        )
        .all(),
    );
    const { value, faults } = readChannelRows(rows);
    this.#report('console_channels', faults);
    return value;
  }

  saveConsoleChannels(channels: readonly ConsoleChannel[]): void {
    const text = JSON.stringify(channels);
    this.#try('write', () => this.#database.prepare(`${ADD_CHANNELS} ${REPLACE}`).run(text));
  }

  /** None if somebody has deleted it. */
  #activeRow(): Row | undefined {
    const row = this.#try('read', () => {
      const statement = this.#database.prepare('SELECT * FROM audio_config WHERE active = 1');
      // Else a number beyond 2⁵³ that somebody has written could not be read at all.
      statement.setReadBigInts(true);
      return statement.get();
    });
    return (
      row && Object.fromEntries(Object.entries(row).map(([key, value]) => [key, toNumber(value)]))
    );
  }

  #addActiveRow(): void {
    const entries = SETTINGS.map((column) => [column, toColumn(consoleSettingsDefaults[column])]);
    this.#try('write', () =>
      this.#database.prepare(ADD_ACTIVE_ROW).run(Object.fromEntries(entries)),
    );
  }

  #update(columns: Readonly<Record<string, SQLInputValue>>): void {
    const names = Object.keys(columns);
    if (names.length === 0) return;
    const assignments = names.map((name) => `${name} = :${name}`).join(', ');
    const sql = `UPDATE audio_config SET ${assignments} WHERE active = 1`;
    const run = () => this.#try('write', () => this.#database.prepare(sql).run(columns));
    if (run().changes === 1) return;
    this.#addActiveRow();
    run();
  }

  #report(table: string, faults: readonly string[]): void {
    const text = faults.join('; ');
    if (text === (this.#said.get(table) ?? '')) return;
    this.#said.set(table, text);
    if (text === '') return;
    this.#options.log.warn('Console settings in the database make no sense', {
      table,
      faults: text,
    });
  }

  #try<Result>(what: 'read' | 'write', action: () => Result): Result {
    return reachDatabase(this.#options.path, what, action);
  }
}

function toNumber(value: SQLOutputValue): SQLOutputValue {
  return typeof value === 'bigint' ? Number(value) : value;
}

function toColumn(value: string | number | boolean): string | number {
  return typeof value === 'boolean' ? Number(value) : value;
}
