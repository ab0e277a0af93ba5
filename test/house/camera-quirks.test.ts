// Holds the table of cameras' quirks against the tests that it names.

import { expect, test } from 'vitest';
import { readText } from './repository.ts';

interface Row {
  readonly quirk: number;
  readonly title: string;
  readonly file: string;
}

function readRows(markdown: string): Row[] {
  const rows = markdown.matchAll(/^\| (\d+) \|.*\| \[([^\]]+)\]\(\.\.\/\.\.\/([^)]+)\) \|$/gm);
  return Array.from(rows, ([, quirk = '', title = '', file = '']) => ({
    quirk: Number(quirk),
    title,
    file,
  }));
}

function isTested({ title, file }: Row): boolean {
  const calls = readText(file).matchAll(/(?:test|describe)\b[^\n]*|^ {4,}'[^\n]*'/gm);
  return Array.from(calls, ([line]) => line).some((line) => line.includes(title));
}

test('every quirk of cameras is told, with a test that exists', () => {
  const rows = readRows(readText('docs/reference/camera-quirks.md'));
  const wanted = [...Array.from({ length: 31 }, (_, at) => at + 1), 33];
  expect(rows.map(({ quirk }) => quirk)).toEqual(wanted);
  expect(rows.filter((row) => !isTested(row))).toEqual([]);
});

test('a test that does not exist is found', () => {
  const [row] = readRows('| 7 | a | b | [no such test](../../src/media/rtsp/address.test.ts) |');
  expect(row).toMatchObject({ quirk: 7, title: 'no such test' });
  expect(isTested(row!)).toBe(false);
});
