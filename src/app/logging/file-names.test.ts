// Tests of the names of the log's files.

import { expect, test } from 'vitest';
import { dayOf, logFileNames } from './file-names.ts';

test('the day stands before the extension, the number after the day', () => {
  const names = logFileNames('logs/yeoul.log');
  expect(names.folder).toBe('logs');
  expect(names.path('2026-11-20', 0)).toBe('logs/yeoul-2026-11-20.log');
  expect(names.path('2026-11-20', 12)).toBe('logs/yeoul-2026-11-20.12.log');
});

test('a bare name lies in the current folder', () => {
  expect(logFileNames('server').folder).toBe('.');
  expect(logFileNames('server').path('2026-11-20', 1)).toBe('server-2026-11-20.1');
});

test('select sorts by day, then by number, and leaves the files of others alone', () => {
  const ours = [
    'yeoul-2026-01-01.log',
    'yeoul-2026-01-02.log',
    'yeoul-2026-01-02.2.log',
    'yeoul-2026-01-02.10.log',
  ];
  const others = [
    'yeoul.log',
    'yeoul-2026-01-02.log.gz',
    'yeoul-2026-01-02.01.log',
    'yeoul-2026-01-02.0.log',
    'yeoul-2026-01-021.log',
    'yeoul-other-2026-01-02.log',
    'x-2026-01-02.log',
  ];
  const selected = logFileNames('logs/yeoul.log').select([...others, ...ours].reverse());
  expect(selected.map(({ name }) => name)).toEqual(ours);
  expect(selected[3]).toEqual({ name: ours[3], day: '2026-01-02', number: 10 });
});

test('a log without extension knows its files too', () => {
  const selected = logFileNames('server').select(['server-2026-01-02', 'server-2026-01-02.3']);
  expect(selected.map(({ number }) => number)).toEqual([0, 3]);
});

test('the day is the local one', () => {
  expect(dayOf(new Date(2026, 2, 4, 23, 59, 59, 999).getTime())).toBe('2026-03-04');
  expect(dayOf(new Date(2026, 2, 5).getTime())).toBe('2026-03-05');
});
