// RTSP inside HTTP where the camera wants a login for HTTP itself, and where it answers nonsense.

import { createHash } from 'node:crypto';
import type { Socket } from 'node:net';
import { describe, expect, test } from 'vitest';
import { isDigestRight, parseDigest } from '#media/rtsp/digest.ts';
import { failed, openServer, play } from '../../../test/support/rtsp-play.ts';
import { until } from '../../../test/support/until.ts';

const LOGIN = { username: 'admin', password: 'sesame' };
const CHALLENGE = 'WWW-Authenticate: Digest realm="r", nonce="n", qop="auth"';

function md5(_: string, text: string): string {
  return createHash('md5').update(text).digest('hex');
}

/** Answers each request head with what `answer` makes of it, if anything; keeps the heads. */
async function openHttp(answer: (head: string, socket: Socket) => string | undefined) {
  const heads: string[] = [];
  const address = await openServer((socket) =>
    socket.once('data', (bytes) => {
      const [head = '', body = ''] = String(bytes).split('\r\n\r\n');
      heads.push(head);
      const text = answer(head, socket);
      // What came with the head, as if it had come behind it.
      if (body) socket.emit('data', Buffer.from(body));
      if (text !== undefined) socket.write(text);
    }),
  );
  return { address, heads };
}

function isRight(head: string, password: string): boolean {
  const [method = '', uri = ''] = head.split(' ');
  const value = parseDigest(/^Authorization: (.*)$/m.exec(head)?.[1] ?? '');
  const ha1 = md5('', `admin:r:${password}`);
  return value !== undefined && isDigestRight(value, { method, uri, ha1 }, md5);
}

describe('the tunnel', () => {
  test('answers a 401 to its GET on a new connection, and logs in with its POST too', async () => {
    const { address, heads } = await openHttp((head) => {
      if (head.startsWith('POST')) return undefined;
      return isRight(head, 'sesame')
        ? 'HTTP/1.0 200 OK\r\n\r\n'
        : `HTTP/1.1 401 No\r\n${CHALLENGE}\r\n\r\n`;
    });
    play(address, { transport: 'http', ...LOGIN });
    await until(() => heads.length === 3, { what: 'GET, GET and POST' });
    expect(heads.map((head) => head.split('\r\n', 1)[0])).toEqual([
      'GET /ch1 HTTP/1.0',
      'GET /ch1 HTTP/1.0',
      'POST /ch1 HTTP/1.0',
    ]);
    expect(heads.map((head) => isRight(head, 'sesame'))).toEqual([false, true, true]);
    const cookies = heads.map((head) => /x-sessioncookie: (\w{22})/.exec(head)?.[1]);
    expect(new Set(cookies).size).toBe(1);
  });

  test('reads what comes at once behind the answer to its GET', async () => {
    let told = '';
    const { address } = await openHttp((head, socket) => {
      if (head.startsWith('GET')) {
        return 'HTTP/1.0 200 OK\r\n\r\nOPTIONS * RTSP/1.0\r\nCSeq: 7\r\n\r\n';
      }
      socket.on('data', (bytes) => {
        told += Buffer.from(String(bytes), 'base64');
      });
      return undefined;
    });
    play(address, { transport: 'http' });
    await until(() => told.includes('RTSP/1.0 200 OK\r\nCSeq: 7\r\n'), { what: 'an answer' });
    expect(told).toMatch(/^OPTIONS rtsp:/);
  });

  test('stops at a wrong password', async () => {
    const { address, heads } = await openHttp(() => `HTTP/1.1 401 No\r\n${CHALLENGE}\r\n\r\n`);
    const failure = await failed(play(address, { transport: 'http', ...LOGIN }));
    expect(failure).toMatchObject({ kind: 'refused' });
    expect(failure.reason).toMatch(/wrong user name or password/);
    expect(heads).toHaveLength(2);
  });

  test.each([
    ['refuses', 'HTTP/1.0 404 Not Found\r\n\r\n'],
    ['is no web server', 'RTSP/1.0 200 OK\r\n\r\n'],
    ['has headers without an end', `HTTP/1.0 200 OK\r\n${'X: y\r\n'.repeat(2_000)}`],
  ])('is not taken by what %s', async (_, text) => {
    const { address } = await openHttp(() => text);
    const failure = await failed(play(address, { transport: 'http' }));
    expect(failure.reason).toMatch(/does not take RTSP inside HTTP; set transport: tcp/);
  });

  test('is not taken by what closes the connection', async () => {
    const { address } = await openHttp((_, socket) => void socket.end());
    expect((await failed(play(address, { transport: 'http' }))).reason).toMatch(/inside HTTP/);
  });
});
