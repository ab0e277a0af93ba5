// Names of the log's files: `yeoul-2026-11-20.log`, then `yeoul-2026-11-20.1.log` and so on that day.

import { join, parse } from 'node:path';

/** A file of the log. Its name sorts by day, then by number. */
interface LogFileName {
  readonly name: string;
  /** `2026-11-20`, local. */
  readonly day: string;
  /** 0 for the day's first file. */
  readonly number: number;
}

export interface LogFileNames {
  readonly folder: string;
  path(day: string, number: number): string;
  /** The files of this log among a folder's entries, oldest first. Others are not ours to touch. */
  select(entries: readonly string[]): LogFileName[];
}

/** `path` is the setting: `logs/yeoul.log`. */
export function logFileNames(path: string): LogFileNames {
  const { dir, name: stem, ext } = parse(path);
  const folder = dir || '.';
  const nameOf = (day: string, number: number) =>
    `${stem}-${day}${number > 0 ? `.${number}` : ''}${ext}`;
  return {
    folder,
    path: (day, number) => join(folder, nameOf(day, number)),
    select: (entries) =>
      entries
        .map((name) => parseName(name, stem))
        .filter((file) => file !== undefined)
        .filter(({ name, day, number }) => name === nameOf(day, number))
        .sort((one, other) => compare(one.day, other.day) || one.number - other.number),
  };
}

/** The local calendar day, as in the file names. */
export function dayOf(wallMs: number): string {
  const date = new Date(wallMs);
  const digits = (value: number) => String(value).padStart(2, '0');
  return `${date.getFullYear()}-${digits(date.getMonth() + 1)}-${digits(date.getDate())}`;
}

function parseName(name: string, stem: string): LogFileName | undefined {
  const match = name.startsWith(`${stem}-`)
    ? /^(\d{4}-\d{2}-\d{2})(?:\.(\d{1,9}))?(?!\d)/.exec(name.slice(stem.length + 1))
    : null;
  return match?.[1] ? { name, day: match[1], number: Number(match[2] ?? 0) } : undefined;
}

function compare(one: string, other: string): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}
