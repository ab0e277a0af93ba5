// Watching by WHEP: joining, trickling, leaving, and every way to get them wrong.

import { request } from 'node:http';
import { promisify } from 'node:util';
import { beforeEach, describe, expect, test } from 'vitest';
import { UnavailableError } from '#std/errors.ts';
import { FakeServices } from '../../test/support/fake-services.ts';
import { until } from '../../test/support/until.ts';
import { MAX_BODY_BYTES } from './limits.ts';
import { createApi } from './server.ts';

const OFFER = { 'content-type': 'application/sdp' };
const FRAGMENT = { 'content-type': 'application/trickle-ice-sdpfrag' };

let services: FakeServices;
let app: ReturnType<typeof createApi>;

beforeEach(() => {
  services = new FakeServices();
  app = createApi(services);
});

function post(headers: Record<string, string> = OFFER, payload: string | Buffer = 'v=0\r\n') {
  return app.inject({ method: 'POST', url: '/whep/gate', headers, payload });
}

function patch(headers: Record<string, string>, payload = 'a=candidate:1\r\n') {
  return app.inject({ method: 'PATCH', url: '/whep/gate/viewer-1', headers, payload });
}

describe('POST /whep/{id}', () => {
  test('answers an offer with 201, the answer and where the viewer is', async () => {
    const answer = await post({ ...OFFER, 'user-agent': 'Browser/1' });
    expect(answer.statusCode).toBe(201);
    expect(answer.body).toBe('v=0\r\ns=-\r\n');
    expect(answer.headers).toMatchObject({
      'content-type': 'application/sdp',
      location: '/whep/gate/viewer-1',
      etag: '"ice-1"',
      'accept-patch': 'application/trickle-ice-sdpfrag',
      'cache-control': 'no-store',
    });
    expect(answer.headers.link).toBeUndefined();
    expect(services.joined).toEqual([
      { streamId: 'gate', offer: 'v=0\r\n', userAgent: 'Browser/1' },
    ]);
  });

  test('ends the viewer of a page that was left while it joined', async () => {
    await app.listen({ host: '127.0.0.1', port: 0 });
    const { promise, resolve } = Promise.withResolvers<void>();
    let joining = false;
    services.beforeJoin = () => {
      joining = true;
      return promise;
    };
    const sent = request(`${app.listeningOrigin}/whep/gate`, { method: 'POST', headers: OFFER });
    sent.on('error', () => {});
    sent.end('v=0\r\n');
    await until(() => joining, { what: 'the join' });
    sent.destroy();
    const connections = promisify(app.server.getConnections.bind(app.server));
    await until(async () => (await connections()) === 0, { what: 'the client to go' });
    resolve();
    await until(() => services.joined.length === 1, { what: 'the viewer' });
    await until(() => services.viewers.views('gate').length === 0, { what: 'its end' });
    await app.close();
  });

  test.each(['application/sdp; charset=utf-8', 'Application/SDP', 'application/sdp ;x=y'])(
    'takes Content-Type: %s',
    async (type) => {
      expect((await post({ 'content-type': type })).statusCode).toBe(201);
    },
  );

  test.each(['application/json', 'text/plain', 'application/sdpx', 'application/sdp2', ';', ''])(
    'refuses Content-Type: "%s" and names the right one',
    async (type) => {
      const answer = await post({ 'content-type': type });
      expect(answer.statusCode).toBe(415);
      expect(answer.json().code).toBe('unsupported_media_type');
      expect(answer.headers['accept-post']).toBe('application/sdp');
      expect(services.joined).toEqual([]);
    },
  );

  test('names the ICE servers in one Link each', async () => {
    services.iceServers = [{ url: 'stun:a' }, { url: 'turn:b', username: 'u', credential: 'c' }];
    app = createApi(services);
    expect((await post()).headers.link).toEqual([
      '<stun:a>; rel="ice-server"',
      '<turn:b>; rel="ice-server"; username="u"; credential="c"; credential-type="password"',
    ]);
  });

  test('refuses an empty body, and says that it is empty', async () => {
    const answer = await post(OFFER, '');
    expect(answer.statusCode).toBe(400);
    expect(answer.json().detail).toMatch(/body cannot be used: it is empty/);
  });

  test('takes a body of the limit and refuses one byte more', async () => {
    const large = Buffer.alloc(MAX_BODY_BYTES, 'v=0\r\n');
    expect((await post(OFFER, large)).statusCode).toBe(201);
    const answer = await post(OFFER, Buffer.concat([large, Buffer.from('x')]));
    expect(answer.statusCode).toBe(413);
    expect(answer.json()).toMatchObject({
      code: 'too_large',
      detail: expect.stringMatching(/256 KiB/),
    });
  });

  test("passes the stream's refusals on with their codes", async () => {
    expect((await post(OFFER, 'nonsense')).json()).toMatchObject({
      code: 'invalid_sdp',
      status: 400,
    });
    services.failure = new UnavailableError('Not yet.', { code: 'stream_not_ready' });
    const notReady = await post();
    expect(notReady.json()).toMatchObject({
      code: 'stream_not_ready',
      status: 503,
      detail: 'Not yet.',
    });
    expect(notReady.headers['retry-after']).toBe('5');
  });

  test('keeps only the start of a long User-Agent', async () => {
    await post({ ...OFFER, 'user-agent': 'x'.repeat(5_000) });
    expect(services.joined[0]?.userAgent).toHaveLength(256);
  });

  test('an id that no stream can have names the field and the rule', async () => {
    const answer = await app.inject({
      method: 'POST',
      url: '/whep/a%20b',
      headers: OFFER,
      payload: 'v=0',
    });
    expect(answer.statusCode).toBe(400);
    expect(answer.json().detail).toMatch(/^"id" of the path cannot be used: an id has letters/);
  });
});

