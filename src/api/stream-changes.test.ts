// Making, changing, removing and trying streams over HTTP. The rules are tested where they are.

import { beforeEach, expect, test } from 'vitest';
import { StateError, UnavailableError } from '#std/errors.ts';
import { ADMIN, FakeServices } from '../../test/support/fake-services.ts';
import { createApi } from './server.ts';

let services: FakeServices;
let app: ReturnType<typeof createApi>;

beforeEach(() => {
  services = new FakeServices();
  app = createApi(services);
});

const send = (method: 'POST' | 'PATCH' | 'DELETE', url: string, payload?: object) =>
  app.inject({ method, url, headers: ADMIN, ...(payload ? { payload } : {}) });

test('a stream is made, and the answer says where it is', async () => {
  const answer = await send('POST', '/api/v1/streams', {
    id: 'door',
    source: 'rtsp://admin:pw@10.0.0.7/main',
    open: 'demand',
  });
  expect(answer.statusCode).toBe(201);
  expect(answer.headers.location).toBe('/api/v1/streams/door');
  expect(answer.json()).toMatchObject({ id: 'door', settings: { hasPassword: false } });
  expect(services.changes).toEqual([
    ['create', 'door', { source: 'rtsp://admin:pw@10.0.0.7/main', open: 'demand' }],
  ]);
});

test('a change may set settings back to their defaults', async () => {
  const answer = await send('PATCH', '/api/v1/streams/gate', { name: null, linger: null });
  expect(answer.statusCode).toBe(200);
  expect(answer.json()).toMatchObject({ id: 'gate' });
  expect(services.changes).toEqual([['update', 'gate', { name: null, linger: null }]]);
});

test('a stream is removed, whatever body comes with it', async () => {
  const headers = { ...ADMIN, 'content-type': 'application/json' };
  const answer = await app.inject({ method: 'DELETE', url: '/api/v1/streams/gate', headers });
  expect(answer.statusCode).toBe(204);
  expect(services.changes).toEqual([['remove', 'gate']]);
});

test('a camera is tried, also with the password of a stream that is there', async () => {
  const settings = { source: 'rtsp://10.0.0.7/main' };
  const answer = await send('POST', '/api/v1/streams/try', { settings });
  expect(answer.statusCode).toBe(200);
  expect(answer.json()).toMatchObject({ profiles: [{ name: 'main', state: 'live' }] });
  await send('POST', '/api/v1/streams/try', { id: 'gate', settings: {} });
  expect(services.changes).toEqual([
    ['try', undefined, settings],
    ['try', 'gate', {}],
  ]);
});

test('all streams are taken along as YAML', async () => {
  const answer = await app.inject({ url: '/api/v1/configuration.yaml', headers: ADMIN });
  expect(answer.headers['content-type']).toBe('application/yaml');
  expect(answer.body).toMatch(/^streams:\n/);
});

test.each([
  [{ source: 'test:' }, '"id" of the body'],
  [{ id: 'a b', source: 'test:' }, 'an id has letters'],
  [{ id: 'door' }, '"source" of the body cannot be used: must be an address like'],
  [{ id: 'door', source: 'http://x/' }, 'must be an address like'],
  [{ id: 'door', source: 'test:', transport: null }, '"transport" of the body'],
  [{ id: 'door', source: 'test:', colour: 'red' }, 'Unrecognized key: "colour"'],
  [{ id: 'door', source: 'test:', name: 'a\nb' }, 'without line breaks'],
  [{ id: 'door', source: 'test:', linger: 3601 }, 'whole number of seconds from 0 to 3600'],
])('%j is refused in words', async (body, words) => {
  const answer = await send('POST', '/api/v1/streams', body);
  expect(answer.json()).toMatchObject({ code: 'invalid_input' });
  expect(answer.json().detail).toContain(words);
  expect(services.changes).toEqual([]);
});

test('a change cannot take the source away or move it to another id', async () => {
  expect((await send('PATCH', '/api/v1/streams/gate', { source: null })).statusCode).toBe(400);
  expect((await send('PATCH', '/api/v1/streams/gate', { id: 'door' })).statusCode).toBe(400);
});

test('no answer repeats a password', async () => {
  const bodies = [
    { id: 'door', source: 'rtsp//admin:hunter2@10.0.0.7/' },
    { id: 'door', source: 'test:', password: ['hunter2'] },
    { id: 'door', source: 'test:', username: 'x\nhunter2' },
  ];
  for (const body of bodies) {
    const answer = await send('POST', '/api/v1/streams', body);
    expect(answer.statusCode).toBe(400);
    expect(answer.body).not.toContain('hunter2');
  }
});

test.each([
  [new StateError('It is in the file.', { code: 'stream_in_file' }), 409, 'stream_in_file'],
  [new UnavailableError('The disk is full.'), 503, 'unavailable'],
])('refusals of the rules are passed on: %s', async (failure, status, code) => {
  services.failure = failure;
  const answer = await send('PATCH', '/api/v1/streams/gate', { name: 'x' });
  expect(answer.json()).toMatchObject({ status, code });
});

test('an id that is taken is refused', async () => {
  const answer = await send('POST', '/api/v1/streams', { id: 'gate', source: 'test:' });
  expect(answer.json()).toMatchObject({ code: 'stream_exists', status: 409 });
});

test('a viewer is sent away by the id that the list shows', async () => {
  const headers = { 'content-type': 'application/sdp' };
  await app.inject({ method: 'POST', url: '/whep/gate', headers, payload: 'v=0' });
  const kick = () => send('DELETE', '/api/v1/streams/gate/viewers/viewer-1');
  expect((await kick()).statusCode).toBe(204);
  expect((await kick()).json()).toMatchObject({ code: 'viewer_not_found' });
  const wrong = await send('DELETE', '/api/v1/streams/gate/viewers/a%20b');
  expect(wrong.json()).toMatchObject({ code: 'invalid_input' });
});
