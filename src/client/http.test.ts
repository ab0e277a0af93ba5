// How answers of the server become results and errors.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { InputError, NotFoundError, UnavailableError } from '#std/errors.ts';
import { request } from './http.ts';

const answer = (status: number, body: string) => async () => new Response(body, { status });

const send = (status: number, body: string) =>
  request(answer(status, body), 'http://h/', { method: 'GET' }).catch((error: unknown) => error);

test('A success is handed on', async () => {
  const response = await request(answer(200, 'ok'), 'http://h/', { method: 'GET' });
  expect(await response.text()).toBe('ok');
});

test('A problem becomes the error of its status, with its code and detail', async () => {
  const body = JSON.stringify({ code: 'stream_not_found', detail: 'No stream "x".' });
  const missing = await send(404, body);
  expect(missing).toBeInstanceOf(NotFoundError);
  expect(missing).toMatchObject({ code: 'stream_not_found', message: 'No stream "x".' });
  const refused = await send(406, JSON.stringify({ code: 'codec_refused', detail: 'H.265 only' }));
  expect(refused).toBeInstanceOf(InputError);
  const busy = await send(503, JSON.stringify({ code: 'stream_not_ready', detail: 'wait' }));
  expect(busy).toBeInstanceOf(UnavailableError);
  expect(busy).toMatchObject({ code: 'stream_not_ready' });
});

test('Too many requests and slow requests may be tried again', async () => {
  expect(await send(429, '')).toBeInstanceOf(UnavailableError);
  expect(await send(408, '')).toBeInstanceOf(UnavailableError);
});

test('A network that fails is the world, not the input', async () => {
  const fail = async () => {
    throw new TypeError('fetch failed');
  };
  await expect(request(fail, 'http://h/', { method: 'GET' })).rejects.toMatchObject({
    name: 'UnavailableError',
    code: 'unreachable',
  });
});

test('A body that breaks off still gives the status', async () => {
  const broken = async () => ({
    status: 502,
    headers: new Headers(),
    text: () => Promise.reject(new Error('cut')),
  });
  await expect(request(broken, 'http://h/', { method: 'GET' })).rejects.toThrow('status 502');
});

test('Whatever an error body holds, the error is one of ours and not long', async () => {
  const body = fc.oneof(fc.string(), fc.json(), fc.constant(`{"detail":"${'x'.repeat(9_999)}"}`));
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 300, max: 599 }), body, async (status, text) => {
      const fetch = async () => ({ status, headers: new Headers(), text: async () => text });
      const error = await request(fetch, 'http://h/', { method: 'GET' }).catch((e: unknown) => e);
      const { message } = error as Error;
      expect(error instanceof InputError || error instanceof UnavailableError).toBe(true);
      expect(message.length).toBeLessThanOrEqual(500);
    }),
  );
});
