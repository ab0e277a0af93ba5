// What listeners ask for by HTTP: what there is, their port, their report (PRODUCT 2.3, 2.6).

import { beforeEach, expect, test } from 'vitest';
import {
  audioMeta,
  jitterThresholds,
  qosAnswer,
  requestAudioAnswer,
} from '#contract/audio-meta.ts';
import { ADMIN, FakeServices } from '../../test/support/fake-services.ts';
import type { FakeSound } from '../../test/support/fake-sound.ts';
import { createApi } from './server.ts';

let services: FakeServices;
let sound: FakeSound;
let app: ReturnType<typeof createApi>;

beforeEach(() => {
  services = new FakeServices();
  sound = services.sound!;
  app = createApi(services);
});

const METRICS = {
  packets_received: 1500,
  packets_expected: 1500,
  packet_loss_rate: 0,
  jitter_ms: 2.5,
  latency_ms: 15.2,
  bandwidth_mbps: 2.1,
};
const REPORT = { client_id: 'ear-1', timestamp: '2024-01-01T12:00:00Z', metrics: METRICS };

const report = (payload: unknown, headers: Record<string, string> = {}) =>
  app.inject({
    method: 'POST',
    url: '/qos-metrics',
    headers: { 'content-type': 'application/json', ...headers },
    payload: JSON.stringify(payload),
  });

test('the meta data are those of all, or of one listener', async () => {
  const all = audioMeta.parse((await app.inject('/audio-meta')).json());
  expect(all.streams).toEqual([]);
  const own = audioMeta.parse((await app.inject('/audio-meta?client_id=ear-1')).json());
  expect(own.streams).toEqual(sound.listenerList[0]!.streams);
  expect((await app.inject('/audio-meta?client_id=nobody')).json()).toMatchObject({
    code: 'listener_not_found',
    status: 404,
  });
  expect((await app.inject('/audio-meta?client_id=a%20b')).json()).toMatchObject({
    code: 'invalid_input',
  });
});

test('a listener names its port, with or without its id', async () => {
  const named = await app.inject('/request-audio?udp_port=5004&client_id=ear-1');
  expect(requestAudioAnswer.parse(named.json())).toEqual({
    status: 'ok',
    client_id: 'ear-1',
    udp_port: 5004,
  });
  expect((await app.inject('/request-audio?udp_port=65535')).statusCode).toBe(200);
  expect(sound.asked).toEqual([
    ['port', 'ear-1', 5004],
    ['port', 'ear-1', 65_535],
  ]);
});

test.each(['22', '1023', '65536', '0', '-5004', '5004.5', 'x', '', '5004&udp_port=5005'])(
  'port %s is refused, with the range',
  async (port) => {
    const answer = await app.inject(`/request-audio?udp_port=${port}`);
    expect(answer.json()).toMatchObject({
      code: 'invalid_input',
      status: 400,
      detail: expect.stringMatching(/"udp_port" of the query .* from 1024 to 65535/),
    });
    expect(sound.asked).toEqual([]);
  },
);

test('a request without a port, from elsewhere or for nobody is refused', async () => {
  const get = async (query: string, remoteAddress = '127.0.0.1') =>
    (await app.inject({ url: `/request-audio${query}`, remoteAddress })).json();
  expect(await get('')).toMatchObject({ code: 'invalid_input' });
  expect(await get('?udp_port=5004&client_id=nobody')).toMatchObject({
    code: 'listener_not_found',
  });
  expect(await get('?udp_port=5004', '10.0.0.66')).toMatchObject({
    code: 'foreign_listener',
    status: 403,
  });
  expect(await get('?udp_port=5004', '::ffff:127.0.0.1')).toMatchObject({ status: 'ok' });
});

test('a report is answered with how the server is doing', async () => {
  const answer = await report(REPORT);
  expect(qosAnswer.parse(answer.json())).toEqual({
    status: 'ok',
    server_metrics: {
      total_clients: 5,
      total_packets_sent: 7500,
      server_cpu_usage: 45.2,
      server_memory_usage: 128.5,
    },
  });
  expect(sound.asked).toEqual([['report', 'ear-1', '127.0.0.1', METRICS]]);
});

test.each([
  [
    'a negative count',
    { ...REPORT, metrics: { ...METRICS, packets_received: -1 } },
    'invalid_input',
  ],
  ['a missing figure', { ...REPORT, metrics: {} }, 'invalid_input'],
  ['no id', { ...REPORT, client_id: '' }, 'invalid_input'],
  ['5 KiB', { ...REPORT, padding: 'x'.repeat(5 * 1024) }, 'too_large'],
])('a report with %s is refused', async (_, payload, code) => {
  expect((await report(payload)).json()).toMatchObject({ code });
  expect(sound.asked).toEqual([]);
});

test('pages of other sites may neither report nor name ports', async () => {
  const headers = { origin: 'https://elsewhere.example', host: 'localhost' };
  expect((await report(REPORT, headers)).json()).toMatchObject({ code: 'cross_site' });
  const port = { url: '/request-audio?udp_port=5004', headers: { 'sec-fetch-site': 'cross-site' } };
  expect((await app.inject(port)).json()).toMatchObject({ code: 'cross_site' });
  expect(sound.asked).toEqual([]);
  const own = { origin: 'http://localhost', host: 'localhost', 'sec-fetch-site': 'same-origin' };
  expect((await report(REPORT, own)).statusCode).toBe(200);
});

test('the thresholds can be read by all and changed by the admin', async () => {
  const url = '/jitter-thresholds';
  expect(jitterThresholds.parse((await app.inject(url)).json())).toEqual({
    interpolate: 100,
    drop: 200,
  });
  const change = { method: 'POST', url, payload: { interpolate: 50, drop: 80 } } as const;
  expect((await app.inject(change)).json()).toMatchObject({ code: 'admin_secret_needed' });
  const answer = await app.inject({ ...change, headers: ADMIN });
  expect([answer.statusCode, answer.json()]).toEqual([200, { status: 'ok' }]);
  expect((await app.inject(url)).json()).toEqual({ interpolate: 50, drop: 80 });
});

test.each([{ interpolate: 300, drop: 200 }, { interpolate: -1, drop: 2 }, { drop: 200 }, {}])(
  'thresholds %j are refused',
  async (payload) => {
    const url = '/jitter-thresholds';
    const answer = await app.inject({ method: 'POST', url, payload, headers: ADMIN });
    expect(answer.json()).toMatchObject({ code: 'invalid_input' });
    expect(sound.thresholds).toEqual({ interpolate: 100, drop: 200 });
  },
);

test('plain streams are described as SDP, others not at all', async () => {
  const url = '/audio.sdp?client_id=ear-1';
  expect((await app.inject(url)).json()).toMatchObject({ code: 'not_plain', status: 409 });
  sound.listenerList = [{ ...sound.listenerList[0]!, layout: 'plain' }];
  const answer = await app.inject(url);
  expect(answer.headers['content-type']).toBe('application/sdp');
  expect(answer.body).toBe('v=0\r\ns=-\r\n');
  expect((await app.inject('/audio.sdp')).json()).toMatchObject({ code: 'invalid_input' });
  expect((await app.inject('/audio.sdp?client_id=no')).json()).toMatchObject({
    code: 'listener_not_found',
  });
});

test('listening needs no secret, also where watching does', async () => {
  services.access.readOpen = false;
  for (const url of ['/audio-meta', '/request-audio?udp_port=5004', '/jitter-thresholds']) {
    expect((await app.inject(url)).statusCode, url).toBe(200);
  }
  expect((await report(REPORT)).statusCode).toBe(200);
});
