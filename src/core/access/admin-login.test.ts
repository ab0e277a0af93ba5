// Logging in with the password or the secret, being wrong, and choosing another password.

import { createHash } from 'node:crypto';
import { beforeEach, expect, test } from 'vitest';
import { FakeSettingsStore } from '../../../test/support/fake-settings-store.ts';
import { SilentLog } from '../../../test/support/silent-log.ts';
import { VirtualClock } from '../../../test/support/virtual-clock.ts';
import { Access } from './access.ts';
import { AdminLogin, forgetPassword } from './admin-login.ts';
import { digestSecret, type Hash } from './admin-secret.ts';
import { Sessions } from './sessions.ts';

const hash: Hash = (_, text) => createHash('sha256').update(text).digest('hex');
const SECRET = '7f2k-open-sesame';
const PASSWORD = 'correct horse';

let store: FakeSettingsStore;
let log: SilentLog;
let login: AdminLogin;
let sessions: Sessions;
let clock: VirtualClock;
let checked: string[];
/** Set to keep checks waiting. */
let beforeCheck: () => Promise<void>;

beforeEach(() => {
  store = new FakeSettingsStore();
  log = new SilentLog();
  clock = new VirtualClock();
  checked = [];
  beforeCheck = () => Promise.resolve();
  let tokens = 0;
  sessions = new Sessions({ clock, hash, newToken: () => `token-${++tokens}` });
  const isEqual = (one: string, other: string) => one === other;
  const digests = digestSecret(SECRET, hash);
  const access = new Access({ read: 'open', publish: 'admin', digests, clock, hash, isEqual });
  login = new AdminLogin({ access, sessions, store, hasher, log });
});

const hasher = {
  hash: async (password: string) => `kept:${password}`,
  verify: async (password: string, kept: string) => {
    checked.push(password);
    await beforeCheck();
    return kept === `kept:${password}`;
  },
};

const bySecret = { current: undefined, hasSecret: true, remote: 'a' };
const bySession = { hasSecret: false, remote: 'a' };
const setPassword = () => login.changePassword({ ...bySecret, password: PASSWORD });
const wrong = { code: 'wrong_password' };

test('the secret is a password before there is one, and after', async () => {
  expect(sessions.use(await login.login(SECRET, 'a'))).toBe('valid');
  await setPassword();
  expect(sessions.use(await login.login(SECRET, 'a'))).toBe('valid');
  expect(checked).toEqual([]);
});

test('without a password nothing else is right, not even nothing', async () => {
  expect(login.isPasswordSet).toBe(false);
  for (const password of ['', 'kept:', PASSWORD]) {
    await expect(login.login(password, 'a')).rejects.toMatchObject(wrong);
  }
  expect(checked).toEqual([]);
});

test('the password opens a session, however its letters are composed', async () => {
  await login.changePassword({ ...bySecret, password: '여울소리여울소리'.normalize('NFD') });
  expect(login.isPasswordSet).toBe(true);
  expect(sessions.use(await login.login('여울소리여울소리'.normalize('NFC'), 'a'))).toBe('valid');
  await expect(login.login(PASSWORD, 'a')).rejects.toMatchObject(wrong);
});

test('a password that was forgotten counts no more', async () => {
  await setPassword();
  forgetPassword(store);
  expect(login.isPasswordSet).toBe(false);
  await expect(login.login(PASSWORD, 'a')).rejects.toMatchObject(wrong);
});

test('after ten wrong ones an address waits, with the right one too, and others do not', async () => {
  await setPassword();
  for (let attempt = 0; attempt < 10; attempt++) {
    await expect(login.login('wrong', 'a')).rejects.toMatchObject(wrong);
  }
  for (const password of [PASSWORD, SECRET]) {
    await expect(login.login(password, 'a')).rejects.toMatchObject({ code: 'too_many_attempts' });
  }
  expect(checked).toHaveLength(10);
  await login.login(PASSWORD, 'b');
  clock.advance(5_000);
  await login.login(PASSWORD, 'a');
});

test('guesses that were sent all at once are not checked beyond the tenth wrong one', async () => {
  await setPassword();
  const gate = Promise.withResolvers<void>();
  for (let attempt = 0; attempt < 8; attempt++) await login.login('wrong', 'a').catch(() => {});
  beforeCheck = () => gate.promise;
  const guesses = Array.from({ length: 10 }, () => login.login('wrong', 'a'));
  const codes = guesses.map((guess) => guess.catch(({ code }) => code));
  gate.resolve();
  const all = await Promise.all(codes);
  expect(all.slice(0, 2)).toEqual(['wrong_password', 'wrong_password']);
  expect(checked.length).toBeLessThanOrEqual(8 + 2 + 1);
  expect(new Set(all.slice(3))).toEqual(new Set(['too_many_attempts']));
});

test('the eleventh at once is told to come again, and its address is not blamed', async () => {
  await setPassword();
  const gate = Promise.withResolvers<void>();
  beforeCheck = () => gate.promise;
  const waiting = Array.from({ length: 10 }, () => login.login(PASSWORD, 'a'));
  await expect(login.login(PASSWORD, 'a')).rejects.toMatchObject({ code: 'too_many_logins' });
  gate.resolve();
  expect(new Set(await Promise.all(waiting)).size).toBe(10);
});

test('a change ends all sessions, and gives whoever did it by one another', async () => {
  const [own, other] = [await login.login(SECRET, 'a'), await login.login(SECRET, 'b')];
  const first = await login.changePassword({
    ...bySession,
    current: undefined,
    password: PASSWORD,
  });
  expect([own, other].map((token) => sessions.use(token))).toEqual(['unknown', 'unknown']);
  expect(sessions.use(first ?? '')).toBe('valid');
  expect(await login.changePassword({ ...bySecret, password: 'another one' })).toBeUndefined();
  expect(sessions.use(first ?? '')).toBe('unknown');
});

test('whoever is there by a session says the password that is, or the secret', async () => {
  await setPassword();
  for (const current of [undefined, '', 'wrong']) {
    const change = { ...bySession, current, password: 'another one' };
    await expect(login.changePassword(change)).rejects.toMatchObject(wrong);
  }
  await login.changePassword({ ...bySession, current: PASSWORD, password: 'another one' });
  await login.changePassword({ ...bySession, current: SECRET, password: 'a third one' });
  await login.login('a third one', 'a');
});

test('a login that was being checked while the password changed opens no session', async () => {
  await setPassword();
  const gate = Promise.withResolvers<void>();
  beforeCheck = () => gate.promise;
  const old = login.login(PASSWORD, 'a');
  await login.changePassword({ ...bySecret, password: 'another one' });
  gate.resolve();
  await expect(old).rejects.toMatchObject(wrong);
});

test('a password that cannot be kept changes nothing', async () => {
  const token = await login.login(SECRET, 'a');
  store.failure = new Error('disk full');
  await expect(setPassword()).rejects.toThrow('disk full');
  expect(sessions.use(token)).toBe('valid');
  expect(login.isPasswordSet).toBe(false);
});

test('logins and changes are in the log, and no password is', async () => {
  await setPassword();
  await login.login(PASSWORD, '10.0.0.9');
  expect(log.lines.map(({ message }) => message)).toEqual([
    'Admin password changed',
    'Admin logged in',
  ]);
  expect(JSON.stringify(log.lines)).toContain('10.0.0.9');
  expect(JSON.stringify(log.lines)).not.toContain(PASSWORD);
});
