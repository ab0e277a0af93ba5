// The database file: found or made, readable by its owner only, checked, and brought to the newest
// version.

import { chmodSync, closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { UnavailableError } from '#std/errors.ts';
import { migrations } from './migrations.ts';

/** The cameras' passwords are in it. */
const FILE_MODE = 0o600;
const FOLDER_MODE = 0o700;
/** Another process that has the file open, to make a new admin secret, writes for some ms. */
const BUSY_TIMEOUT_MS = 1_000;
/** "Yeou", so that nobody's other database is taken for ours. */
const APPLICATION_ID = 0x59_65_6f_75;

/** Throws `UnavailableError` with the code `unusable_database`: path, reason and remedy. */
export function openDatabase(path: string): DatabaseSync {
  let database: DatabaseSync | undefined;
  try {
    makeFile(path);
    database = new DatabaseSync(path, { timeout: BUSY_TIMEOUT_MS });
    prepare(database, path);
    return database;
  } catch (error) {
    database?.close();
    if (error instanceof UnavailableError) throw error;
    throw unusable(path, reasonOf(error), { cause: error });
  }
}

function makeFile(path: string): void {
  mkdirSync(dirname(path), { recursive: true, mode: FOLDER_MODE });
  closeSync(openSync(path, 'a', FILE_MODE));
  chmodSync(path, FILE_MODE);
}

function prepare(database: DatabaseSync, path: string): void {
  if (readNumber(database, 'application_id') !== APPLICATION_ID) claim(database, path);
  const [finding] = Object.values(database.prepare('PRAGMA quick_check(1)').get() ?? {});
  if (finding !== 'ok') throw unusable(path, 'it is damaged');
  const version = readNumber(database, 'user_version');
  if (version > migrations.length) {
    throw unusable(path, 'it was made by a newer version of Yeoul', {
      remedy: 'Start that version',
    });
  }
  // Changes are few and made by people: each one is on the disk before it is answered.
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL');
  migrate(database, version);
}

/** An empty file becomes ours, anything else is somebody's. */
function claim(database: DatabaseSync, path: string): void {
  const [tables] = Object.values(
    database.prepare('SELECT count(*) FROM sqlite_schema').get() ?? {},
  );
  if (tables !== 0) throw unusable(path, 'it is the database of another program');
  database.exec(`PRAGMA application_id = ${APPLICATION_ID}`);
}

function migrate(database: DatabaseSync, from: number): void {
  for (const [index, step] of migrations.entries()) {
    if (index < from) continue;
    database.exec(`BEGIN IMMEDIATE; ${step}; PRAGMA user_version = ${index + 1}; COMMIT`);
  }
}

function readNumber(database: DatabaseSync, pragma: string): number {
  return Number(database.prepare(`PRAGMA ${pragma}`).get()?.[pragma]);
}

function unusable(
  path: string,
  reason: string,
  {
    remedy = 'Move the file away, or put a copy of it back',
    cause,
  }: { remedy?: string; cause?: unknown } = {},
): UnavailableError {
  const message = `Cannot use the database ${JSON.stringify(path)}: ${reason}. ${remedy}, or name another file with data.path.`;
  return new UnavailableError(message, { code: 'unusable_database', cause });
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if ('errstr' in error) return String(error.errstr);
  return 'code' in error ? String(error.code) : error.message;
}
