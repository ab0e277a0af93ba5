// Which challenge a client answers, and when it stops so that no camera locks the account.

import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { Authorization } from './authorization.ts';

const MD5 = 'Digest realm="r", nonce="m1", algorithm=MD5, qop="auth"';
const SHA = 'Digest realm="r", nonce="s1", algorithm=SHA-256, qop="auth"';
const BASIC = 'Basic realm="r"';
const request = { method: 'DESCRIBE', uri: 'rtsp://10.0.0.7/ch1' };

function open(
  credentials: { username: string; password: string } | undefined = {
    username: 'admin',
    password: 'käse:1',
  },
) {
  return new Authorization({
    credentials,
    hash: (algorithm, text) =>
      createHash(algorithm.replace('-', '').toLowerCase()).update(text).digest('hex'),
    random: () => 'cnonce',
  });
}

function answer(authorization: Authorization): string | undefined {
  return authorization.authorize(request);
}

describe('Authorization', () => {
  test('says nothing until it is asked', () => {
    expect(answer(open())).toBeUndefined();
  });

  test('answers the strongest challenge, counting', () => {
    const authorization = open();
    expect(authorization.challenged([BASIC, MD5, SHA], undefined)).toBe('again');
    expect(answer(authorization)).toMatch(/nonce="s1".*nc=00000001/);
    expect(answer(authorization)).toMatch(/nonce="s1".*nc=00000002/);
  });

  test('answers the next challenge when the first is rejected (go2rtc#2451)', () => {
    const authorization = open();
    authorization.challenged([MD5, SHA], undefined);
    expect(authorization.challenged([MD5, SHA], answer(authorization))).toBe('again');
    expect(answer(authorization)).toMatch(/algorithm=MD5/);
  });

  test('stops after two rejected answers, without trying Basic: accounts lock after three', () => {
    const authorization = open();
    const all = [MD5, SHA, BASIC];
    authorization.challenged(all, undefined);
    authorization.challenged(all, answer(authorization));
    expect(authorization.challenged(all, answer(authorization))).toBe('rejected');
  });

  test('stops after one rejected answer where there is one way only', () => {
    const authorization = open();
    authorization.challenged([SHA], undefined);
    expect(authorization.challenged([SHA], answer(authorization))).toBe('rejected');
  });

  test('stops when a rejection names no way at all', () => {
    const authorization = open();
    authorization.challenged([SHA], undefined);
    expect(authorization.challenged([], answer(authorization))).toBe('rejected');
  });

  test('sends Basic in UTF-8 where nothing else is asked for', () => {
    const authorization = open();
    authorization.challenged([BASIC], undefined);
    expect(answer(authorization)).toBe(`Basic ${Buffer.from('admin:käse:1').toString('base64')}`);
    expect(authorization.challenged([BASIC], answer(authorization))).toBe('rejected');
  });

  test('answers a new nonce when the old one is stale, twice in a row at most', () => {
    const authorization = open();
    const stale = `${SHA.replace('s1', 's2')}, stale=true`;
    authorization.challenged([SHA], undefined);
    expect(authorization.challenged([stale], answer(authorization))).toBe('again');
    expect(answer(authorization)).toMatch(/nonce="s2".*nc=00000001/);
    expect(authorization.challenged([stale], answer(authorization))).toBe('again');
    expect(authorization.challenged([stale], answer(authorization))).toBe('rejected');
  });

  test('takes a 401 after success for an old nonce, even if it does not say stale', () => {
    const authorization = open();
    authorization.challenged([SHA], undefined);
    answer(authorization);
    authorization.accepted();
    expect(authorization.challenged([SHA.replace('s1', 's2')], answer(authorization))).toBe(
      'again',
    );
    expect(authorization.challenged([SHA.replace('s1', 's3')], answer(authorization))).toBe(
      'rejected',
    );
  });

  test('does not take a late 401 to an older answer for a rejection of the newer', () => {
    const authorization = open();
    authorization.challenged([SHA], undefined);
    const first = answer(authorization);
    const second = answer(authorization);
    authorization.accepted();
    expect(authorization.challenged([SHA.replace('s1', 's2')], first)).toBe('again');
    expect(authorization.challenged([SHA.replace('s1', 's3')], second)).toBe('again');
  });

  test('says that it has no password, or that it does not know the scheme', () => {
    const without = new Authorization({ credentials: undefined, hash: () => '', random: () => '' });
    expect(without.challenged([SHA], undefined)).toBe('no-credentials');
    expect(open().challenged(['Negotiate'], undefined)).toBe('unknown-scheme');
  });
});
