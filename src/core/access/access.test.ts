// The admin secret: how it is made, what is kept of it, and how often it may be wrong.

import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { beforeEach, expect, test } from 'vitest';
import { FakeSettingsStore } from '../../../test/support/fake-settings-store.ts';
import { VirtualClock } from '../../../test/support/virtual-clock.ts';
import { Access } from './access.ts';
import { digestSecret, formatSecret, type Hash, loadDigests, saveDigests } from './admin-secret.ts';
import { WrongTries } from './wrong-tries.ts';

const hash: Hash = (algorithm, text) =>
  createHash(algorithm === 'MD5' ? 'md5' : 'sha256')
    .update(text)
    .digest('hex');
const SECRET = 'correct-horse-battery';
const digests = digestSecret(SECRET, hash);

let clock: VirtualClock;
beforeEach(() => {
  clock = new VirtualClock();
});

function makeAccess(rules: Partial<ConstructorParameters<typeof Access>[0]> = {}): Access {
  const isEqual = (one: string, other: string) => one === other;
  return new Access({ read: 'open', publish: 'admin', digests, clock, hash, isEqual, ...rules });
}

test('a secret is eight groups of four signs that cannot be mistaken, one for each 20 bytes', () => {
  expect(formatSecret(new Uint8Array(20))).toBe('0000-0000-0000-0000-0000-0000-0000-0000');
  expect(formatSecret(new Uint8Array(20).fill(0xff))).toBe(
    'zzzz-zzzz-zzzz-zzzz-zzzz-zzzz-zzzz-zzzz',
  );
  const bytes = fc.uint8Array({ minLength: 20, maxLength: 20 });
  fc.assert(
    fc.property(bytes, bytes, (one, other) => {
      const isSame = Buffer.compare(one, other) === 0;
      expect(formatSecret(one)).toMatch(/^([0-9a-hjkmnp-tv-z]{4}-){7}[0-9a-hjkmnp-tv-z]{4}$/);
      expect(formatSecret(one) === formatSecret(other)).toBe(isSame);
    }),
  );
});

test('what is kept of a secret is not the secret, and is read as it was written', () => {
  const store = new FakeSettingsStore();
  expect(loadDigests(store)).toBeUndefined();
  saveDigests(store, digests);
  expect(loadDigests(store)).toEqual(digests);
  expect(JSON.stringify([...store.values])).not.toContain(SECRET);
  store.values.delete('admin_ha1_md5');
  expect(loadDigests(store)).toBeUndefined();
});

test('the right secret is right, and another one is wrong', () => {
  const access = makeAccess();
  expect(access.check(SECRET, '10.0.0.1')).toBe('right');
  expect(access.check(`${SECRET} `, '10.0.0.1')).toBe('wrong');
  expect(access.check('', '10.0.0.1')).toBe('wrong');
});

test('what is open is open', () => {
  expect(makeAccess()).toMatchObject({ readOpen: true, mayPublishOpen: false });
  const other = makeAccess({ read: 'admin', publish: 'open' });
  expect(other).toMatchObject({ readOpen: false, mayPublishOpen: true });
});

test('Digest authentication gets H(user:realm:secret) of the admin, and of nobody else', () => {
  const access = makeAccess();
  // The values of RFC 7616 §3.9.1 are made the same way: H("Mufasa:http-auth@example.org:Circle of Life").
  expect(access.ha1('MD5', 'admin', 'Yeoul')).toBe(hash('MD5', `admin:Yeoul:${SECRET}`));
  expect(access.ha1('SHA-256', 'admin', 'Yeoul')).toBe(hash('SHA-256', `admin:Yeoul:${SECRET}`));
  expect(access.ha1('SHA-512-256', 'admin', 'Yeoul')).toBeUndefined();
  expect(access.ha1('MD5', 'root', 'Yeoul')).toBeUndefined();
  expect(access.ha1('MD5', 'admin', 'elsewhere')).toBeUndefined();
});

test('after ten wrong tries an address waits 5 s for each further one, also with the right secret', () => {
  const access = makeAccess();
  for (let attempt = 0; attempt < 10; attempt++) {
    expect(access.check('wrong', '10.0.0.1')).toBe('wrong');
  }
  expect(access.check(SECRET, '10.0.0.1')).toBe('blocked');
  expect(access.check(SECRET, '10.0.0.2')).toBe('right');
  clock.advance(4_999);
  expect(access.check(SECRET, '10.0.0.1')).toBe('blocked');
  clock.advance(1);
  expect(access.check('wrong', '10.0.0.1')).toBe('wrong');
  expect(access.check(SECRET, '10.0.0.1')).toBe('blocked');
  clock.advance(50_000);
  for (let attempt = 0; attempt < 10; attempt++) access.check('wrong', '10.0.0.1');
  expect(access.check(SECRET, '10.0.0.1')).toBe('blocked');
});

test('right secrets do not count', () => {
  const access = makeAccess();
  for (let attempt = 0; attempt < 50; attempt++) {
    expect(access.check(SECRET, '10.0.0.1')).toBe('right');
  }
});

test.each([
  ['2001:db8:1:2::1', '2001:db8:1:2:3:4:5:6', true],
  ['2001:db8:1:2::1', '2001:db8:1:3::1', false],
  ['::ffff:10.0.0.1', '::ffff:10.0.0.2', false],
  ['fe80::1', 'fe80::2', true],
])('%s and %s share their tries: %s', (one, other, isShared) => {
  const tries = new WrongTries();
  for (let attempt = 0; attempt < 10; attempt++) tries.count(one, 0);
  expect(tries.isBlocked(one, 0)).toBe(true);
  expect(tries.isBlocked(other, 0)).toBe(isShared);
});

test('only so many addresses are known, and the one that tried last is', () => {
  const tries = new WrongTries();
  for (let attempt = 0; attempt < 10; attempt++) tries.count('first', 0);
  for (let index = 0; index < 9_999; index++) tries.count(`10.${index}`, 0);
  expect(tries.isBlocked('first', 0)).toBe(true);
  tries.count('10.last', 0);
  expect(tries.isBlocked('first', 0)).toBe(false);
});
