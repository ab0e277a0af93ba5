// Tests of the readable log lines.

import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { formatForConsole } from './console-format.ts';

const zone = process.env['TZ'];
beforeAll(() => {
  process.env['TZ'] = 'Asia/Seoul';
});
afterAll(() => {
  if (zone === undefined) delete process.env['TZ'];
  else process.env['TZ'] = zone;
});

const record = {
  time: '2026-01-02T01:02:03.004Z',
  level: 'info',
  message: 'ICE connection state: connected',
};

test('a line has local time, level, message and fields', () => {
  expect(formatForConsole({ ...record, viewer: '7f3a', lossRatio: 0.5 }, { colour: false })).toBe(
    '10:02:03.004 INFO  ICE connection state: connected  viewer=7f3a lossRatio=0.5\n',
  );
});

test('a line without fields ends after its message', () => {
  expect(formatForConsole(record, { colour: false })).toBe(
    '10:02:03.004 INFO  ICE connection state: connected\n',
  );
});

test('values that are empty or hold spaces, quotes or equals signs are quoted', () => {
  const fields = { a: '', b: 'x y', c: 'q"q', d: 'k=v', e: null, f: '여울' };
  expect(formatForConsole({ ...record, ...fields }, { colour: false })).toContain(
    '  a="" b="x y" c="q\\"q" d="k=v" e=null f=여울\n',
  );
});

test('colours mark level and keys on a terminal', () => {
  const warning = { ...record, level: 'warn', part: 'x' };
  const line = formatForConsole(warning, { colour: true });
  expect(line).toContain('\u001b[33mWARN \u001b[39m');
  expect(line).toContain('\u001b[2mpart=\u001b[22mx');
  expect(formatForConsole({ ...record, level: 'odd' }, { colour: true })).toContain('[31mODD');
});

test('nothing from outside breaks the line or reaches the terminal as a command', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (message, reason) => {
      const line = formatForConsole({ ...record, message, reason }, { colour: false });
      expect(line.slice(0, -1)).not.toMatch(/\p{Cc}/u);
      expect(line.endsWith('\n')).toBe(true);
    }),
  );
  const hostile = formatForConsole({ ...record, reason: 'a\n\u001b[2Jb' }, { colour: false });
  expect(hostile).toContain('reason="a b"');
});
