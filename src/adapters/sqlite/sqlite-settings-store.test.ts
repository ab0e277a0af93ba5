// The store over real files: the contract, and files that cannot be used.

import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { streamSettingsDefaults } from '#contract/stream-settings.ts';
import { UnavailableError } from '#std/errors.ts';
import { describeSettingsStore } from '../../../test/support/settings-store-contract.ts';
import { VirtualClock } from '../../../test/support/virtual-clock.ts';
import { migrations } from './migrations.ts';
import { openSqliteSettingsStore } from './sqlite-settings-store.ts';

const gate = { ...streamSettingsDefaults, source: 'test:' };
let folder: string;
let path: string;
let clock: VirtualClock;

beforeEach(() => {
  clock = new VirtualClock();
  folder = mkdtempSync(join(tmpdir(), 'yeoul-sqlite-'));
  path = join(folder, 'data', 'yeoul.db');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const open = () => openSqliteSettingsStore({ path, clock });

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

describe('a store in a file', () => describeSettingsStore(open));

test('the folder is made, and only the owner can read the file', () => {
  open().close();
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(statSync(join(folder, 'data')).mode & 0o777).toBe(0o700);
});

test('a file that others can read is closed to them, with what SQLite keeps beside it', () => {
  open().close();
  chmodSync(path, 0o644);
  const store = open();
  store.saveStream({ id: 'gate', settings: gate });
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(statSync(`${path}-wal`).mode & 0o777).toBe(0o600);
  store.close();
  expect(existsSync(`${path}-wal`)).toBe(false);
});

test('it is known when a stream was made and when it was changed', () => {
  const store = open();
  store.saveStream({ id: 'gate', settings: gate });
  clock.advance(1_000);
  store.saveStream({ id: 'gate', settings: gate });
  store.close();
  expect(query('SELECT created_at, updated_at FROM streams')).toEqual([
    { created_at: '2026-01-01T00:00:00.000Z', updated_at: '2026-01-01T00:00:01.000Z' },
  ]);
});

test('settings that an older version did not know get their defaults', () => {
  open().close();
  edit(`INSERT INTO streams VALUES ('gate', '{"source": "test:"}', '', '')`);
  const store = open();
  expect(store.streams()).toEqual([{ id: 'gate', settings: gate }]);
  store.close();
});

test('the version of the file is the number of steps', () => {
  open().close();
  expect(query('PRAGMA user_version')).toEqual([{ user_version: migrations.length }]);
  open().close();
  expect(query('PRAGMA user_version')).toEqual([{ user_version: migrations.length }]);
});

function refusal(): string {
  try {
    open().close();
  } catch (error) {
    expect(error).toBeInstanceOf(UnavailableError);
    expect(error).toHaveProperty('code', 'unusable_database');
    return error instanceof Error ? error.message : '';
  }
  return 'none';
}

test('text that is no database is refused with path and remedy, and left as it is', () => {
  mkdirSync(join(folder, 'data'));
  const text = 'not a database '.repeat(100);
  writeFileSync(path, text);
  expect(refusal()).toBe(
    `Cannot use the database ${JSON.stringify(path)}: file is not a database. Move the file away, or put a copy of it back, or name another file with data.path.`,
  );
  expect(readFileSync(path, 'utf8')).toBe(text);
});

test('a file of a newer version is refused', () => {
  open().close();
  edit('PRAGMA user_version = 1000');
  expect(refusal()).toMatch(/made by a newer version of Yeoul\. Start that version, or name/);
});

test('a database of another program is refused and left as it is', () => {
  mkdirSync(join(folder, 'data'));
  edit('CREATE TABLE notes (text TEXT)');
  expect(refusal()).toMatch(/the database of another program/);
  expect(query('PRAGMA application_id')).toEqual([{ application_id: 0 }]);
});

test('a damaged file is refused', () => {
  const store = open();
  for (let index = 0; index < 200; index++) store.saveStream({ id: `s${index}`, settings: gate });
  store.close();
  const bytes = readFileSync(path);
  bytes.fill(0xff, 4_096 * 3, 4_096 * 5);
  writeFileSync(path, bytes);
  expect(refusal()).toMatch(/: (it is damaged|database disk image is malformed)\./);
});

test('a folder in the place of the file is refused', () => {
  mkdirSync(path, { recursive: true });
  expect(refusal()).toMatch(/: EISDIR\./);
});

test('a folder that is a file is refused', () => {
  writeFileSync(join(folder, 'data'), '');
  expect(refusal()).toMatch(/: (EEXIST|ENOTDIR)\./);
});

test('a stream that makes no sense is named, without its password', () => {
  open().close();
  edit(
    `INSERT INTO streams VALUES ('gate', '{"source": "http://a:hunter2@b/", "password": "hunter2"}', '', '')`,
  );
  const store = open();
  const read = () => store.streams();
  expect(read).toThrow(/^Cannot use stream "gate" in the database .*: source must be an address/);
  expect(read).not.toThrow(/hunter2/);
  store.close();
});

test('a change that the disk does not take is an error with the path, and changes nothing', () => {
  const store = open();
  edit("CREATE TRIGGER full BEFORE INSERT ON streams BEGIN SELECT RAISE(ABORT, 'full'); END");
  const save = () => store.saveStream({ id: 'gate', settings: gate });
  expect(save).toThrow(UnavailableError);
  expect(save).toThrow(`Cannot write the database ${JSON.stringify(path)}: constraint failed.`);
  expect(store.streams()).toEqual([]);
  store.close();
});

test('while another process writes, a change waits for it and then fails', () => {
  const store = open();
  const other = new DatabaseSync(path);
  other.exec('BEGIN IMMEDIATE');
  expect(() => store.removeStream('gate')).toThrow(/database is locked/);
  other.exec('COMMIT');
  expect(() => store.removeStream('gate')).not.toThrow();
  other.close();
  store.close();
});
