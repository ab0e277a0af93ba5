// A stream's state in words, with its countdown.

import { expect, test } from 'vitest';
import { describeState, isWatchable, stateTone } from './stream-words.ts';

const NOW_MS = Date.parse('2026-01-01T00:00:00.000Z');
const nextAttemptAt = '2026-01-01T00:00:07.200Z';

test.each([
  ['retrying', nextAttemptAt, 'Retry in 8 s'],
  ['retrying', '2025-12-31T23:59:59.000Z', 'Trying…'],
  ['retrying', null, 'Retrying'],
  ['refused', null, 'Refused'],
  ['idle', null, 'Starts when watched'],
  ['live', nextAttemptAt, 'Live'],
] as const)('%s with the next attempt at %s reads "%s"', (state, at, phrase) => {
  expect(describeState({ state, nextAttemptAt: at }, NOW_MS, 'en')).toBe(phrase);
});

test('The countdown is in Korean too', () => {
  const state = { state: 'retrying', nextAttemptAt } as const;
  expect(describeState(state, NOW_MS, 'ko')).toBe('8초 후 재시도');
});

test('A refusal looks bad, trouble looks busy, and what nobody wants looks still', () => {
  const states = ['live', 'refused', 'retrying', 'stalled', 'idle', 'disabled'] as const;
  expect(states.map(stateTone)).toEqual(['live', 'bad', 'busy', 'busy', 'still', 'still']);
});

test('A stream can be watched where one of its profiles can, also on demand', () => {
  const profile = {
    name: 'main',
    source: 'rtsp://10.0.0.7/1',
    reason: null,
    stateSince: '2026-01-01T00:00:00.000Z',
    failures: 0,
    nextAttemptAt: null,
    tracks: [],
    ignored: [],
    warnings: [],
  } as const;
  const stream = (...states: ('idle' | 'live' | 'refused' | 'disabled')[]) => ({
    profiles: states.map((state) => ({ ...profile, state, tracks: [], ignored: [], warnings: [] })),
  });
  expect(isWatchable(stream('refused'))).toBe(false);
  expect(isWatchable(stream('refused', 'live'))).toBe(true);
  expect(isWatchable(stream('idle'))).toBe(true);
  expect(isWatchable(stream('disabled'))).toBe(false);
});
