// Settings as people write them: completed, without credentials in addresses, contradictions found.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { streamSettings, streamSettingsDefaults } from '#contract/stream-settings.ts';
import { readSettings } from './read-settings.ts';
import { showSettings } from './shown-settings.ts';

const MAIN = 'rtsp://10.0.0.7/main';

test('what is left out is default', () => {
  expect(readSettings({ source: 'test:', name: undefined })).toEqual({
    settings: { ...streamSettingsDefaults, source: 'test:' },
    problems: [],
  });
});

test.each([
  [
    'rtsp://admin:p%40s%2Fs@10.0.0.7:8554/main?x=1',
    'rtsp://10.0.0.7:8554/main?x=1',
    'admin',
    'p@s/s',
  ],
  ['RTSPS://admin:a@b@cam.example/1', 'RTSPS://cam.example/1', 'admin', 'a@b'],
  ['rtsp://admin@[fd00::7]/', 'rtsp://[fd00::7]/', 'admin', null],
  ['rtsp://admin:@10.0.0.7/', 'rtsp://10.0.0.7/', 'admin', null],
])('user name and password are taken out of %s', (source, address, username, password) => {
  const { settings, problems } = readSettings({ source });
  expect(problems).toEqual([]);
  expect(settings).toMatchObject({ source: address, username, password });
});

test('main and sub share one user name and password, wherever they stand', () => {
  const sub = 'rtsp://10.0.0.7/sub';
  const expected = { source: MAIN, sub, username: 'u', password: 'p' };
  for (const given of [
    { source: 'rtsp://u:p@10.0.0.7/main', sub },
    { source: MAIN, sub: 'rtsp://u:p@10.0.0.7/sub' },
    { source: 'rtsp://u:p@10.0.0.7/main', sub: 'rtsp://u:p@10.0.0.7/sub' },
    { source: 'rtsp://u@10.0.0.7/main', sub, password: 'p' },
    { source: 'rtsp://u:p@10.0.0.7/main', sub, username: 'u', password: 'p' },
  ]) {
    expect(readSettings(given)).toMatchObject({ settings: expected, problems: [] });
  }
});

test.each([
  [{ source: 'rtsp://u:p@h/', username: 'other' }, 'source', 'another user name'],
  [{ source: 'rtsp://u:p@h/', password: 'other' }, 'source', 'another user name'],
  [{ source: 'rtsp://u:p@h/1', sub: 'rtsp://u:other@h/2' }, 'sub', 'another user name'],
  [{ source: `rtsp://u:${'x'.repeat(300)}@h/` }, 'source', 'too long'],
  [{ source: 'rtsp://u%0d%0ax:p@h/' }, 'source', 'line breaks'],
  [{ source: 'rtsp://h:0/' }, 'source', 'makes no sense'],
  [{ source: MAIN, sub: 'rtsp://h:99999/' }, 'sub', 'makes no sense'],
  [{ source: MAIN, sub: MAIN }, 'sub', 'another address'],
  [{ source: MAIN, password: 'p' }, 'password', 'needs username'],
  [{ source: MAIN, fingerprint: 'AB' }, 'fingerprint', 'rtsps://'],
  [{ source: 'test:', sub: MAIN }, 'sub', 'is for cameras, and source is "test:"'],
  [{ source: 'publish:', username: 'u' }, 'username', 'is for cameras'],
  [{ source: 'publish:', open: 'demand' as const }, 'open', 'must be "always"'],
])('%j is a contradiction', (given, key, words) => {
  const { problems } = readSettings(given);
  expect(problems).toEqual([{ key, message: expect.stringContaining(words) }]);
});

test('a fingerprint is fine if one of both addresses is rtsps://', () => {
  const given = { source: MAIN, sub: 'RTSPS://10.0.0.7/sub', fingerprint: 'AB' };
  expect(readSettings(given).problems).toEqual([]);
});

test('what was read is read again as it is', () => {
  const part = fc.stringMatching(/^[\w%@:.]{1,12}$/);
  fc.assert(
    fc.property(part, part, (user, rest) => {
      const { settings, problems } = readSettings({ source: `rtsp://${user}@10.0.0.7/${rest}` });
      fc.pre(problems.length === 0);
      expect(readSettings(settings)).toEqual({ settings, problems });
    }),
  );
});

test('any valid settings are read or have problems, and no problem has a secret', () => {
  const text = fc.string({ maxLength: 40 });
  const address = text.map((rest) => `rtsp://${rest}`);
  const given = fc.record({ source: address, sub: address, password: fc.constant('hunter2') });
  const valid = streamSettings.pick({ source: true, sub: true, password: true });
  fc.assert(
    fc.property(given, (some) => {
      fc.pre(valid.safeParse(some).success);
      expect(JSON.stringify(readSettings(some).problems)).not.toContain('hunter2');
    }),
  );
});

test('settings are shown without the password and without secrets in addresses', () => {
  const { settings } = readSettings({
    source: 'rtsp://u:hunter2@10.0.0.7/a?password=hunter2',
    sub: 'rtsp://10.0.0.7/b?token=hunter2',
  });
  const shown = showSettings(settings);
  expect(shown).toMatchObject({ username: 'u', hasPassword: true });
  expect(JSON.stringify(shown)).not.toContain('hunter2');
  expect(showSettings({ ...settings, source: 'test:', sub: null, password: null })).toMatchObject({
    source: 'test:',
    sub: null,
    hasPassword: false,
  });
});
