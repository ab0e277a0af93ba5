// Digest and Basic: the RFCs' examples, challenges as cameras write them, and the server's check.

import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type DigestChallenge, formatChallenge, parseChallenges } from './challenge.ts';
import { formatDigest, isDigestRight, parseDigest } from './digest.ts';
import { DigestNonces } from './digest-nonces.ts';

const hash = (algorithm: string, text: string) =>
  createHash(algorithm.replace('-', '').toLowerCase()).update(text).digest('hex');

function digestOf(value: string): DigestChallenge {
  return parseChallenges([value])[0] as DigestChallenge;
}

const RFC_7616 =
  'realm="http-auth@example.org", qop="auth, auth-int", nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"';
const MUFASA = {
  username: 'Mufasa',
  password: 'Circle of Life',
  method: 'GET',
  uri: '/dir/index.html',
  count: 1,
};

describe('a Digest answer', () => {
  test.each([
    ['MD5', '8ca523f5e9506fed4657c9700eebdbec'],
    ['SHA-256', '753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1'],
  ])('is that of RFC 7616 §3.9.1 with %s', (algorithm, response) => {
    const challenge = digestOf(`Digest ${RFC_7616}, algorithm=${algorithm}`);
    const cnonce = 'f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ';
    const value = formatDigest(challenge, { ...MUFASA, cnonce }, hash);
    expect(value).toContain(`response="${response}"`);
    expect(value).toContain('qop=auth, nc=00000001, cnonce="f2/');
    expect(value).toContain('opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"');
    expect(value).toContain(`algorithm=${algorithm}`);
  });

  test('is that of RFC 2617 §3.5', () => {
    const challenge = digestOf(
      'Digest realm="testrealm@host.com", qop="auth,auth-int", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093", opaque="5ccc069c403ebaf9f0171e9517f40e41"',
    );
    const answer = { ...MUFASA, password: 'Circle Of Life', cnonce: '0a4f113b' };
    expect(formatDigest(challenge, answer, hash)).toContain('6629fae49393a05397450978507c4ef1');
  });

  test('has neither qop nor counter where the camera knows none (RFC 2069)', () => {
    const value = formatDigest(
      digestOf('Digest realm="IPCAM",nonce="abc"'),
      { ...MUFASA, cnonce: 'x' },
      hash,
    );
    const ha1 = hash('MD5', 'Mufasa:IPCAM:Circle of Life');
    const response = hash('MD5', `${ha1}:abc:${hash('MD5', 'GET:/dir/index.html')}`);
    expect(value).toBe(
      `Digest username="Mufasa", realm="IPCAM", nonce="abc", uri="/dir/index.html", response="${response}"`,
    );
  });

  test('hashes the nonces into the secret for MD5-sess', () => {
    const challenge = digestOf('Digest realm="r", nonce="n", algorithm=MD5-sess, qop="auth"');
    const value = formatDigest(challenge, { ...MUFASA, cnonce: 'c' }, hash);
    const ha1 = hash('MD5', `${hash('MD5', 'Mufasa:r:Circle of Life')}:n:c`);
    const ha2 = hash('MD5', 'GET:/dir/index.html');
    expect(value).toContain(hash('MD5', `${ha1}:n:00000001:c:auth:${ha2}`));
  });
});

describe('a challenge', () => {
  test('is chosen by strength, whatever the order and however many headers', () => {
    const named = (values: string[]) =>
      parseChallenges(values).map((each) => (each.scheme === 'Basic' ? 'Basic' : each.hash));
    const md5 = 'Digest realm="r", nonce="1", algorithm="MD5"';
    const sha = 'Digest realm="r", nonce="2", algorithm=SHA-256';
    const longest = 'Digest realm="r", nonce="3", algorithm=SHA-512-256-sess';
    const all = ['SHA-512-256', 'SHA-256', 'MD5', 'Basic'];
    expect(named(['Basic realm="r"', md5, sha, longest])).toEqual(all);
    expect(named([`${sha}, Basic realm="r", ${longest}, ${md5}`])).toEqual(all);
  });

  test.each([
    [
      'parameters of its own (Hikvision)',
      'Digest realm="r",nonce="n",random="x=\\"y, z",stale="FALSE"',
    ],
    ['no commas', 'Digest realm="r" nonce="n" stale=false'],
    ['no quotes', 'digest REALM=r, nonce=n , stale=FALSE'],
    ['commas too many', 'Digest ,realm="r",, nonce="n",'],
    ['a quote that never ends', 'Digest realm="r", nonce="n'],
    ['a parameter twice', 'Digest realm="r", nonce="n", nonce="m"'],
    ['an empty algorithm', 'Digest realm="r", nonce="n", algorithm='],
  ])('is understood with %s', (_, value) => {
    expect(digestOf(value)).toMatchObject({ realm: 'r', nonce: 'n', hash: 'MD5', stale: false });
  });

  test('is read with stale, opaque, -sess and without a hyphen', () => {
    expect(
      digestOf('Digest realm="a\\"b", nonce="n", stale=true, opaque="", algorithm=SHA256-SESS'),
    ).toEqual({
      scheme: 'Digest',
      hash: 'SHA-256',
      session: true,
      algorithm: 'SHA256-SESS',
      realm: 'a"b',
      nonce: 'n',
      opaque: '',
      qop: false,
      stale: true,
    });
  });

  test.each([
    ['another scheme', 'Bearer realm="r"'],
    ['another hash', 'Digest realm="r", nonce="n", algorithm=SHA-1'],
    ['no nonce', 'Digest realm="r"'],
    ['the body to be hashed', 'Digest realm="r", nonce="n", qop="auth-int"'],
    ['nothing', ''],
  ])('that asks for %s is left out', (_, value) => {
    expect(parseChallenges([value])).toEqual([]);
  });

  test('of a server is read back by the client', () => {
    const written = formatChallenge({ hash: 'SHA-256', realm: 'a "b"', nonce: 'n', stale: true });
    expect(digestOf(written)).toMatchObject({
      hash: 'SHA-256',
      realm: 'a "b"',
      nonce: 'n',
      qop: true,
      stale: true,
    });
    expect(formatChallenge({ hash: 'MD5', realm: 'r', nonce: 'n' })).not.toContain('stale');
  });

  test('of any text is read without an error, in bounded number', () => {
    const part = fc.oneof(
      fc.string(),
      fc.constantFrom('Digest ', 'Basic ', 'realm="', 'nonce=n', ',', '"', '\\', '='),
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 60 }), (parts) => {
        expect(parseChallenges([parts.join('')]).length).toBeLessThanOrEqual(16);
        parseDigest(parts.join(''));
      }),
    );
  });
});