describe('PATCH /whep/{id}/{sessionKey}', () => {
  beforeEach(() => post());

  test('takes candidates with the current entity tag, or with none', async () => {
    const answer = await patch({ ...FRAGMENT, 'if-match': '"ice-1"' });
    expect(answer.statusCode).toBe(204);
    expect(answer.body).toBe('');
    expect((await patch(FRAGMENT)).statusCode).toBe(204);
    expect(services.trickled).toEqual([
      { fragment: 'a=candidate:1\r\n', etag: 'ice-1' },
      { fragment: 'a=candidate:1\r\n', etag: undefined },
    ]);
  });

  test.each([
    ['*', 422, 'ice_restart_unsupported'],
    ['"old"', 412, 'stale_session'],
    ['W/"ice-1"', 412, 'stale_session'],
    ['ice-1', 400, 'invalid_input'],
  ])('with If-Match: %s answers %i %s', async (tag, status, code) => {
    const answer = await patch({ ...FRAGMENT, 'if-match': tag });
    expect(answer.statusCode).toBe(status);
    expect(answer.json().code).toBe(code);
    expect(services.trickled).toEqual([]);
  });

  test('refuses another type and names the right one', async () => {
    const answer = await patch(OFFER);
    expect(answer.statusCode).toBe(415);
    expect(answer.headers['accept-patch']).toBe('application/trickle-ice-sdpfrag');
  });

  test('refuses what has no candidates', async () => {
    expect((await patch(FRAGMENT, 'x')).json().code).toBe('invalid_candidate');
    expect((await patch(FRAGMENT, '')).json().code).toBe('invalid_input');
  });

  test('a viewer that is gone is not found', async () => {
    const url = '/whep/gate/viewer-9';
    const answer = await app.inject({ method: 'PATCH', url, headers: FRAGMENT, payload: 'a=x' });
    expect(answer.json()).toMatchObject({ code: 'viewer_not_found', status: 404 });
  });
});

describe('DELETE /whep/{id}/{sessionKey}', () => {
  test('ends the viewer once', async () => {
    await post();
    const url = '/whep/gate/viewer-1';
    const answer = await app.inject({ method: 'DELETE', url });
    expect(answer.statusCode).toBe(200);
    expect(answer.body).toBe('');
    expect((await app.inject({ method: 'DELETE', url })).json().code).toBe('viewer_not_found');
  });

  test('does not care for a body', async () => {
    await post();
    const headers = { 'content-type': 'application/json' };
    const url = '/whep/gate/viewer-1';
    const answer = await app.inject({ method: 'DELETE', url, headers, payload: '{"half' });
    expect(answer.statusCode).toBe(200);
  });
});

describe('other methods', () => {
  test('OPTIONS says what to send, and where the ICE servers are', async () => {
    services.iceServers = [{ url: 'stun:a' }];
    app = createApi(services);
    const answer = await app.inject({ method: 'OPTIONS', url: '/whep/gate' });
    expect(answer.statusCode).toBe(204);
    expect(answer.headers).toMatchObject({
      'accept-post': 'application/sdp',
      allow: 'OPTIONS, POST',
      link: ['<stun:a>; rel="ice-server"'],
    });
  });

  test.each(['GET', 'HEAD', 'PUT', 'PATCH', 'DELETE', 'TRACE', 'PROPFIND'] as const)(
    '%s is refused with the methods that there are',
    async (method) => {
      const answer = await app.inject({ method: method as 'GET', url: '/whep/gate' });
      expect(answer.statusCode).toBe(405);
      expect(answer.headers.allow).toBe('OPTIONS, POST');
    },
  );

  test.each(['GET', 'POST', 'PUT', 'OPTIONS'] as const)(
    '%s on a viewer is refused with the methods that there are',
    async (method) => {
      const answer = await app.inject({ method, url: '/whep/gate/viewer-1' });
      expect(answer.statusCode).toBe(405);
      expect(answer.headers.allow).toBe('DELETE, PATCH');
    },
  );
});
