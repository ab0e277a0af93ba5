// How long a session lasts, and how many there are.

import { createHash } from 'node:crypto';
import { beforeEach, expect, test } from 'vitest';
import { VirtualClock } from '../../../test/support/virtual-clock.ts';
import { SESSION_IDLE_MS, Sessions } from './sessions.ts';

const HOUR_MS = 3_600_000;
const hash = (_: string, text: string) => createHash('sha256').update(text).digest('hex');
let clock: VirtualClock;
let sessions: Sessions;
let tokens: number;

beforeEach(() => {
  tokens = 0;
  clock = new VirtualClock();
  sessions = new Sessions({ clock, hash, newToken: () => `token-${++tokens}` });
});

test('a session is valid from its opening to its end', () => {
  const token = sessions.open();
  expect(sessions.use(token)).toBe('valid');
  sessions.end(token);
  expect(sessions.use(token)).toBe('unknown');
  sessions.end(token);
});

test('nobody makes a session by naming it', () => {
  expect(sessions.use('token-1')).toBe('unknown');
  expect(sessions.use('')).toBe('unknown');
  expect(sessions.open()).toBe('token-1');
});

test('twelve hours without use end it', () => {
  const token = sessions.open();
  clock.advance(12 * HOUR_MS - 1);
  expect(sessions.use(token)).not.toBe('unknown');
  clock.advance(12 * HOUR_MS);
  expect(sessions.use(token)).toBe('unknown');
  expect(sessions.use(token)).toBe('unknown');
});

test('while it is used it goes on, and the browser gets its cookie anew each hour', () => {
  const token = sessions.open();
  const verdicts = Array.from({ length: 96 }, () => {
    clock.advance(HOUR_MS / 4);
    return sessions.use(token);
  });
  expect(verdicts.slice(0, 4)).toEqual(['valid', 'valid', 'valid', 'renew']);
  expect(verdicts.filter((verdict) => verdict === 'renew')).toHaveLength(24);
  expect(verdicts).not.toContain('unknown');
});

test('of a thousand and one, the one that was not used for the longest time ends', () => {
  const [first, second] = [sessions.open(), sessions.open()];
  for (let index = 2; index < 1_000; index++) sessions.open();
  sessions.use(first);
  sessions.open();
  expect(sessions.use(first)).toBe('valid');
  expect(sessions.use(second)).toBe('unknown');
});

test('all of them end at once', () => {
  const both = [sessions.open(), sessions.open()];
  sessions.endAll();
  expect(both.map((token) => sessions.use(token))).toEqual(['unknown', 'unknown']);
});

test('looking whether a session is there does not keep it alive', () => {
  const token = sessions.open();
  expect(sessions.has(token)).toBe(true);
  expect(sessions.has('token-9')).toBe(false);
  clock.advance(SESSION_IDLE_MS - 1);
  expect(sessions.has(token)).toBe(true);
  clock.advance(1);
  expect(sessions.has(token)).toBe(false);
});
