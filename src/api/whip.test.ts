// Publishing by WHIP. What it shares with watching is held by the tests of WHEP.

import { beforeEach, expect, test } from 'vitest';
import { StateError } from '#std/errors.ts';
import { FakeServices } from '../../test/support/fake-services.ts';
import { createApi } from './server.ts';

const OFFER = { 'content-type': 'application/sdp' };
const FRAGMENT = { 'content-type': 'application/trickle-ice-sdpfrag' };
const SESSION = '/whip/gate/publisher-1';

let services: FakeServices;
let app: ReturnType<typeof createApi>;

beforeEach(() => {
  services = new FakeServices();
  services.iceServers = [{ url: 'stun:a' }];
  app = createApi(services);
});

const post = (url = '/whip/gate') =>
  app.inject({ method: 'POST', url, headers: { ...OFFER, 'user-agent': 'OBS' }, payload: 'v=0' });

test('answers an offer with 201, the answer and where the publisher is', async () => {
  const answer = await post();
  expect(answer.statusCode).toBe(201);
  expect(answer.body).toBe('v=0\r\ns=-\r\n');
  expect(answer.headers).toMatchObject({
    'content-type': 'application/sdp',
    location: SESSION,
    etag: '"ice-1"',
    'accept-patch': 'application/trickle-ice-sdpfrag',
    link: ['<stun:a>; rel="ice-server"'],
  });
  expect(services.published).toEqual([{ streamId: 'gate', offer: 'v=0', userAgent: 'OBS' }]);
  expect(services.joined).toEqual([]);
});

test('refuses a second publisher with 409, and takes one when the first has left', async () => {
  await post();
  expect((await post()).json()).toMatchObject({ code: 'publisher_present', status: 409 });
  expect((await app.inject({ method: 'DELETE', url: SESSION })).statusCode).toBe(200);
  expect((await post()).statusCode).toBe(201);
});

test('passes refusals of the stream on with their codes', async () => {
  services.failure = new StateError('It is a camera.', { code: 'not_publishable' });
  expect((await post()).json()).toMatchObject({ code: 'not_publishable', status: 409 });
  expect((await post('/whip/none')).json()).toMatchObject({ code: 'stream_not_found' });
});

test('takes candidates, and refuses an ICE restart', async () => {
  await post();
  const patch = (tag: string) =>
    app.inject({
      method: 'PATCH',
      url: SESSION,
      headers: { ...FRAGMENT, 'if-match': tag },
      payload: 'a=candidate:1\r\n',
    });
  expect((await patch('"ice-1"')).statusCode).toBe(204);
  expect(services.trickled).toEqual([{ fragment: 'a=candidate:1\r\n', etag: 'ice-1' }]);
  expect((await patch('*')).json()).toMatchObject({ code: 'ice_restart_unsupported', status: 422 });
});

test('a publisher that is gone is not found', async () => {
  const answer = await app.inject({ method: 'DELETE', url: SESSION });
  expect(answer.json()).toMatchObject({ code: 'publisher_not_found', status: 404 });
});

test('says what to send', async () => {
  const answer = await app.inject({ method: 'OPTIONS', url: '/whip/gate' });
  expect(answer.statusCode).toBe(204);
  expect(answer.headers).toMatchObject({
    'accept-post': 'application/sdp',
    link: ['<stun:a>; rel="ice-server"'],
  });
});