describe("a server's check", () => {
  const request = { method: 'DESCRIBE', uri: 'rtsp://10.0.0.7:8554/gate' };
  const text = fc.string({ maxLength: 20 }).map((each) => each.replace(/[\r\n\0]/g, ''));

  test('takes what a client answers, for each hash, with and without -sess and qop', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('MD5', 'SHA-256', 'SHA-512-256', 'MD5-sess', 'SHA-256-sess', undefined),
        fc.boolean(),
        fc.record({ username: text, password: text, cnonce: text }),
        (algorithm, qop, secrets) => {
          const named = algorithm === undefined ? '' : `, algorithm=${algorithm}`;
          const asked = qop ? ', qop="auth"' : '';
          const challenge = digestOf(`Digest realm="r", nonce="n"${named}${asked}`);
          const answer = { ...request, ...secrets, count: 7 };
          const value = parseDigest(formatDigest(challenge, answer, hash))!;
          expect(value).toMatchObject({ username: secrets.username, count: qop ? 7 : undefined });
          const ha1 = hash(challenge.hash, `${secrets.username}:r:${secrets.password}`);
          expect(isDigestRight(value, { ...request, ha1 }, hash)).toBe(true);
          expect(isDigestRight(value, { ...request, ha1: `${ha1}0` }, hash)).toBe(false);
          expect(isDigestRight(value, { ...request, ha1, method: 'PLAY' }, hash)).toBe(false);
        },
      ),
    );
  });

  test.each([
    ['rtsp://10.0.0.7:8554/gate', true],
    ['rtsp://10.0.0.7:8554/gate/', true],
    ['rtsp://other/gate', true],
    ['/gate', true],
    ['', true],
    ['/gat', false],
    ['/gate/trackID=0', false],
    ['/other', false],
  ])('takes the URI %j for a request of /gate: %s', (uri, isRight) => {
    const challenge = digestOf('Digest realm="r", nonce="n"');
    const answer = { ...request, uri, username: 'u', password: 'p', count: 1, cnonce: '' };
    const value = parseDigest(formatDigest(challenge, answer, hash))!;
    const ha1 = hash('MD5', 'u:r:p');
    expect(isDigestRight(value, { ...request, ha1 }, hash)).toBe(isRight);
  });

  test.each([
    'Basic dTpw',
    'Digest username="u", algorithm=SHA-1',
    'Digest username="u", qop=auth, nc=1',
    '',
  ])('cannot do anything with %j', (value) => {
    expect(parseDigest(value)).toBeUndefined();
  });
});

describe('DigestNonces', () => {
  function open() {
    let next = 0;
    return new DigestNonces(() => `nonce ${next++}`);
  }

  test('takes a nonce in counting order only', () => {
    const nonces = open();
    const nonce = nonces.issue(0);
    expect([1, 2, 2, 1, 4, 3].map((count) => nonces.use(nonce, count, 1))).toEqual([
      'good',
      'good',
      'bad',
      'bad',
      'good',
      'bad',
    ]);
  });

  test('takes a nonce without a counter again and again', () => {
    const nonces = open();
    const nonce = nonces.issue(0);
    expect(nonces.use(nonce, undefined, 1)).toBe('good');
    expect(nonces.use(nonce, undefined, 2)).toBe('good');
  });

  test('calls a nonce stale after five minutes, and one that it does not know bad', () => {
    const nonces = open();
    const nonce = nonces.issue(0);
    expect(nonces.use(nonce, 1, 299_999)).toBe('good');
    expect(nonces.use(nonce, 2, 300_000)).toBe('stale');
    expect(nonces.use('mine', 1, 0)).toBe('bad');
  });

  test('keeps the newest eight', () => {
    const nonces = open();
    const issued = Array.from({ length: 9 }, () => nonces.issue(0));
    expect(issued.map((nonce) => nonces.use(nonce, 1, 1))).toEqual([
      'bad',
      ...Array(8).fill('good'),
    ]);
  });
});
