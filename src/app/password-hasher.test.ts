// What is kept of a password, with the real costs: 0.3 s for each hash.

import { argon2Sync } from 'node:crypto';
import { expect, test } from 'vitest';
import { passwordHasher } from './password-hasher.ts';

const { hash, verify } = passwordHasher;

test('what is kept verifies the password and no other, and is never the same twice', async () => {
  const [one, other] = await Promise.all([hash('비밀번호-열자이상'), hash('비밀번호-열자이상')]);
  expect(one).toMatch(/^\$argon2id\$v=19\$m=65536,t=3,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/);
  expect(one).not.toBe(other);
  expect(await verify('비밀번호-열자이상', one)).toBe(true);
  expect(await verify('비밀번호-열자이하', one)).toBe(false);
});

test('it is argon2id with what its text says', async () => {
  const kept = await hash('correct horse');
  const [salt = '', expected = ''] = kept.split('$').slice(-2);
  const derived = argon2Sync('argon2id', {
    message: 'correct horse',
    nonce: Buffer.from(salt, 'base64'),
    memory: 65_536,
    passes: 3,
    parallelism: 1,
    tagLength: 32,
  });
  expect(derived.toString('base64')).toBe(`${expected}=`);
});

test.each([
  '',
  'correct horse',
  '$argon2id$v=19$m=65536,t=3,p=1$',
  '$argon2id$v=19$m=65536,t=3,p=1$$',
  '$argon2id$v=19$m=65536,t=3,p=1$c2FsdA$aGFzaA',
  `$argon2id$v=19$m=8,t=1,p=1$${'A'.repeat(22)}$${'A'.repeat(43)}`,
])('%j verifies nothing', async (kept) => {
  expect(await verify('correct horse', kept)).toBe(false);
  expect(await verify('', kept)).toBe(false);
});
