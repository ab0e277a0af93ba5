// WHEP against a server that is a function.

import { beforeEach, describe, expect, test } from 'vitest';
import type { Fetch, HttpRequest } from './http.ts';
import { closeWhep, openWhep, trickleWhep } from './whep.ts';

const ANSWER = 'v=0\r\ns=-\r\n';

let requests: { url: string; request: HttpRequest }[];

beforeEach(() => {
  requests = [];
});

function serve(status: number, body: string, headers: Record<string, string> = {}): Fetch {
  return async (url, request) => {
    requests.push({ url, request });
    return { status, headers: new Headers(headers), text: async () => body };
  };
}

const offer = { url: 'http://h:8080/whep/gate', sdp: 'v=0\r\n' };

describe('openWhep', () => {
  test('Posts the offer and reads the session', async () => {
    const fetch = serve(201, ANSWER, {
      location: '/whep/gate/v1',
      etag: '"e1"',
      link: '<stun:s:3478>; rel="ice-server"',
    });
    const { signal } = new AbortController();
    expect(await openWhep(fetch, { ...offer, signal })).toEqual({
      answer: ANSWER,
      location: 'http://h:8080/whep/gate/v1',
      etag: '"e1"',
      iceServers: [{ urls: 'stun:s:3478' }],
    });
    expect(requests[0]).toEqual({
      url: offer.url,
      request: {
        method: 'POST',
        headers: { 'content-type': 'application/sdp', accept: 'application/sdp' },
        body: 'v=0\r\n',
        signal,
      },
    });
  });

  test('A refusal is the error of its problem', async () => {
    const fetch = serve(406, '{"code":"codec_refused","detail":"The camera sends H.265."}');
    await expect(openWhep(fetch, offer)).rejects.toMatchObject({
      name: 'InputError',
      code: 'codec_refused',
      message: 'The camera sends H.265.',
    });
  });

  test.each([
    ['without a Location', ANSWER, {}],
    ['with a Location elsewhere', ANSWER, { location: 'http://elsewhere/whep/gate/v1' }],
    ['with a Location on another port', ANSWER, { location: 'http://h:81/whep/gate/v1' }],
    ['with a Location that is no address', ANSWER, { location: 'http://[' }],
  ])('An answer %s is of no use', async (_case, body, headers) => {
    await expect(openWhep(serve(201, body, headers), offer)).rejects.toMatchObject({
      code: 'invalid_answer',
    });
    expect(requests).toHaveLength(1);
  });

  test.each([['<html>'], [`v=0${' '.repeat(200_000)}`]])(
    'A session whose answer is no description is ended again',
    async (body) => {
      const fetch = serve(201, body, { location: '/whep/gate/v1' });
      await expect(openWhep(fetch, offer)).rejects.toMatchObject({ code: 'invalid_answer' });
      expect(requests[1]).toMatchObject({ request: { method: 'DELETE' } });
    },
  );
});

test('trickleWhep sends candidates under the session tag, and without one where there is none', async () => {
  const sdp = 'v=0\r\nm=video 9 X 0\r\na=mid:0\r\na=ice-ufrag:u\r\na=ice-pwd:p\r\n';
  const session = { answer: ANSWER, location: 'http://h/v1', etag: '"e1"', iceServers: [] };
  const fragment = { sdp, candidates: ['candidate:1'], complete: false };
  await trickleWhep(serve(204, ''), session, fragment);
  await trickleWhep(serve(204, ''), { ...session, etag: null }, fragment);
  expect(requests[0]!.request).toMatchObject({
    method: 'PATCH',
    headers: { 'content-type': 'application/trickle-ice-sdpfrag', 'if-match': '"e1"' },
  });
  expect(requests[0]!.request.body).toContain('a=candidate:1\r\n');
  expect(requests[1]!.request.headers).not.toHaveProperty('if-match');
});

test('closeWhep outlives the page and does not mind a dead server', async () => {
  const sent: HttpRequest[] = [];
  closeWhep(async (_url, request) => {
    sent.push(request);
    throw new Error('dead');
  }, 'http://h/v1');
  await Promise.resolve();
  expect(sent).toEqual([{ method: 'DELETE', keepalive: true }]);
});
