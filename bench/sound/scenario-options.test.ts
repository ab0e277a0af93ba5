// Tests of the scenarios' command line.

import { expect, test } from 'vitest';
import { describeFault, qualityOf } from './fault.ts';
import { parseScenario } from './scenario-options.ts';

test('without a word a minute is a minute, and nothing is broken', () => {
  expect(parseScenario([])).toEqual({
    minuteMs: 60_000,
    clients: undefined,
    minutes: undefined,
    out: undefined,
    fault: undefined,
    seed: 20_261_120,
  });
});

test('everything can be said', () => {
  const words = ['--minute', '1s', '--clients', '40', '--out', 'results', '--seed', '7'];
  expect(parseScenario(words)).toMatchObject({
    minuteMs: 1_000,
    clients: 40,
    out: 'results',
    seed: 7,
  });
});

test.each([
  ['200ms', 200],
  ['1.5s', 1_500],
  ['2m', 120_000],
])('a minute of %s lasts %d ms', (text, minuteMs) => {
  expect(parseScenario(['--minute', text]).minuteMs).toBe(minuteMs);
});

test.each([
  ['cpu', 'other processes that use 60 % of the server’s processor'],
  ['cpu=90', 'other processes that use 90 % of the server’s processor'],
  ['link', 'a link of 10 Mb/s'],
  ['link=2.5', 'a link of 2.5 Mb/s'],
  ['loss', 'a link that loses 3 %'],
])('the fault %s is %s', (text, description) => {
  expect(describeFault(parseScenario(['--fault', text]).fault!)).toBe(description);
});

test('faults of the link are qualities of the relay', () => {
  expect(qualityOf({ kind: 'loss', percent: 3 })).toMatchObject({ lossRatio: 0.03 });
  const { lossRatio, bandwidthMbps } = qualityOf({ kind: 'link', megabits: 5 });
  expect([lossRatio, bandwidthMbps]).toEqual([0, 5]);
});

test('a flag that a scenario does not have is refused', () => {
  expect(() => parseScenario(['--fault', 'loss'], ['minute'])).toThrow('--fault');
  expect(parseScenario(['--minute', '2s'], ['minute']).minuteMs).toBe(2_000);
});

test.each([
  ['--minute', '5'],
  ['--minute', '0s'],
  ['--clients', '0'],
  ['--clients', '201'],
  ['--clients', 'many'],
  ['--fault', 'fire'],
  ['--fault', 'link=fast'],
])('%s %s is refused by name', (flag, value) => {
  expect(() => parseScenario([flag, value])).toThrow(flag);
});
