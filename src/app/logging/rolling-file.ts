// The log's file on disk: a new one each day and at a size, old ones removed by count and age.
//
// Lines wait in memory while one write is under way. A disk that is slow, full or gone costs lines,
// which are counted and reported in the log itself when it works again; it never costs the server.

import { join } from 'node:path';
import type { Clock, Timer } from '#std/clock.ts';
import { dayOf, type LogFileNames, logFileNames } from './file-names.ts';
import { type LogDisk, type LogFile, nodeDisk } from './log-disk.ts';

/** About 40,000 lines: minutes of a busy server. */
const MAX_WAITING_BYTES = 8 * 1024 * 1024;
/** One write is at most this (or one line), so that no write is long. */
const MAX_WRITE_BYTES = 256 * 1024;
/** A full disk is not asked more often than this. */
const RETRY_MS = 1_000;
/** Closing leaves the server's shutdown most of its 5 s. */
const CLOSE_LIMIT_MS = 2_000;
const DAY_MS = 24 * 60 * 60 * 1_000;

export interface RollingFileOptions {
  /** `logs/yeoul.log` stands for `logs/yeoul-YYYY-MM-DD.log`. */
  readonly path: string;
  readonly maxSizeBytes: number;
  /** Older files kept besides the current one; 0 keeps all. */
  readonly maxBackups: number;
  /** 0 keeps files of any age. */
  readonly maxAgeDays: number;
  readonly clock: Clock;
  /** A log line that says how many lines were lost. */
  readonly formatLoss: (lines: number, reason: string) => string;
  /** Called once when the disk begins to fail; the file itself can't say so. */
  readonly onTrouble: (reason: string) => void;
  readonly disk?: LogDisk;
}

interface WaitingLine {
  readonly bytes: Uint8Array;
  readonly day: string;
}

interface OpenFile {
  readonly file: LogFile;
  readonly day: string;
  readonly number: number;
  sizeBytes: number;
}

export class RollingFile {
  readonly #options: RollingFileOptions;
  readonly #disk: LogDisk;
  readonly #names: LogFileNames;
  readonly #encoder = new TextEncoder();
  #waiting: WaitingLine[] = [];
  #waitingBytes = 0;
  #current: OpenFile | undefined;
  #lostLines = 0;
  #trouble: string | undefined;
  #writing: Promise<void> | undefined;
  #retry: Timer | undefined;
  #closed = false;

  constructor(options: RollingFileOptions) {
    this.#options = options;
    this.#disk = options.disk ?? nodeDisk;
    this.#names = logFileNames(options.path);
  }

  /** The file that a line would go to now; before the first line, the day's first file. */
  get path(): string {
    const today = dayOf(this.#options.clock.wallMs());
    const number = this.#current?.day === today ? this.#current.number : 0;
    return this.#names.path(today, number);
  }

  /** Takes one line that ends with a line feed. Never waits. */
  write(line: string): void {
    if (this.#closed) return;
    const bytes = this.#encoder.encode(line);
    if (this.#waitingBytes + bytes.length > MAX_WAITING_BYTES) {
      this.#lostLines++;
      this.#noteTrouble('the disk is slow');
      return;
    }
    this.#waiting.push({ bytes, day: dayOf(this.#options.clock.wallMs()) });
    this.#waitingBytes += bytes.length;
    this.#startWriting();
  }

  /** Writes what waits, but not for longer than 2 s. Idempotent. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#retry?.cancel();
    this.#retry = undefined;
    this.#startWriting();
    const limit = Promise.withResolvers<void>();
    const timer = this.#options.clock.after(CLOSE_LIMIT_MS, limit.resolve);
    await Promise.race([this.#finish(), limit.promise]);
    timer.cancel();
  }

  async #finish(): Promise<void> {
    await this.#writing;
    // A write that was under way may have failed and left lines behind it: they get their try too.
    if (this.#waiting.length > 0) await this.#writeWaiting();
    const current = this.#current;
    this.#current = undefined;
    await current?.file.close().catch(() => {});
  }

  #startWriting(): void {
    if (this.#writing || this.#retry || this.#waiting.length === 0) return;
    this.#writing = this.#writeWaiting().finally(() => {
      this.#writing = undefined;
    });
  }

  async #writeWaiting(): Promise<void> {
    while (this.#waiting.length > 0) {
      try {
        await this.#writeBatch();
      } catch (error) {
        await this.#handleFailure(error);
        return;
      }
    }
  }

  async #writeBatch(): Promise<void> {
    const current = await this.#openFor(this.#waiting[0]?.day ?? '');
    if (this.#lostLines > 0) await this.#reportLoss(current);
    const lines = this.#takeBatch(current);
    try {
      await this.#append(current, Buffer.concat(lines.map(({ bytes }) => bytes)));
    } catch (error) {
      this.#lostLines += lines.length;
      throw error;
    }
    if (this.#lostLines === 0) this.#trouble = undefined;
  }

  /** Lines of the open file's day that still fit: one at least, or a long line would wait for ever. */
  #takeBatch({ day, sizeBytes }: OpenFile): WaitingLine[] {
    const room = Math.min(MAX_WRITE_BYTES, this.#options.maxSizeBytes - sizeBytes);
    let count = 0;
    let total = 0;
    for (const line of this.#waiting) {
      if (count > 0 && (line.day !== day || total + line.bytes.length > room)) break;
      total += line.bytes.length;
      count++;
    }
    this.#waitingBytes -= total;
    return this.#waiting.splice(0, count);
  }

  async #append(current: OpenFile, bytes: Uint8Array): Promise<void> {
    await current.file.append(bytes);
    current.sizeBytes += bytes.length;
  }

  async #reportLoss(current: OpenFile): Promise<void> {
    const lines = this.#lostLines;
    // The failed write may have ended in the middle of a line.
    const text = `\n${this.#options.formatLoss(lines, this.#trouble ?? 'unknown')}`;
    await this.#append(current, this.#encoder.encode(text));
    this.#lostLines -= lines;
  }

