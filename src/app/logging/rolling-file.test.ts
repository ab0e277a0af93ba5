// Tests of the rolling log file: on a real folder, and on a disk that fails when told to.

import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { VirtualClock } from '../../../test/support/virtual-clock.ts';
import type { LogDisk } from './log-disk.ts';
import { RollingFile, type RollingFileOptions } from './rolling-file.ts';

const DAY_MS = 24 * 60 * 60 * 1_000;
/** One minute before a local midnight. */
const LATE_EVENING = new Date(2026, 10, 20, 23, 59).getTime();

const troubles: string[] = [];
beforeEach(() => {
  troubles.length = 0;
});

function optionsFor(clock: VirtualClock, path: string): RollingFileOptions {
  return {
    path,
    maxSizeBytes: 1_000,
    maxBackups: 0,
    maxAgeDays: 0,
    clock,
    formatLoss: (lines, reason) => `LOST ${lines}: ${reason}\n`,
    onTrouble: (reason) => troubles.push(reason),
  };
}

describe('on a real folder', () => {
  let folder = '';
  const clock = () => new VirtualClock(LATE_EVENING);

  beforeEach(() => {
    folder = join(mkdtempSync(join(tmpdir(), 'yeoul-log-')), 'logs');
  });
  afterEach(() => {
    rmSync(join(folder, '..'), { recursive: true });
  });

  const read = (name: string) => readFileSync(join(folder, name), 'utf8');
  const fileOptions = (clock: VirtualClock) => optionsFor(clock, join(folder, 'yeoul.log'));

  async function writeAll(options: RollingFileOptions, ...lines: string[]): Promise<void> {
    const file = new RollingFile(options);
    for (const line of lines) file.write(line);
    await file.close();
  }

  test('lines end up in the file of the day, in order, and closing writes them all', async () => {
    const options = fileOptions(clock());
    expect(new RollingFile(options).path).toBe(join(folder, 'yeoul-2026-11-20.log'));
    await writeAll(options, 'one\n', 'two\n');
    expect(read('yeoul-2026-11-20.log')).toBe('one\ntwo\n');
  });

  test('a line after midnight begins a new file', async () => {
    const time = clock();
    const file = new RollingFile(fileOptions(time));
    file.write('evening\n');
    time.advance(60_000);
    file.write('morning\n');
    await file.close();
    expect(read('yeoul-2026-11-20.log')).toBe('evening\n');
    expect(read('yeoul-2026-11-21.log')).toBe('morning\n');
  });

  test('a burst is cut at the size limit: no file is larger', async () => {
    const lines = Array.from({ length: 55 }, (_, index) => `${String(index).padStart(99, '.')}\n`);
    await writeAll(fileOptions(clock()), ...lines);
    const names = ['', '.1', '.2', '.3', '.4', '.5'].map(
      (number) => `yeoul-2026-11-20${number}.log`,
    );
    expect(readdirSync(folder).sort()).toEqual([...names].sort());
    expect(names.map((name) => read(name)).join('')).toBe(lines.join(''));
    expect(read('yeoul-2026-11-20.4.log')).toHaveLength(1_000);
  });

  test('a line longer than the limit gets a file of its own', async () => {
    const long = `${'x'.repeat(2_000)}\n`;
    await writeAll(fileOptions(clock()), 'short\n', long, 'short\n');
    expect(read('yeoul-2026-11-20.1.log')).toBe(long);
    expect(read('yeoul-2026-11-20.2.log')).toBe('short\n');
  });

  test('a restart goes on in the last file of the day, or after it when it is full', async () => {
    mkdirSync(folder);
    writeFileSync(join(folder, 'yeoul-2026-11-20.log'), 'x'.repeat(1_000));
    writeFileSync(join(folder, 'yeoul-2026-11-20.1.log'), 'before\n');
    await writeAll(fileOptions(clock()), 'after\n');
    expect(read('yeoul-2026-11-20.1.log')).toBe('before\nafter\n');
    writeFileSync(join(folder, 'yeoul-2026-11-20.1.log'), 'x'.repeat(1_000));
    await writeAll(fileOptions(clock()), 'full\n');
    expect(read('yeoul-2026-11-20.2.log')).toBe('full\n');
  });

  test('only the newest backups are kept, from the start on', async () => {
    mkdirSync(folder);
    const old = [
      'yeoul-2026-11-17.log',
      'yeoul-2026-11-18.log',
      'yeoul-2026-11-18.1.log',
      'notes.log',
    ];
    for (const name of old) writeFileSync(join(folder, name), 'old\n');
    await writeAll({ ...fileOptions(clock()), maxBackups: 1 }, 'new\n');
    expect(readdirSync(folder).sort()).toEqual(
      ['notes.log', 'yeoul-2026-11-18.1.log', 'yeoul-2026-11-20.log'].sort(),
    );
  });

  test('files older than the age limit are removed at each new file', async () => {
    mkdirSync(folder);
    for (const day of ['04', '05', '06'])
      writeFileSync(join(folder, `yeoul-2026-11-${day}.log`), '');
    const time = clock();
    const file = new RollingFile({ ...fileOptions(time), maxAgeDays: 15 });
    file.write('evening\n');
    time.advance(60_000);
    file.write('morning\n');
    await file.close();
    expect(readdirSync(folder).sort()).toEqual([
      'yeoul-2026-11-06.log',
      'yeoul-2026-11-20.log',
      'yeoul-2026-11-21.log',
    ]);
  });

  test('a folder that can not be made is trouble, not an end', async () => {
    writeFileSync(folder, 'a file in the way');
    await writeAll(fileOptions(clock()), 'lost\n');
    expect(troubles).toHaveLength(1);
    rmSync(folder);
  });
});

