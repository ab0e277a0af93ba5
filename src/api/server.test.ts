// The API as a whole: what every answer has, what is refused, what is observed, what is timed out.

import { once } from 'node:events';
import { type AddressInfo, connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { healthView } from '#contract/health.ts';
import { streamList, streamView, viewerList } from '#contract/streams.ts';
import { FakeServices, makeStream } from '../../test/support/fake-services.ts';
import type { ApiInstance } from './instance.ts';
import { type ApiOptions, createApi } from './server.ts';

let services: FakeServices;
let app: ApiInstance;

beforeEach(() => {
  services = new FakeServices();
  app = createApi(services);
});

afterEach(() => app.close());

async function get(url: string) {
  const answer = await app.inject(url);
  expect(answer.statusCode, answer.body).toBe(200);
  return answer;
}

describe('the resources', () => {
  test('health has the state of each part and the time', async () => {
    services.clock.advance(61_500);
    const health = healthView.parse((await get('/api/v1/health')).json());
    expect(health).toMatchObject({
      status: 'ok',
      uptimeSeconds: 61.5,
      time: '2026-01-01T00:01:01.500Z',
    });
  });

  test('the list of streams, one stream and its viewers hold what the contract says', async () => {
    services.streamList.push(makeStream('yard', { state: 'retrying', reason: 'No route.' }));
    const { streams } = streamList.parse((await get('/api/v1/streams')).json());
    expect(streams).toEqual(services.streamList);
    expect(streamView.parse((await get('/api/v1/streams/yard')).json())).toEqual(streams[1]);
    const headers = { 'content-type': 'application/sdp' };
    await app.inject({ method: 'POST', url: '/whep/gate', headers, payload: 'v=0' });
    const { viewers } = viewerList.parse((await get('/api/v1/streams/gate/viewers')).json());
    expect(viewers.map((viewer) => viewer.id)).toEqual(['viewer-1']);
  });

  test.each(['/api/v1/streams/none', '/api/v1/streams/none/viewers'])(
    '%s is not found, by its own code',
    async (url) => {
      const answer = await app.inject(url);
      expect(answer.statusCode).toBe(404);
      expect(answer.json()).toMatchObject({
        code: 'stream_not_found',
        type: '/docs#problem-stream_not_found',
      });
    },
  );

  test('metrics come as text', async () => {
    const answer = await get('/metrics');
    expect(answer.headers['content-type']).toMatch(/^text\/plain; version=0\.0\.4/);
    expect(answer.body).toBe('yeoul_up 1\n');
  });

  test('HEAD answers like GET, without the body', async () => {
    const answer = await app.inject({ method: 'HEAD', url: '/api/v1/streams' });
    expect(answer.statusCode).toBe(200);
    expect(answer.headers['content-length']).toBe(
      String((await get('/api/v1/streams')).body.length),
    );
    expect(answer.body).toBe('');
  });
});

describe('every answer', () => {
  test.each([
    '/api/v1/health',
    '/api/v1/streams/none',
    '/nope',
    '/%zz',
    `/whep/${'x'.repeat(200)}`,
    '/',
  ])('to %s is safe to show, not kept, and has an id', async (url) => {
    const answer = await app.inject({ method: 'POST', url });
    expect(answer.headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'referrer-policy': 'no-referrer',
      'cache-control': 'no-store',
      'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
      'x-request-id': expect.stringMatching(/^[0-9a-z]+$/),
    });
  });

  test('has another id than the one before, whatever the client says', async () => {
    const headers = { 'x-request-id': 'forged', 'request-id': 'forged' };
    const first = await app.inject({ url: '/nope', headers });
    const second = await app.inject({ url: '/nope', headers });
    expect(first.headers['x-request-id']).not.toBe(second.headers['x-request-id']);
  });
});

describe('refusals', () => {
  test('a path that nobody has is not found, and its body is not read', async () => {
    const headers = { 'content-type': 'application/json' };
    const answer = await app.inject({
      method: 'POST',
      url: '/nope?a=b',
      headers,
      payload: '{"half',
    });
    expect(answer.json()).toMatchObject({
      code: 'not_found',
      detail: 'There is nothing at /nope. See /docs.',
    });
  });

  test('a method that a path does not take is refused with those that it takes', async () => {
    const answer = await app.inject({ method: 'DELETE', url: '/api/v1/health?x' });
    expect(answer.json()).toMatchObject({ code: 'method_not_allowed', status: 405 });
    expect(answer.headers.allow).toBe('GET, HEAD');
  });

  test('an address over the limit is refused', async () => {
    const answer = await app.inject(`/api/v1/streams?${'x'.repeat(2048)}`);
    expect(answer.json()).toMatchObject({ code: 'uri_too_long', status: 414 });
    expect((await app.inject(`/whep/${'x'.repeat(129)}`)).statusCode).toBe(405);
    const long = await app.inject({ method: 'POST', url: `/whep/${'x'.repeat(129)}` });
    expect(long.json()).toMatchObject({
      code: 'uri_too_long',
      detail: expect.stringMatching(/128/),
    });
  });

  test('our own mistake is a 500 that tells nothing, and the log has it under the same id', async () => {
    services.failure = new TypeError('cannot read password');
    const answer = await app.inject('/api/v1/streams');
    expect(answer.statusCode).toBe(500);
    expect(answer.body).not.toContain('password');
    expect(services.lines).toEqual([
      {
        level: 'error',
        message: 'HTTP request failed',
        fields: {
          request: answer.headers['x-request-id'],
          method: 'GET',
          route: '/api/v1/streams',
          error: expect.stringContaining('cannot read password'),
        },
      },
    ]);
  });

  test('something thrown that is no Error is a 500 as well', async () => {
    services.failure = 'text';
    expect((await app.inject('/metrics')).statusCode).toBe(500);
    expect(services.lines[0]?.fields.error).toBe('text');
  });
});

