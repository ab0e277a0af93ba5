// Tests of the server's log as a whole.

import { EventEmitter } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { VirtualClock } from '../../../test/support/virtual-clock.ts';
import type { LoggingConfig } from '../config/config.ts';
import { openLog } from './open-log.ts';

class FakeConsole extends EventEmitter {
  text = '';

  write(text: string): void {
    this.text += text;
  }

  records(): Record<string, unknown>[] {
    return parseLines(this.text);
  }
}

function parseLines(text: string): Record<string, unknown>[] {
  const lines = text.split('\n').filter((line) => line !== '');
  return lines.map((line) => JSON.parse(line));
}

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'yeoul-log-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

const noon = new Date(2026, 10, 20, 12).getTime();
const time = new Date(noon).toISOString();

function setUp(change: Partial<LoggingConfig> = {}, production = true) {
  const logging: LoggingConfig = {
    level: 'info',
    output: 'console',
    filePath: join(folder, 'yeoul.log'),
    maxSizeMb: 500,
    maxBackups: 15,
    maxAgeDays: 15,
    ...change,
  };
  const clock = new VirtualClock(noon);
  const console = new FakeConsole();
  const path = join(folder, 'yeoul-2026-11-20.log');
  const readFile = () => parseLines(readFileSync(path, 'utf8'));
  return {
    ...openLog({ logging, server: { production }, clock, console }),
    clock,
    console,
    path,
    readFile,
  };
}

test('a line is JSON with level, time, fields and message', () => {
  const { log, console } = setUp();
  log.info('Stream is live', { stream: 'gate', viewers: 2, reason: null, nothing: undefined });
  expect(console.text).toBe(
    `{"level":"info","time":"${time}","stream":"gate","viewers":2,"reason":null,"message":"Stream is live"}\n`,
  );
});

test('outside production the console is readable', () => {
  const { log, console } = setUp({}, false);
  log.warn('Stream stalled', { stream: 'gate' });
  expect(console.text).toBe('12:00:00.000 WARN  Stream stalled  stream=gate\n');
});

test('lines below the level are left out', () => {
  const { log, console } = setUp({ level: 'warn' });
  log.debug('d');
  log.info('i');
  log.warn('w');
  log.error('e');
  expect(console.records().map(({ level, message }) => [level, message])).toEqual([
    ['warn', 'w'],
    ['error', 'e'],
  ]);
  const all = setUp({ level: 'debug' });
  all.log.debug('d');
  expect(all.console.records()).toMatchObject([{ level: 'debug' }]);
});

test('with adds its fields to every line, level upon level', () => {
  const { log, console } = setUp();
  log.with({ stream: 'gate' }).with({ viewer: '7f' }).info('joined', { path: 'udp' });
  expect(console.records()).toMatchObject([{ stream: 'gate', viewer: '7f', path: 'udp' }]);
});

test('a field named like a part of the line keeps both', () => {
  const { log, console } = setUp();
  log.with({ time: 5 }).info('codec', { level: '3.1', message: 'm' });
  expect(console.records()).toEqual([
    { level: 'info', time, time_: 5, level_: '3.1', message_: 'm', message: 'codec' },
  ]);
});

test('secrets that are logged by mistake are hidden', () => {
  const { log, console } = setUp();
  log.with({ token: 'hunter2' }).info('x', { credential: 'hunter2', password: 'hunter2' });
  expect(console.text).not.toContain('hunter2');
  expect(console.records()).toMatchObject([{ credential: '[redacted]', token: '[redacted]' }]);
});

test('to a file: its path and its limits come first, and the console says where it is and what is told', async () => {
  const { log, tell, close, console, path, readFile } = setUp({ output: 'file', maxAgeDays: 0 });
  log.info('hello');
  tell('Open http://localhost');
  await close();
  expect(readFile().map(({ message }) => message)).toEqual([
    `Log file path: ${path}`,
    'Log rotation settings: max_size 500 MB, max_backups 15, max_age unlimited, a new file each midnight',
    'hello',
    'Open http://localhost',
  ]);
  expect(console.records().map(({ message }) => message)).toEqual([
    `Log file path: ${path}`,
    'Open http://localhost',
  ]);
});

test('to both: the same lines in both places', async () => {
  const { log, close, console, readFile } = setUp({ output: 'both', maxBackups: 0 });
  log.info('hello');
  await close();
  expect(console.records()).toEqual(readFile());
  expect(console.records()).toHaveLength(3);
  expect(console.text).toContain('max_backups unlimited, max_age 15 days');
});

test('a log to the console closes too', async () => {
  const { close } = setUp();
  await expect(close()).resolves.toBeUndefined();
});

test('when the file fails the console says so, and the file says later what it lost', async () => {
  const { log, close, clock, console, path, readFile } = setUp({ output: 'file', level: 'error' });
  symlinkSync('/dev/full', path);
  log.error('lost');
  await vi.waitFor(() => expect(console.text).toContain('Cannot write'), { interval: 1 });
  rmSync(path);
  log.error('waits');
  clock.advance(1_000);
  await close();
  const failed = 'Cannot write the log file: ENOSPC: no space left on device, write.';
  const remedy = 'Lines may be lost until it works again; see logging.file_path.';
  expect(console.records().at(-1)).toMatchObject({
    level: 'error',
    message: `${failed} ${remedy}`,
  });
  expect(readFile()).toMatchObject([
    { level: 'error', message: '1 log line was lost: ENOSPC: no space left on device, write' },
    { message: 'waits' },
  ]);
});