/** A disk in memory with a switch for its faults. */
class FakeDisk implements LogDisk {
  readonly files = new Map<string, string>();
  fault: 'none' | 'full' | 'gone' | 'hangs' = 'none';
  attempts = 0;
  openFiles = 0;
  removeFails = false;

  async open(path: string) {
    this.attempts++;
    if (this.fault === 'gone') throw new Error('ENOENT: disk is gone');
    const name = basename(path);
    this.openFiles++;
    return {
      sizeBytes: this.files.get(name)?.length ?? 0,
      append: (bytes: Uint8Array) => this.#append(name, Buffer.from(bytes).toString()),
      close: async () => {
        this.openFiles--;
      },
    };
  }

  async list() {
    return [...this.files.keys()];
  }

  async remove(path: string) {
    if (this.removeFails) throw new Error('EPERM');
    this.files.delete(basename(path));
  }

  async #append(name: string, text: string): Promise<void> {
    if (this.fault === 'full') throw new Error('ENOSPC: no space left');
    if (this.fault === 'hangs') return new Promise(() => {});
    this.files.set(name, (this.files.get(name) ?? '') + text);
  }
}

describe('on a failing disk', () => {
  function setUp(change: Partial<RollingFileOptions> = {}) {
    const clock = new VirtualClock(LATE_EVENING - DAY_MS / 2);
    const disk = new FakeDisk();
    const file = new RollingFile({ ...optionsFor(clock, 'yeoul.log'), disk, ...change });
    return { clock, disk, file, text: () => disk.files.get('yeoul-2026-11-20.log') };
  }

  test('lines that a full disk refused are counted and reported, those after them wait', async () => {
    const { clock, disk, file, text } = setUp();
    file.write('before\n');
    await clock.advanceAsync(0);
    disk.fault = 'full';
    file.write('lost 1\n');
    file.write('lost 2\n');
    await clock.advanceAsync(0);
    file.write('waits\n');
    await clock.advanceAsync(1_000);
    disk.fault = 'none';
    file.write('after\n');
    await clock.advanceAsync(1_000);
    expect(text()).toBe('before\n\nLOST 2: ENOSPC: no space left\nwaits\nafter\n');
    expect(troubles).toEqual(['ENOSPC: no space left']);
  });

  test('a failing disk is tried once a second, not once a line', async () => {
    const { clock, disk, file } = setUp();
    disk.fault = 'gone';
    for (let tenth = 0; tenth < 50; tenth++) {
      file.write('x\n');
      await clock.advanceAsync(100);
    }
    expect(disk.attempts).toBe(6);
  });

  test('lines wait for a disk that comes back, and the next outage is said again', async () => {
    const { clock, disk, file, text } = setUp();
    disk.fault = 'gone';
    file.write('one\n');
    await clock.advanceAsync(500);
    disk.fault = 'none';
    await clock.advanceAsync(500);
    expect(text()).toBe('one\n');
    disk.fault = 'full';
    file.write('two\n');
    await clock.advanceAsync(0);
    expect(troubles).toEqual(['ENOENT: disk is gone', 'ENOSPC: no space left']);
  });

  test('a report of loss that fails is made again', async () => {
    const { clock, disk, file, text } = setUp();
    disk.fault = 'full';
    file.write('lost\n');
    await clock.advanceAsync(0);
    file.write('kept\n');
    await clock.advanceAsync(3_000);
    disk.fault = 'none';
    await clock.advanceAsync(1_000);
    expect(text()).toBe('\nLOST 1: ENOSPC: no space left\nkept\n');
  });

  test('a disk that hangs costs lines beyond 8 MiB, and closing gives up after 2 s', async () => {
    const { clock, disk, file } = setUp();
    disk.fault = 'hangs';
    file.write('first\n');
    await clock.advanceAsync(0);
    const megabyte = `${'x'.repeat(1024 * 1024 - 1)}\n`;
    for (let count = 0; count < 8; count++) file.write(megabyte);
    expect(troubles).toEqual([]);
    file.write('too many\n');
    file.write('too many\n');
    expect(troubles).toEqual(['the disk is slow']);
    let closed = false;
    void file.close().then(() => {
      closed = true;
    });
    await clock.advanceAsync(1_999);
    expect(closed).toBe(false);
    await clock.advanceAsync(1);
    expect(closed).toBe(true);
    expect(clock.pendingTimers).toBe(0);
  });

  test('closing tries a failing disk once more and leaves nothing open', async () => {
    const { clock, disk, file, text } = setUp();
    disk.fault = 'gone';
    file.write('one\n');
    await clock.advanceAsync(0);
    disk.fault = 'none';
    await file.close();
    await file.close();
    expect(text()).toBe('one\n');
    expect(disk.openFiles).toBe(0);
    expect(clock.pendingTimers).toBe(0);
  });

  test('after closing on a failing disk nothing is tried any more', async () => {
    const { clock, disk, file } = setUp();
    disk.fault = 'full';
    file.write('one\n');
    await file.close();
    const { attempts } = disk;
    file.write('two\n');
    await clock.advanceAsync(10_000);
    expect(disk.attempts).toBe(attempts);
    expect(disk.openFiles).toBe(0);
  });

  test('old files that can not be removed do not stop the log', async () => {
    const { disk, file, text } = setUp({ maxBackups: 1 });
    disk.removeFails = true;
    disk.files.set('yeoul-2026-11-01.log', '').set('yeoul-2026-11-02.log', '');
    file.write('one\n');
    await file.close();
    expect(text()).toBe('one\n');
    expect(troubles).toEqual([]);
  });

  test('path names the file that is written now', async () => {
    const { clock, file } = setUp({ maxSizeBytes: 4 });
    file.write('one\n');
    file.write('two\n');
    await clock.advanceAsync(0);
    expect(file.path).toBe('yeoul-2026-11-20.1.log');
    clock.advance(DAY_MS);
    expect(file.path).toBe('yeoul-2026-11-21.log');
  });
});
