// The whole server under bodies that no client should send: it stays up, answers with no 5xx, and
// keeps nothing of them.

import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Body, type BodySample, mutateBodies } from '../support/body-mutations.ts';
import { loadOffers } from '../support/offers.ts';
import { type ProcessFigures, readProcess } from '../support/process-figures.ts';
import { ServerProcess } from '../support/server-process.ts';
import { until } from '../support/until.ts';

const ROUNDS = 3;
/** 2,000 for each entry, in three rounds. */
const BODIES_PER_ROUND = 667;
const AT_ONCE = 8;

const entries = [
  ['GET', '/'],
  ['GET', '/metrics'],
  ['GET', '/api/v1/health'],
  ['GET', '/api/v1/openapi.json'],
  ['GET', '/api/v1/streams'],
  ['POST', '/api/v1/streams'],
  ['GET', '/api/v1/streams/test'],
  ['GET', '/api/v1/streams/test/viewers'],
  ['POST', '/whep/test'],
  ['POST', '/whep/nowhere'],
  ['OPTIONS', '/whep/test'],
  ['PATCH', '/whep/test/{viewer}'],
  ['DELETE', '/whep/test/nobody'],
  ['POST', '/nowhere'],
] as const;

/** Garbage is collected often, so that what is left is what is kept. */
const SMALL_HEAP = ['--max-semi-space-size=1', '--max-old-space-size=96'];

const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE });
let server: ServerProcess;
let joined = 0;

beforeAll(async () => {
  server = await ServerProcess.start({ logLevel: 'error', nodeFlags: SMALL_HEAP });
});

afterAll(async () => {
  agent.destroy();
  await server.dispose();
});

interface Answer {
  readonly status: number;
  readonly location: string | undefined;
  readonly text: string;
}

function send(method: string, path: string, body?: Body): Promise<Answer> {
  const headers: Record<string, string | number> = { 'content-length': body?.bytes.length ?? 0 };
  if (body?.contentType !== undefined) headers['content-type'] = body.contentType;
  return new Promise((resolve, reject) => {
    const sent = request(`${server.url}${path}`, { method, headers, agent }, (response) => {
      const {
        statusCode: status = 0,
        headers: { location },
      } = response;
      text(response).then((body) => resolve({ status, location, text: body }), reject);
    });
    // A body over the limit may be refused, and the connection closed, before it is sent whole.
    sent.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EPIPE' || error.code === 'ECONNRESET') {
        resolve({ status: 0, location: undefined, text: '' });
      } else reject(error);
    });
    sent.end(body?.bytes);
  });
}

function samples(): BodySample[] {
  const fragment =
    'a=ice-ufrag:abcd\r\nm=video 9 UDP/TLS/RTP/SAVPF 0\r\na=mid:0\r\na=candidate:1 1 udp 2130706431 127.0.0.1 50000 typ host\r\n';
  return [
    ...loadOffers().map((text) => ({ contentType: 'application/sdp', text })),
    { contentType: 'application/trickle-ice-sdpfrag', text: fragment },
    { contentType: 'application/json', text: '{"id":"gate","source":"test:"}' },
  ];
}

async function attack(method: string, path: string, seed: number): Promise<void> {
  const bodies = mutateBodies(samples(), { seed, count: BODIES_PER_ROUND });
  const work = async () => {
    for (const body of bodies) {
      const answer = await send(method, path, body);
      const what = `${method} ${path}, ${body.mutation} as ${body.contentType}: ${answer.text.slice(0, 200)}`;
      expect(answer.status, what).toBeLessThan(500);
      if (answer.status === 201) {
        joined++;
        expect((await send('DELETE', answer.location!)).status).toBe(200);
      }
    }
  };
  // The workers take from one generator: each body is sent once.
  await Promise.all(Array.from({ length: AT_ONCE }, work));
}

async function readHeapBytes(): Promise<number> {
  const { text: metrics } = await send('GET', '/metrics');
  return Number(/^nodejs_heap_size_used_bytes (\S+)/m.exec(metrics)?.[1]);
}

test('2,000 strange bodies at every entry of the running server leave no 5xx and nothing behind', async () => {
  const figures: ProcessFigures[] = [];
  const heaps: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const offer = {
      mutation: 'none',
      contentType: 'application/sdp',
      bytes: Buffer.from(samples()[0]!.text),
    };
    const { location } = await send('POST', '/whep/test', offer);
    const viewer = location!.split('/').at(-1)!;
    for (const [at, [method, path]] of entries.entries()) {
      await attack(method, path.replace('{viewer}', viewer), round * 100 + at);
    }
    await send('DELETE', location!);
    const noViewers = async () =>
      (await send('GET', '/api/v1/streams/test/viewers')).text === '{"viewers":[]}';
    await until(noViewers, { what: 'the viewers to be gone' });
    figures.push(readProcess(server.pid));
    heaps.push(await readHeapBytes());
  }
  const [first, , third] = figures;
  expect(joined).toBeGreaterThan(100);
  expect(third!.openFiles).toBeLessThanOrEqual(first!.openFiles + 2);
  expect(third!.threads).toBeLessThanOrEqual(first!.threads);
  // 18,676 bodies in two rounds: a kilobyte kept of each would be 19 MB of JavaScript's heap. The
  // engine's own memory settles by tens of megabytes, so that only a gross leak of it shows here.
  expect(heaps[2]! - heaps[0]!).toBeLessThan(15e6);
  expect(third!.rssBytes - first!.rssBytes).toBeLessThan(120e6);
}, 180_000);

test('a body of 10 MB is refused by its announced length, with the reason', async () => {
  const sent = request(`${server.url}/whep/test`, {
    method: 'POST',
    headers: { 'content-type': 'application/sdp', 'content-length': 10_000_000 },
  });
  sent.on('error', () => {});
  sent.write('v=0\r\n');
  const [response] = await once(sent, 'response');
  expect(response.statusCode).toBe(413);
  expect(JSON.parse(await text(response))).toMatchObject({
    code: 'too_large',
    detail: expect.stringContaining('256'),
  });
  sent.destroy();
});
