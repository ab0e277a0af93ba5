// Logging in and out over HTTP, what the cookie opens, and what other sites cannot do with it.

import { createHash } from 'node:crypto';
import { beforeEach, expect, test } from 'vitest';
import { ADMIN, ADMIN_SECRET, FakeServices } from '../../test/support/fake-services.ts';
import { FakeSettingsStore } from '../../test/support/fake-settings-store.ts';
import { Access } from '../core/access/access.ts';
import { AdminLogin } from '../core/access/admin-login.ts';
import { digestSecret, type Hash } from '../core/access/admin-secret.ts';
import { Sessions } from '../core/access/sessions.ts';
import { createApi } from './server.ts';

const hash: Hash = (_, text) => createHash('sha256').update(text).digest('hex');
const PASSWORD = 'correct horse';
const OWN = { origin: 'http://localhost:8080', host: 'localhost:8080' };

let services: FakeServices;
let app: ReturnType<typeof createApi>;

beforeEach(() => {
  services = new FakeServices();
  const { clock, log } = services;
  let tokens = 0;
  const newToken = () => String(++tokens).padStart(43, 'T');
  const sessions = new Sessions({ clock, hash, newToken });
  const isEqual = (one: string, other: string) => one === other;
  const digests = digestSecret(ADMIN_SECRET, hash);
  const access = new Access({ read: 'open', publish: 'admin', digests, clock, hash, isEqual });
  const hasher = {
    hash: async (password: string) => `kept:${password}`,
    verify: async (password: string, kept: string) => kept === `kept:${password}`,
  };
  const store = new FakeSettingsStore();
  const login = new AdminLogin({ access, sessions, store, hasher, log });
  app = createApi(Object.assign(services, { login, sessions }));
});

type Headers = Record<string, string>;

const logIn = (password: string, headers: Headers = OWN) =>
  app.inject({ method: 'POST', url: '/api/v1/session', headers, payload: { password } });
const logOut = (headers: Headers) =>
  app.inject({ method: 'DELETE', url: '/api/v1/session', headers: { ...OWN, ...headers } });
const view = async (headers: Headers = {}) =>
  (await app.inject({ url: '/api/v1/session', headers })).json();
const remove = (headers: Headers) =>
  app.inject({ method: 'DELETE', url: '/api/v1/streams/gate', headers: { ...OWN, ...headers } });
const setPassword = (payload: object, headers: Headers) =>
  app.inject({ method: 'PUT', url: '/api/v1/password', headers: { ...OWN, ...headers }, payload });

function cookieOf(answer: Awaited<ReturnType<typeof logIn>>): Headers {
  return { cookie: String(answer.headers['set-cookie']).split(';', 1)[0] ?? '' };
}

test('a login gives a cookie, and the cookie opens what the secret opens', async () => {
  expect(await view()).toEqual({ admin: false, password_set: false });
  const answer = await logIn(ADMIN_SECRET);
  expect(answer.statusCode).toBe(204);
  expect(answer.headers['set-cookie']).toMatch(
    /^yeoul_session=T{42}1; HttpOnly; SameSite=Strict; Path=\/; Max-Age=43200$/,
  );
  const cookie = cookieOf(answer);
  expect(await view(cookie)).toEqual({ admin: true, password_set: false });
  expect((await app.inject({ url: '/api/v1/access', headers: cookie })).json().admin).toBe(true);
  expect((await remove(cookie)).statusCode).toBe(204);
  services.access.readOpen = false;
  expect((await app.inject('/api/v1/streams')).statusCode).toBe(401);
  expect((await app.inject({ url: '/api/v1/streams', headers: cookie })).statusCode).toBe(200);
});

test('a cookie that the server did not give opens nothing', async () => {
  for (const value of ['', 'x', 'T'.repeat(43), `${'T'.repeat(42)}1`]) {
    expect((await remove({ cookie: `yeoul_session=${value}` })).statusCode).toBe(401);
  }
  expect(services.changes).toEqual([]);
});

test('a wrong password gives no cookie', async () => {
  const answer = await logIn('wrong');
  expect(answer.json()).toMatchObject({ code: 'wrong_password', status: 403 });
  expect(answer.headers).not.toHaveProperty('set-cookie');
});

test('whoever was wrong ten times waits', async () => {
  for (let attempt = 0; attempt < 10; attempt++) await logIn('wrong');
  const answer = await logIn(ADMIN_SECRET);
  expect(answer.json()).toMatchObject({ code: 'too_many_attempts' });
  expect(answer.headers['retry-after']).toBe('5');
});

test('after logging out the cookie opens nothing, and the browser forgets it', async () => {
  const cookie = cookieOf(await logIn(ADMIN_SECRET));
  const answer = await logOut(cookie);
  expect(answer.statusCode).toBe(204);
  expect(answer.headers['set-cookie']).toMatch(/^yeoul_session=; .*Max-Age=0$/);
  expect((await remove(cookie)).statusCode).toBe(401);
  expect((await logOut({})).statusCode).toBe(204);
});

test('a login never goes on with a session that was there, but ends it', async () => {
  const before = cookieOf(await logIn(ADMIN_SECRET));
  const after = cookieOf(await logIn(ADMIN_SECRET, { ...OWN, ...before }));
  expect(after).not.toEqual(before);
  expect(await view(before)).toMatchObject({ admin: false });
  expect(await view(after)).toMatchObject({ admin: true });
});

