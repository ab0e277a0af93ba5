// What scripts of other pages get to see: WHEP and reading, nothing else (Fetch standard, CORS).

import { beforeEach, expect, test } from 'vitest';
import { ADMIN, FakeServices } from '../../test/support/fake-services.ts';
import { createApi } from './server.ts';

let app: ReturnType<typeof createApi>;

beforeEach(() => {
  app = createApi(new FakeServices());
});

const origin = 'https://elsewhere.example';

const preflight = (url: string, method: string) =>
  app.inject({
    method: 'OPTIONS',
    url,
    headers: { origin, 'access-control-request-method': method },
  });

test.each([
  ['/whep/gate', 'POST, PATCH, DELETE, OPTIONS'],
  ['/whep/gate/viewer-1', 'POST, PATCH, DELETE, OPTIONS'],
  ['/api/v1/streams', 'GET, HEAD'],
  ['/api/v1/streams/gate/viewers', 'GET, HEAD'],
])('a browser that asks for %s learns what is allowed: %s', async (url, methods) => {
  const answer = await preflight(url, 'GET');
  expect(answer.statusCode).toBe(204);
  expect(answer.body).toBe('');
  expect(answer.headers).toMatchObject({
    'access-control-allow-origin': '*',
    'access-control-allow-methods': methods,
    'access-control-allow-headers': 'Authorization, Content-Type, If-Match',
  });
  expect(answer.headers).not.toHaveProperty('access-control-allow-credentials');
});

test('the answer to an offer can be read, with where the viewer is', async () => {
  const headers = { origin, 'content-type': 'application/sdp', 'sec-fetch-site': 'cross-site' };
  const answer = await app.inject({ method: 'POST', url: '/whep/gate', headers, payload: 'v=0' });
  expect(answer.statusCode).toBe(201);
  expect(answer.headers['access-control-allow-origin']).toBe('*');
  expect(answer.headers['access-control-expose-headers']).toMatch(/^Location, ETag, Link/);
});

test('refusals can be read too', async () => {
  const answer = await app.inject({ url: '/api/v1/streams/none', headers: { origin } });
  expect(answer.statusCode).toBe(404);
  expect(answer.headers['access-control-allow-origin']).toBe('*');
});

test('an OPTIONS that is no preflight has its own answer', async () => {
  const answer = await app.inject({ method: 'OPTIONS', url: '/whep/gate' });
  expect(answer.headers).toMatchObject({
    'accept-post': 'application/sdp',
    'access-control-allow-origin': '*',
  });
});

test.each([
  ['POST', '/api/v1/streams'],
  ['PATCH', '/api/v1/streams/gate'],
  ['DELETE', '/api/v1/streams/gate'],
  ['POST', '/whip/gate'],
  ['GET', '/metrics'],
  ['GET', '/'],
] as const)('%s %s says nothing that would open it to other pages', async (method, url) => {
  const answer = await app.inject({ method, url, headers: { origin, ...ADMIN } });
  expect(answer.headers).not.toHaveProperty('access-control-allow-origin');
  expect((await preflight('/whip/gate', 'POST')).headers).not.toHaveProperty(
    'access-control-allow-origin',
  );
});
