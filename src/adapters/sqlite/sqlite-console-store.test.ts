// The console's store over real files: the contract, and what people do to its tables by hand.

import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { consoleSettings, consoleSettingsDefaults } from '#contract/console.ts';
import { UnavailableError } from '#std/errors.ts';
import { describeConsoleStore } from '../../../test/support/console-store-contract.ts';
import { SilentLog } from '../../../test/support/silent-log.ts';
import { VirtualClock } from '../../../test/support/virtual-clock.ts';
import { migrations } from './migrations.ts';
import { openSqliteStores } from './sqlite-stores.ts';

let folder: string;
let path: string;
let log: SilentLog;

beforeEach(() => {
  log = new SilentLog();
  folder = mkdtempSync(join(tmpdir(), 'yeoul-sqlite-'));
  path = join(folder, 'yeoul.db');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function open() {
  const { settings, console: store } = openSqliteStores({ path, log, clock: new VirtualClock() });
  return { settings, store, close: () => settings.close() };
}

/** As somebody with the sqlite3 shell does, while the server runs. */
function edit(sql: string): void {
  const database = new DatabaseSync(path);
  database.exec(sql);
  database.close();
}

function query(sql: string): unknown[] {
  const database = new DatabaseSync(path);
  const rows = database.prepare(sql).all();
  database.close();
  return rows;
}

describe('a store in a file', () => describeConsoleStore(open));

test('both stores are in one file, and closing one closes it', () => {
  const { settings, store } = open();
  settings.saveValues({ one: '1' });
  store.saveConsoleSettings({ dscp: 34 });
  expect(query('SELECT value, dscp FROM server, audio_config')).toEqual([{ value: '1', dscp: 34 }]);
  settings.close();
  expect(() => store.consoleSettings()).toThrow(UnavailableError);
});

test('the active row has a column for each setting, with the truth in it', () => {
  const { store, close } = open();
  const truth = { ...consoleSettingsDefaults, test_mode: 0, adaptive: 1 };
  const active = 'SELECT * FROM audio_config WHERE active = 1';
  expect(query(active)).toEqual([{ id: 1, active: 1, max_sample_rate: 48_000, ...truth }]);
  store.saveSampleRate(32_000);
  expect(query(active)).toMatchObject([{ sample_rate: 32_000, max_sample_rate: 48_000 }]);
  close();
});

test('channels have a row each, with their place', () => {
  open().close();
  expect(query('SELECT * FROM console_channels WHERE id = 7')).toEqual([
    { id: 7, name: 'CH07', color: null, source: null, mapped: 1, position: 6 },
  ]);
});

test("the protocol's own statement works by hand, at once, and the server goes up from there", () => {
  const { store, close } = open();
  edit('UPDATE audio_config SET sample_rate = 32000 WHERE active = 1');
  expect(store.consoleSettings().sample_rate).toBe(32_000);
  expect(store.maxSampleRate()).toBe(48_000);
  close();
});

test('a rate that was raised by hand is the most that there may be', () => {
  const { store, close } = open();
  store.saveConsoleSettings({ sample_rate: 24_000 });
  edit('UPDATE audio_config SET sample_rate = 44100 WHERE active = 1');
  expect(store.maxSampleRate()).toBe(44_100);
  close();
});

test('another row that is made active counts, and two cannot be', () => {
  const { store, close } = open();
  const columns = consoleSettings.keyof().options.join(', ');
  edit(`INSERT INTO audio_config (active, max_sample_rate, ${columns})
    SELECT 0, 48000, ${columns} FROM audio_config`);
  expect(() => edit('UPDATE audio_config SET active = 1')).toThrow(/UNIQUE/);
  edit(
    'UPDATE audio_config SET active = 0; UPDATE audio_config SET active = 1, dscp = 10 WHERE id = 2',
  );
  expect(store.consoleSettings().dscp).toBe(10);
  close();
  open().close();
  expect(query('SELECT id, active FROM audio_config')).toEqual([
    { id: 1, active: 0 },
    { id: 2, active: 1 },
  ]);
});

test.each([
  'sample_rate = 22050',
  'max_sample_rate = 0',
  "codec = 'mp3'",
  "layout = ''",
  'packet_time_ms = 7',
  'dscp = 64',
  'adaptive = 2',
  'warn_loss_percent = 101',
  'bitrate = NULL',
  "step_up_after_s = 'soon'",
])('the database itself refuses %s', (assignment) => {
  open().close();
  expect(() => edit(`UPDATE audio_config SET ${assignment}`)).toThrow(
    /CHECK|NOT NULL|cannot store/,
  );
});

test('what got into the row all the same is read as the nearest thing, or as usual, and told once', () => {
  const { store, close } = open();
  edit(`PRAGMA ignore_check_constraints = 1;
    UPDATE audio_config SET sample_rate = 30000, packet_time_ms = 12, codec = 'mp3', adaptive = 7,
      device = 'file:/etc/passwd', max_sample_rate = 1, dscp = 34`);
  const expected = {
    ...consoleSettingsDefaults,
    sample_rate: 32_000,
    packet_time_ms: 10,
    dscp: 34,
  };
  expect(store.consoleSettings()).toEqual(expected);
  expect(store.maxSampleRate()).toBe(32_000);
  store.consoleSettings();
  expect(log.lines).toEqual([
    {
      level: 'warn',
      message: 'Console settings in the database make no sense',
      fields: {
        table: 'audio_config',
        faults:
          'device is file:/etc/passwd and is read as auto; sample_rate is 30000 and is read as 32000; codec is mp3 and is read as opus; packet_time_ms is 12 and is read as 10; adaptive is 7 and is read as true',
      },
    },
  ]);
  close();
});

test('a number that is too large for us is read as usual too', () => {
  const { store, close } = open();
  edit('UPDATE audio_config SET bitrate = 9223372036854775807');
  expect(store.consoleSettings()).toEqual(consoleSettingsDefaults);
  expect(store.maxSampleRate()).toBe(48_000);
  expect(log.lines[0]?.fields['faults']).toMatch(/^bitrate is .* and is read as 64000$/);
  close();
});

test('without an active row all is as usual, and the next change makes one', () => {
  const { store, close } = open();
  edit('DELETE FROM audio_config');
  expect(store.consoleSettings()).toEqual(consoleSettingsDefaults);
  expect(store.maxSampleRate()).toBe(48_000);
  expect(log.lines[0]?.fields['faults']).toBe('no row is active');
  store.saveConsoleSettings({ dscp: 10 });
  expect(store.consoleSettings()).toEqual({ ...consoleSettingsDefaults, dscp: 10 });
  close();
});

test('channels that were damaged or deleted by hand are mended one by one', () => {
  const { store, close } = open();
  edit(`PRAGMA ignore_check_constraints = 1;
    DELETE FROM console_channels WHERE id = 3;
    UPDATE console_channels SET name = '', color = 'red' WHERE id = 1;
    UPDATE console_channels SET color = 'mauve', mapped = 5, name = 'Kick' WHERE id = 2;
    INSERT INTO console_channels VALUES (33, 'X', NULL, NULL, 1, 0)`);
  const channels = store.consoleChannels();
  expect(channels).toHaveLength(32);
  const usual = { color: null, source: null, mapped: true };
  expect(channels.find(({ id }) => id === 1)).toEqual({
    ...usual,
    id: 1,
    name: 'CH01',
    color: 'red',
  });
  expect(channels.find(({ id }) => id === 2)).toEqual({ ...usual, id: 2, name: 'Kick' });
  expect(channels.find(({ id }) => id === 3)).toEqual({ ...usual, id: 3, name: 'CH03' });
  expect(log.lines[0]?.fields['faults']).toMatch(/channel 1: name is .*channel 3 has no row/);
  close();
});

test('a database of the version before gets the tables, and keeps what it had', () => {
  const old = new DatabaseSync(path);
  old.exec(`PRAGMA application_id = ${0x59_65_6f_75}; PRAGMA user_version = 1; ${migrations[0]};
    INSERT INTO server VALUES ('one', '1')`);
  old.close();
  const { settings, store, close } = open();
  expect(settings.value('one')).toBe('1');
  expect(store.consoleSettings()).toEqual(consoleSettingsDefaults);
  close();
});

test('channels that the disk does not take are an error, and all of them stay as they were', () => {
  const { store, close } = open();
  const before = store.consoleChannels();
  edit(`CREATE TRIGGER full BEFORE UPDATE ON console_channels WHEN NEW.id = 32
    BEGIN SELECT RAISE(ABORT, 'full'); END`);
  const renamed = before.map((channel) => ({ ...channel, name: 'X' }));
  expect(() => store.saveConsoleChannels(renamed)).toThrow(UnavailableError);
  expect(store.consoleChannels()).toEqual(before);
  close();
});

test('a file that cannot be filled is closed again', () => {
  open().close();
  edit(
    "DELETE FROM audio_config; CREATE TRIGGER full BEFORE INSERT ON audio_config BEGIN SELECT RAISE(ABORT, 'full'); END",
  );
  expect(open).toThrow(/Cannot write the database/);
  // SQLite removes it when the last one closes.
  expect(existsSync(`${path}-wal`)).toBe(false);
  edit('DROP TRIGGER full');
  open().close();
});
