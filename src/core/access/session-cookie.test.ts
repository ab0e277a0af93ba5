// The cookie as it goes out and as it comes back, with whatever else is in the line.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { findSessionToken, formatEndedCookie, formatSessionCookie } from './session-cookie.ts';

const TOKEN = 'A1_-'.repeat(10).concat('xyz');

test('scripts do not see it, other sites do not send it, and it lasts as long as a session', () => {
  expect(formatSessionCookie(TOKEN, { isSecure: false })).toBe(
    `yeoul_session=${TOKEN}; HttpOnly; SameSite=Strict; Path=/; Max-Age=43200`,
  );
});

test('over TLS it goes back over nothing else', () => {
  expect(formatSessionCookie(TOKEN, { isSecure: true })).toMatch(/; Secure$/);
  expect(formatEndedCookie({ isSecure: true })).toBe(
    'yeoul_session=; HttpOnly; SameSite=Strict; Path=/; Max-Age=0; Secure',
  );
});

test.each([
  [`yeoul_session=${TOKEN}`],
  [`a=b; yeoul_session=${TOKEN}; c=d`],
  [`  yeoul_session = ${TOKEN} ;`],
  [`yeoul_session=; yeoul_session=${TOKEN}`],
])('%j has the token', (line) => {
  expect(findSessionToken(line)).toBe(TOKEN);
});

test.each([
  [undefined],
  [''],
  ['yeoul_session'],
  ['yeoul_session='],
  [`YEOUL_SESSION=${TOKEN}`],
  [`xyeoul_session=${TOKEN}`],
  [`yeoul_session=${TOKEN}x`],
  [`yeoul_session=${TOKEN.slice(1)}`],
  [`yeoul_session="${TOKEN}"`],
  [`yeoul_session=${TOKEN.slice(1)}é`],
  [`a=yeoul_session=${TOKEN}`],
])('%j has none', (line) => {
  expect(findSessionToken(line)).toBeUndefined();
});

test('whatever else stands in the line, the token is found in it, and nothing else is', () => {
  const other = fc.string({ unit: 'binary' }).map((text) => text.replaceAll(';', ''));
  fc.assert(
    fc.property(fc.array(other), fc.array(other), (before, after) => {
      const line = [...before, `yeoul_session=${TOKEN}`, ...after].join(';');
      expect(findSessionToken(line)).toBe(TOKEN);
      const found = findSessionToken([...before, ...after].join(';'));
      expect(found).toBeUndefined();
    }),
  );
});
