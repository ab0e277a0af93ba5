// The admin secret over several starts.

import { beforeEach, expect, test } from 'vitest';
import { FakeSettingsStore } from '../../test/support/fake-settings-store.ts';
import { SilentLog } from '../../test/support/silent-log.ts';
import { VirtualClock } from '../../test/support/virtual-clock.ts';
import { createAccess, createAdminLogin, resetAdminSecret } from './admin-access.ts';

const clock = new VirtualClock();
const rules = { read: 'open', publish: 'admin', adminSecret: null } as const;
let store: FakeSettingsStore;
let shown: string[];

beforeEach(() => {
  store = new FakeSettingsStore();
  shown = [];
});

const show = (message: string) => void shown.push(message);
const start = (config: Parameters<typeof createAccess>[0]['config'] = rules) =>
  createAccess({ config, store, clock, show });
const secretIn = (message: string | undefined) =>
  /^Admin secret: (\S{39}) {2}Keep it: it is shown only now\.$/.exec(message ?? '')?.[1] ?? '';

test('the first start makes a secret and shows it, the next one knows it and shows nothing', () => {
  const access = start();
  const secret = secretIn(shown[0]);
  expect(access.check(secret, 'a')).toBe('right');
  expect(start().check(secret, 'a')).toBe('right');
  expect(start().check(`${secret}x`, 'a')).toBe('wrong');
  expect(shown).toHaveLength(1);
});

test('each secret is another one', () => {
  start();
  store = new FakeSettingsStore();
  start();
  expect(secretIn(shown[0])).not.toBe(secretIn(shown[1]));
});

test('a configured secret counts, and nothing is kept or shown', () => {
  const access = start({ ...rules, adminSecret: 'correct-horse-battery' });
  expect(access.check('correct-horse-battery', 'a')).toBe('right');
  expect(store.values.size).toBe(0);
  expect(shown).toEqual([]);
});

test('a reset makes a new secret, and the old one counts no more', () => {
  start();
  resetAdminSecret({ config: rules, store, show });
  const [old, fresh] = shown.map(secretIn);
  expect(start().check(fresh ?? '', 'a')).toBe('right');
  expect(start().check(old ?? '', 'a')).toBe('wrong');
});

test('a reset forgets the password', async () => {
  const access = start();
  const login = createAdminLogin({ access, store, clock, log: new SilentLog() });
  const set = { password: 'long enough', current: undefined, hasSecret: true, remote: 'a' };
  await login.changePassword(set);
  const token = await login.login('long enough', 'a');
  expect(token).toMatch(/^[\w-]{43}$/);
  expect(login.sessions.use(token)).toBe('valid');
  resetAdminSecret({ config: rules, store, show });
  expect(login.isPasswordSet).toBe(false);
  await expect(login.login('long enough', 'a')).rejects.toThrow(/password is wrong/);
});

test('a configured secret is not reset but changed in the configuration', () => {
  const config = { ...rules, adminSecret: 'correct-horse-battery' };
  expect(() => resetAdminSecret({ config, store, show })).toThrow(/access\.admin_secret/);
  expect(store.values.size).toBe(0);
});

test('Digest authentication gets its hash', () => {
  const access = start({ ...rules, adminSecret: 'correct-horse-battery' });
  expect(access.ha1('MD5', 'admin', 'Yeoul')).toMatch(/^[0-9a-f]{32}$/);
  expect(access.ha1('SHA-256', 'admin', 'Yeoul')).toMatch(/^[0-9a-f]{64}$/);
});
