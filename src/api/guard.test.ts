// Who may do what: which routes need the admin secret, how it is sent, and what else is refused.

import { beforeEach, expect, test } from 'vitest';
import { ADMIN, ADMIN_SECRET, FakeServices } from '../../test/support/fake-services.ts';
import { createApi } from './server.ts';

let services: FakeServices;
let app: ReturnType<typeof createApi>;

beforeEach(() => {
  services = new FakeServices();
  app = createApi(services);
});

const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`;
const remove = (headers: Record<string, string> = {}) =>
  app.inject({ method: 'DELETE', url: '/api/v1/streams/gate', headers });

/** Every route there is, as it was registered. */
async function listRoutes(): Promise<[method: string, url: string][]> {
  const routes: [string, string][] = [];
  const fresh = createApi(services);
  fresh.addHook('onRoute', ({ method, url }) => {
    for (const each of [method].flat()) routes.push([each, url]);
  });
  await fresh.ready();
  return routes;
}

const OPEN_TO_CHANGE =
  /^(POST|OPTIONS) \/whep\/:id$|^OPTIONS \/whip|\/:sessionKey$|^(POST|DELETE) \/api\/v1\/session$|^POST \/qos-metrics$/;

test('every route that is no reading refuses whoever has no secret, but for what is named here', async () => {
  services.access.mayPublishOpen = false;
  const changes = (await listRoutes()).filter(([method]) => !/^(GET|HEAD)$/.test(method));
  expect(changes.length).toBeGreaterThan(10);
  for (const [method, url] of changes) {
    const answer = await app.inject({ method: method as 'POST', url: url.replace(/:\w+/g, 'x') });
    const isRefused = answer.statusCode === 401;
    expect(isRefused, `${method} ${url}`).toBe(!OPEN_TO_CHANGE.test(`${method} ${url}`));
  }
});

test('where reading is closed, all that can be read needs the secret but what says so', async () => {
  services.access.readOpen = false;
  const open = ['/api/v1/health', '/api/v1/access', '/api/v1/session', '/api/v1/openapi.json'];
  const isClosed = (url: string) => /^\/(api|metrics)/.test(url) && !open.includes(url);
  const reading = (await listRoutes()).filter(([method]) => /^(GET|HEAD)$/.test(method));
  for (const [method, url] of reading) {
    const path = url.replace(/:\w+/g, 'gate');
    const answer = await app.inject({ method: method as 'GET', url: path });
    expect(answer.statusCode === 401, `${method} ${url}`).toBe(isClosed(url));
    const known = await app.inject({ method: method as 'GET', url: path, headers: ADMIN });
    expect(known.statusCode, `${method} ${url}`).not.toBe(401);
  }
  const offer = { 'content-type': 'application/sdp' };
  const watch = { method: 'POST', url: '/whep/gate', payload: 'v=0' } as const;
  expect((await app.inject({ ...watch, headers: offer })).statusCode).toBe(401);
  expect((await app.inject({ ...watch, headers: { ...offer, ...ADMIN } })).statusCode).toBe(201);
});

test('health stays open for probes, but names no part to strangers', async () => {
  services.access.readOpen = false;
  expect((await app.inject('/api/v1/health')).json()).toMatchObject({ status: 'ok', parts: [] });
  const known = await app.inject({ url: '/api/v1/health', headers: ADMIN });
  expect(known.json().parts).toHaveLength(1);
});

test('the export is closed although it is only read', async () => {
  expect((await app.inject('/api/v1/configuration.yaml')).statusCode).toBe(401);
  expect((await app.inject({ method: 'HEAD', url: '/api/v1/configuration.yaml' })).statusCode).toBe(
    401,
  );
});

test.each([
  ['as a bearer token', `Bearer ${ADMIN_SECRET}`],
  ['with another case and more spaces', `bearer   ${ADMIN_SECRET} `],
  ["as the admin's password", basic(`admin:${ADMIN_SECRET}`)],
])('the secret is taken %s', async (_, authorization) => {
  expect((await remove({ authorization })).statusCode).toBe(204);
  expect(services.access.remotes).toEqual(['127.0.0.1']);
});

test.each([
  ['nothing', undefined],
  ['a wrong one', 'Bearer wrong'],
  ["another user's", basic(`root:${ADMIN_SECRET}`)],
  ['no user', basic(ADMIN_SECRET)],
  ['another scheme', `Digest ${ADMIN_SECRET}`],
  ['no scheme', ADMIN_SECRET],
  ['two words', `Bearer ${ADMIN_SECRET} x`],
])('%s is refused, with the same words for all', async (_, authorization) => {
  const answer = await remove(authorization === undefined ? {} : { authorization });
  expect(answer.json()).toMatchObject({
    code: 'admin_secret_needed',
    detail:
      'This needs the admin secret, and it is missing or wrong. Send it as Authorization: Bearer <secret>, or log in; "npm start -- --reset-admin-secret" makes a new one.',
  });
  expect(answer.headers['www-authenticate']).toBe('Bearer realm="Yeoul"');
  expect(services.changes).toEqual([]);
});

test('an address that was wrong too often is told to wait', async () => {
  services.access.blocked = true;
  const answer = await remove(ADMIN);
  expect(answer.json()).toMatchObject({ code: 'too_many_attempts', status: 429 });
  expect(answer.headers['retry-after']).toBe('5');
});

test('what needs no secret looks at none', async () => {
  services.access.blocked = true;
  const answer = await app.inject({ url: '/api/v1/streams', headers: ADMIN });
  expect(answer.statusCode).toBe(200);
  expect(services.access.remotes).toEqual([]);
});

test('access says what is open and whether the secret was right', async () => {
  const ask = async (headers = {}) => (await app.inject({ url: '/api/v1/access', headers })).json();
  expect(await ask()).toEqual({ read: 'open', publish: 'open', admin: false });
  services.access.readOpen = false;
  services.access.mayPublishOpen = false;
  expect(await ask(ADMIN)).toEqual({ read: 'admin', publish: 'admin', admin: true });
  expect(await ask({ authorization: 'Bearer wrong' })).toMatchObject({ admin: false });
  services.access.blocked = true;
  expect(await ask(ADMIN)).toMatchObject({ code: 'too_many_attempts' });
});

test('publishing needs the secret only where it is closed', async () => {
  const publish = (headers = {}) =>
    app.inject({
      method: 'POST',
      url: '/whip/gate',
      headers: { 'content-type': 'application/sdp', ...headers },
      payload: 'v=0',
    });
  services.access.mayPublishOpen = false;
  expect((await publish()).json()).toMatchObject({ code: 'admin_secret_needed' });
  const answer = await publish(ADMIN);
  expect(answer.statusCode).toBe(201);
  const end = { method: 'DELETE', url: String(answer.headers.location) } as const;
  expect((await app.inject(end)).statusCode).toBe(200);
  services.access.mayPublishOpen = true;
  expect((await publish()).statusCode).toBe(201);
});

test.each([
  [{ 'sec-fetch-site': 'cross-site' }],
  [{ 'sec-fetch-site': 'same-site' }],
  [{ origin: 'http://elsewhere.example' }],
  [{ origin: 'http://localhost:1234' }],
  [{ origin: 'null' }],
])(
  'a change from the page of another site is refused, with the right secret too: %j',
  async (headers) => {
    const answer = await remove({ ...ADMIN, ...headers, host: 'localhost:8080' });
    expect(answer.json()).toMatchObject({ code: 'cross_site', status: 403 });
    expect(services.changes).toEqual([]);
  },
);

test.each([
  [{ 'sec-fetch-site': 'same-origin', origin: 'https://yeoul.example' }],
  [{ 'sec-fetch-site': 'none' }],
  [{ origin: 'http://localhost:8080' }],
])('a change from the own page is taken: %j', async (headers) => {
  expect((await remove({ ...ADMIN, ...headers, host: 'localhost:8080' })).statusCode).toBe(204);
});
