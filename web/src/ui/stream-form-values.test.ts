// Which changes of a form are sent, and which secrets are left alone.

import { expect, test } from 'vitest';
import { streamSettingsDefaults } from '#contract/stream-settings.ts';
import type { ShownSettings } from '#contract/streams.ts';
import {
  changedSettings,
  emptyForm,
  fillForm,
  newSettings,
  suggestId,
} from './stream-form-values.ts';

const { password: _, ...defaults } = streamSettingsDefaults;
const shown: ShownSettings = {
  ...defaults,
  source: 'rtsp://10.0.0.7/1?token=…',
  username: 'viewer',
  hasPassword: true,
};

test('An empty form stands for the defaults of the contract', () => {
  expect(emptyForm).toEqual(fillForm({ ...shown, ...defaults, source: '' }));
});

test('A new stream is sent with what was filled in, and nothing else', () => {
  expect(newSettings({ ...emptyForm, source: ' rtsp://10.0.0.7/1 ' })).toEqual({
    source: 'rtsp://10.0.0.7/1',
  });
  const values = { source: 'rtsp://a/1', sub: 'rtsp://a/2', username: 'me', password: ' x ' };
  expect(newSettings({ ...emptyForm, ...values, linger: '60', transcode: false })).toEqual({
    ...values,
    linger: 60,
    transcode: false,
  });
});

test.each(['publish', 'test'] as const)('What only cameras have is not sent for "%s:"', (kind) => {
  const values = { ...emptyForm, source: 'rtsp://a/1', sub: 'rtsp://a/2', password: 'x' };
  expect(newSettings({ ...values, kind })).toEqual({ source: `${kind}:` });
});

test('Nothing changed is nothing sent: neither the redacted address nor the password', () => {
  expect(changedSettings(shown, fillForm(shown))).toEqual({});
});

test('A change is sent alone', () => {
  expect(changedSettings(shown, { ...fillForm(shown), name: 'Gate' })).toEqual({ name: 'Gate' });
  expect(changedSettings(shown, { ...fillForm(shown), password: 'new' })).toEqual({
    password: 'new',
  });
});

test('What is emptied is set back, and the password goes with the user name', () => {
  const named = { ...shown, name: 'Gate' };
  expect(changedSettings(named, { ...fillForm(named), name: ' ' })).toEqual({ name: null });
  expect(changedSettings(shown, { ...fillForm(shown), username: '' })).toEqual({
    username: null,
    password: null,
  });
});

test('A camera that becomes a publisher loses all that is about cameras', () => {
  expect(
    changedSettings({ ...shown, open: 'demand' }, { ...fillForm(shown), kind: 'publish' }),
  ).toEqual({ source: 'publish:', username: null, password: null, open: 'always' });
});

test.each([
  ['Front gate', 'front-gate'],
  ['정문 2', '2'],
  ['정문', ''],
  ['--A__b!', 'a-b'],
  ['x'.repeat(80), 'x'.repeat(64)],
])('"%s" suggests the id "%s"', (name, id) => {
  expect(suggestId(name)).toBe(id);
});
