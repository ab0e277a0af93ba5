// Sends what no client should to every entry of the API: nothing may be answered with a 5xx.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type BodySample, mutateBodies } from '../../test/support/body-mutations.ts';
import { ADMIN, FakeServices } from '../../test/support/fake-services.ts';
import { loadOffers } from '../../test/support/offers.ts';
import { codesOf, type OpenapiDocument } from '../../test/support/openapi-document.ts';
import { createApi } from './server.ts';

const BODIES = 2_000;

const entries = [
  ['GET', '/'],
  ['GET', '/metrics'],
  ['GET', '/api/v1/health'],
  ['GET', '/api/v1/openapi.json'],
  ['GET', '/api/v1/streams'],
  ['POST', '/api/v1/streams'],
  ['POST', '/api/v1/streams/try'],
  ['GET', '/api/v1/streams/{id}'],
  ['PATCH', '/api/v1/streams/{id}'],
  ['DELETE', '/api/v1/streams/{id}'],
  ['GET', '/api/v1/streams/{id}/viewers'],
  ['POST', '/whep/{id}'],
  ['OPTIONS', '/whep/{id}'],
  ['PUT', '/whep/{id}'],
  ['PATCH', '/whep/{id}/{sessionKey}'],
  ['DELETE', '/whep/{id}/{sessionKey}'],
  ['GET', '/audio-meta'],
  ['GET', '/request-audio'],
  ['POST', '/jitter-thresholds'],
  ['POST', '/qos-metrics'],
  ['PATCH', '/api/v1/console'],
  ['PUT', '/api/v1/console/channels'],
  ['POST', '/api/v1/console/import'],
  ['POST', '/api/v1/console/messages'],
  ['DELETE', '/api/v1/console/listeners/{id}'],
  ['POST', '/nowhere'],
] as const;

const SOUND_BODIES = [
  '{"interpolate":50,"drop":80}',
  '{"client_id":"ear-1","timestamp":"2024-01-01T12:00:00Z","metrics":{"packets_received":1500,"packets_expected":1500,"packet_loss_rate":0.0,"jitter_ms":2.5,"latency_ms":15.2,"bandwidth_mbps":2.1}}',
  '{"codec":"pcm","packet_time_ms":10,"device":"hw:XUSB","dscp":46}',
  '{"address":"10.0.0.5"}',
  '{"message":"Five minutes","client_id":"ear-1"}',
] as const;

const services = new FakeServices();
const app = createApi(services);
let document: OpenapiDocument;

beforeAll(async () => {
  document = (await app.inject('/api/v1/openapi.json')).json();
  const headers = { 'content-type': 'application/sdp' };
  await app.inject({ method: 'POST', url: '/whep/gate', headers, payload: 'v=0\r\n' });
});

afterAll(() => app.close());

describe.each(entries)('%s %s', (method, path) => {
  test(`answers ${BODIES} strange bodies with no 5xx and no problem it does not document`, async () => {
    const url = path.replace('{id}', 'gate').replace('{sessionKey}', 'viewer-1');
    const known = codesOf(document, method, path);
    for (const body of mutateBodies(samples(), { seed: 20_260_101, count: BODIES })) {
      const type = body.contentType === undefined ? {} : { 'content-type': body.contentType };
      const headers = { ...type, ...ADMIN };
      const answer = await app.inject({ method, url, headers, payload: body.bytes });
      const what = `${body.mutation} as ${body.contentType}: ${answer.body.slice(0, 300)}`;
      expect(answer.statusCode, what).toBeLessThan(500);
      if (answer.statusCode >= 400 && path !== '/')
        expect(known, what).toContain(answer.json().code);
    }
  });
});

test('the same seed makes the same bodies, another seed others', () => {
  const made = (seed: number) => JSON.stringify([...mutateBodies(samples(), { seed, count: 50 })]);
  expect(made(1)).toBe(made(1));
  expect(made(1)).not.toBe(made(2));
});

test('many strange offers, fragments and settings got past the door', () => {
  expect(services.changes.length).toBeGreaterThan(50);
  expect(services.joined.length).toBeGreaterThan(200);
  expect(services.trickled.length).toBeGreaterThan(50);
  const heard = Map.groupBy(services.sound?.asked ?? [], ([kind]) => kind);
  for (const kind of ['report', 'settings', 'import', 'message']) {
    expect(heard.get(kind)?.length, kind).toBeGreaterThan(10);
  }
});

test('strange paths, queries and header lines get no 5xx', async () => {
  const parts = [
    '%',
    '%00',
    '%2e%2e%2f',
    '..',
    '//',
    '한',
    '?',
    '#',
    ';',
    '{id}',
    '__proto__',
    'a'.repeat(300),
  ];
  const bases = [
    '/',
    '/assets/',
    '/view/',
    '/whep/',
    '/whep/gate/',
    '/api/v1/streams/',
    '/api/v1/',
  ];
  for (const base of bases) {
    for (const part of parts) {
      for (const method of ['GET', 'HEAD', 'POST', 'DELETE', 'TRACE'] as const) {
        const headers = {
          'if-match': part.replace(/[^ -~]/g, ''),
          accept: '\\',
          range: 'bytes=9-1',
        };
        const answer = await app.inject({ method, url: encodeURI(base + part), headers });
        expect(answer.statusCode, `${method} ${base}${part}`).toBeLessThan(500);
        const raw = await app.inject({ method, url: base + part.replace(/[^!-~]/g, ''), headers });
        expect(raw.statusCode, `${method} ${base}${part}`).toBeLessThan(500);
      }
    }
  }
});

function samples(): BodySample[] {
  const offers = loadOffers();
  expect(offers.length).toBeGreaterThan(0);
  return [
    ...offers.map((text) => ({ contentType: 'application/sdp', text })),
    {
      contentType: 'application/trickle-ice-sdpfrag',
      text: 'a=ice-ufrag:BZ4A\r\na=ice-pwd:62xdZ+7EasxwkMA3K+1FazCe\r\nm=audio 9 UDP/TLS/RTP/SAVPF 0\r\na=mid:0\r\na=candidate:1 1 udp 2130706431 192.0.2.1 54321 typ host\r\na=end-of-candidates\r\n',
    },
    {
      contentType: 'application/json',
      text: '{"id":"new","source":"rtsp://a:b@10.0.0.7/1","sub":null,"name":"Gate","linger":5}',
    },
    {
      contentType: 'application/json',
      text: '{"name":"Gate","source":"test:","open":"demand","password":null,"transcode":true}',
    },
    {
      contentType: 'application/json',
      text: '{"id":"gate","settings":{"source":"rtsp://10.0.0.7/1","transport":null}}',
    },
    ...SOUND_BODIES.map((text) => ({ contentType: 'application/json', text })),
  ];
}