describe('observation', () => {
  test('each request is seen once, by its pattern, with its status, its problem and its time', async () => {
    const { join } = services.viewers;
    services.viewers.join = (request) => {
      services.clock.advance(12);
      return join(request);
    };
    const headers = { 'content-type': 'application/sdp' };
    await app.inject({ method: 'POST', url: '/whep/gate', headers, payload: 'v=0' });
    await app.inject('/api/v1/streams/none');
    expect(services.finished).toEqual([
      { route: '/whep/:id', method: 'POST', status: 201, durationMs: 12, problem: undefined },
      {
        route: '/api/v1/streams/:id',
        method: 'GET',
        status: 404,
        durationMs: 0,
        problem: 'stream_not_found',
      },
    ]);
  });

  test('whatever else is asked for is one route', async () => {
    for (const url of ['/a', '/b', '/whep/x/y/z', '/%zz', '/whep/gate', `/${'x'.repeat(3_000)}`]) {
      await app.inject(url);
    }
    await app.inject({ method: 'POST', url: `/whep/${'x'.repeat(200)}` });
    expect(services.finished.length).toBe(7);
    expect(new Set(services.finished.map((request) => request.route))).toEqual(
      new Set(['unmatched']),
    );
  });
});

describe('over real sockets', () => {
  async function listen(options: ApiOptions = {}): Promise<number> {
    app = createApi(services, options);
    await app.listen({ host: '127.0.0.1', port: 0 });
    return (app.server.address() as AddressInfo).port;
  }

  /** Sends the text and resolves with all that came until the server closed the connection. */
  async function exchange(port: number, text: string): Promise<string> {
    const socket = connect(port, '127.0.0.1');
    let received = '';
    socket.on('data', (chunk) => {
      received += chunk;
    });
    socket.on('error', () => {});
    socket.write(text);
    await once(socket, 'close');
    return received;
  }

  test('what is not HTTP is refused as a problem and hung up on', async () => {
    const answer = await exchange(await listen(), '\x16\x03\x01\x02\x00\x01');
    expect(answer).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/);
    expect(answer).toContain('x-content-type-options: nosniff\r\n');
    expect(JSON.parse(answer.split('\r\n\r\n')[1]!)).toMatchObject({ code: 'invalid_input' });
  });

  test('endless header lines are refused', async () => {
    const port = await listen();
    const answer = await exchange(port, `GET / HTTP/1.1\r\nHost: x\r\nX: ${'x'.repeat(20_000)}`);
    expect(answer).toMatch(/^HTTP\/1\.1 431 /);
    expect(answer).toContain('"code":"headers_too_large"');
    expect(services.finished.at(-1)).toMatchObject({
      route: 'unmatched',
      status: 431,
      problem: 'headers_too_large',
    });
  });

  test.each([
    'GET / HTTP/1.1\r\nHost: x\r\n',
    'POST /whep/gate HTTP/1.1\r\nHost: x\r\nContent-Type: application/sdp\r\nContent-Length: 9\r\n\r\nv',
  ])('a request that never ends is hung up on: %j', async (start) => {
    const port = await listen({ requestTimeoutMs: 50 });
    const answer = await exchange(port, start);
    expect(answer).toMatch(/^HTTP\/1\.1 408 /);
    expect(answer).toContain('"code":"request_timeout"');
  });

  test('a client that goes away in the middle does no harm', async () => {
    const port = await listen();
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    socket.write('POST /whep/gate HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n');
    socket.resetAndDestroy();
    await once(socket, 'close');
    const answer = await fetch(`http://127.0.0.1:${port}/api/v1/health`);
    expect(answer.status).toBe(200);
  });

  test('slow and idle connections, and too many of them, have limits', async () => {
    await listen();
    const { requestTimeout, headersTimeout, keepAliveTimeout, timeout, maxConnections } =
      app.server;
    expect({ requestTimeout, headersTimeout, keepAliveTimeout, timeout, maxConnections }).toEqual({
      requestTimeout: 15_000,
      headersTimeout: 10_000,
      keepAliveTimeout: 10_000,
      timeout: 30_000,
      maxConnections: 8_192,
    });
  });

  test('while it closes, it finishes what it has begun and refuses what comes then', async () => {
    const port = await listen();
    const { join } = services.viewers;
    const joining = Promise.withResolvers<void>();
    const finishing = Promise.withResolvers<void>();
    services.viewers.join = async (request) => {
      joining.resolve();
      await finishing.promise;
      return join(request);
    };
    const socket = connect(port, '127.0.0.1');
    let received = '';
    socket.on('data', (chunk) => {
      received += chunk;
    });
    socket.write(
      'POST /whep/gate HTTP/1.1\r\nHost: x\r\nContent-Type: application/sdp\r\nContent-Length: 3\r\n\r\nv=0',
    );
    await joining.promise;
    const ended = once(socket, 'close');
    const refused = once(app.server, 'request');
    const closed = app.close();
    while (app.server.listening) await new Promise(setImmediate);
    socket.write('GET /api/v1/health HTTP/1.1\r\nHost: x\r\n\r\n');
    await refused;
    finishing.resolve();
    await Promise.all([closed, ended]);
    expect(received).toMatch(/^HTTP\/1\.1 201 Created\r\n/);
    expect(received).toMatch(/HTTP\/1\.1 503 Service Unavailable\r\n/);
    expect(received).toContain('"code":"closing"');
  });
});