  /** The file that the next line belongs into: the open one, or a new one by day or size. */
  async #openFor(day: string): Promise<OpenFile> {
    const current = this.#current;
    const nextBytes = this.#waiting[0]?.bytes.length ?? 0;
    if (current?.day === day && this.#hasRoom(current.sizeBytes, nextBytes)) return current;
    this.#current = undefined;
    await current?.file.close();
    let number = current?.day === day ? current.number + 1 : await this.#lastNumber(day);
    let file = await this.#open(day, number);
    while (!this.#hasRoom(file.sizeBytes, nextBytes)) {
      await file.close();
      file = await this.#open(day, ++number);
    }
    this.#current = { file, day, number, sizeBytes: file.sizeBytes };
    await this.#removeOld(this.#current);
    return this.#current;
  }

  #open(day: string, number: number): Promise<LogFile> {
    return this.#disk.open(this.#names.path(day, number), this.#names.folder);
  }

  #hasRoom(sizeBytes: number, nextBytes: number): boolean {
    return sizeBytes === 0 || sizeBytes + nextBytes <= this.#options.maxSizeBytes;
  }

  async #lastNumber(day: string): Promise<number> {
    const files = await this.#list();
    return files.findLast((file) => file.day === day)?.number ?? 0;
  }

  /** A folder that does not exist yet has no files. */
  async #list() {
    return this.#names.select(await this.#disk.list(this.#names.folder).catch(() => []));
  }

  /** Failing to remove is no reason not to log: it is tried again at the next rotation. */
  async #removeOld(current: OpenFile): Promise<void> {
    const { maxBackups, maxAgeDays, clock } = this.#options;
    const isOlder = (file: { day: string; number: number }) =>
      file.day < current.day || (file.day === current.day && file.number < current.number);
    const older = (await this.#list()).filter(isOlder);
    const oldestDay = dayOf(clock.wallMs() - maxAgeDays * DAY_MS);
    const surplus = maxBackups > 0 ? older.length - maxBackups : 0;
    const outdated = older.filter(
      ({ day }, index) => index < surplus || (maxAgeDays > 0 && day < oldestDay),
    );
    for (const { name } of outdated) {
      await this.#disk.remove(join(this.#names.folder, name)).catch(() => {});
    }
  }

  /** The first cause of an outage is the one that is reported. */
  #noteTrouble(reason: string): void {
    if (this.#trouble !== undefined) return;
    this.#trouble = reason;
    this.#options.onTrouble(reason);
  }

  async #handleFailure(error: unknown): Promise<void> {
    const reason = error instanceof Error ? error.message : String(error);
    const current = this.#current;
    this.#current = undefined;
    await current?.file.close().catch(() => {});
    if (!this.#closed) {
      this.#retry = this.#options.clock.after(RETRY_MS, () => {
        this.#retry = undefined;
        this.#startWriting();
      });
    }
    // Last: who hears of it may act at once.
    this.#noteTrouble(reason);
  }
}