test('a secret that was sent counts before the cookie', async () => {
  const cookie = cookieOf(await logIn(ADMIN_SECRET));
  expect((await remove({ ...cookie, authorization: 'Bearer wrong' })).statusCode).toBe(401);
  expect((await remove({ ...cookie, authorization: 'Basic cm9vdDp4' })).statusCode).toBe(204);
});

test.each([
  [{ 'sec-fetch-site': 'cross-site' }],
  [{ 'sec-fetch-site': 'same-site', origin: 'http://localhost:3000' }],
  [{ origin: 'http://elsewhere.example' }],
  [{ origin: 'null' }],
])('pages of others change, publish, log in and log out nothing: %j', async (from) => {
  const cookie = cookieOf(await logIn(ADMIN_SECRET));
  services.access.mayPublishOpen = false;
  const foreign = { host: OWN.host, ...cookie, ...from };
  const sdp = { 'content-type': 'application/sdp' };
  const answers = await Promise.all([
    app.inject({ method: 'DELETE', url: '/api/v1/streams/gate', headers: foreign }),
    app.inject({
      method: 'POST',
      url: '/whip/gate',
      headers: { ...foreign, ...sdp },
      payload: 'v=0',
    }),
    app.inject({ method: 'DELETE', url: '/api/v1/session', headers: foreign }),
    logIn(ADMIN_SECRET, foreign),
    app.inject({
      method: 'PUT',
      url: '/api/v1/password',
      headers: foreign,
      payload: { password: 'chosen by others' },
    }),
  ]);
  expect(answers.map((answer) => answer.json().code)).toEqual(Array(5).fill('cross_site'));
  expect(answers.some((answer) => 'set-cookie' in answer.headers)).toBe(false);
  expect(services.published).toEqual([]);
  expect(await view(cookie)).toEqual({ admin: true, password_set: false });
});

test('pages of others cannot read with the cookie either: credentials are not allowed', async () => {
  const cookie = cookieOf(await logIn(ADMIN_SECRET));
  const headers = { ...cookie, origin: 'http://elsewhere.example' };
  const answer = await app.inject({ url: '/api/v1/session', headers });
  expect(answer.headers).not.toHaveProperty('access-control-allow-credentials');
});

test('the cookie publishes from the own page', async () => {
  services.access.mayPublishOpen = false;
  const cookie = cookieOf(await logIn(ADMIN_SECRET));
  const headers = { ...OWN, ...cookie, 'content-type': 'application/sdp' };
  const publish = { method: 'POST', url: '/whip/gate', payload: 'v=0' } as const;
  expect((await app.inject({ ...publish, headers })).statusCode).toBe(201);
});

test('while it is used the cookie is sent again each hour; twelve hours without end it', async () => {
  const cookie = cookieOf(await logIn(ADMIN_SECRET));
  const look = () => app.inject({ url: '/api/v1/session', headers: cookie });
  expect((await look()).headers).not.toHaveProperty('set-cookie');
  services.clock.advance(3_600_000);
  const renewed = await look();
  expect(cookieOf(renewed)).toEqual(cookie);
  expect((await look()).headers).not.toHaveProperty('set-cookie');
  services.clock.advance(12 * 3_600_000);
  expect((await look()).json().admin).toBe(false);
});

test('a password is chosen, logs in, and ends the sessions before it', async () => {
  const cookie = cookieOf(await logIn(ADMIN_SECRET));
  const other = cookieOf(await logIn(ADMIN_SECRET));
  const answer = await setPassword({ password: PASSWORD }, cookie);
  expect(answer.statusCode).toBe(204);
  expect(await view(cookieOf(answer))).toEqual({ admin: true, password_set: true });
  expect(await view(cookie)).toMatchObject({ admin: false });
  expect(await view(other)).toMatchObject({ admin: false });
  expect(await view(cookieOf(await logIn(PASSWORD)))).toMatchObject({ admin: true });
});

test('with a session, the password that is must be said; with the secret not', async () => {
  const set = await setPassword({ password: PASSWORD }, ADMIN);
  expect(set.statusCode).toBe(204);
  expect(set.headers).not.toHaveProperty('set-cookie');
  const cookie = cookieOf(await logIn(PASSWORD));
  const next = { password: 'another one' };
  for (const current of [{}, { current: 'wrong' }]) {
    const answer = await setPassword({ ...next, ...current }, cookie);
    expect(answer.json()).toMatchObject({ code: 'wrong_password' });
  }
  expect((await setPassword({ ...next, current: PASSWORD }, cookie)).statusCode).toBe(204);
});

test.each([
  [{ password: 'too short' }, /"password" of the body cannot be used: must be text of 10 to 256/],
  [{ password: 'x'.repeat(257) }, /10 to 256/],
  [{ password: 5 }, /10 to 256/],
  [{ password: PASSWORD, current: '' }, /"current" of the body .* 1 to 256/],
  [{}, /"password"/],
  [{ password: PASSWORD, role: 'root' }, /role/],
])('as a password, %j is refused', async (payload, reason) => {
  const answer = await setPassword(payload, ADMIN);
  expect(answer.json()).toMatchObject({ code: 'invalid_input' });
  expect(answer.json().detail).toMatch(reason);
  expect(await view()).toMatchObject({ password_set: false });
});

test('nobody but the admin chooses it', async () => {
  expect((await setPassword({ password: PASSWORD }, {})).statusCode).toBe(401);
});
