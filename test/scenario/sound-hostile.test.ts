// Clients that send nonsense, too much or nothing: refused with a reason or ignored and counted, while the
// sound of a good listener goes on without a single gap.

import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import type { ListeningMessage } from '#contract/listening.ts';
import type { ConsoleAdmin } from '../support/console-admin.ts';
import type { JsonSocket } from '../support/json-socket.ts';
import { readProcess } from '../support/process-figures.ts';
import type { ServerProcess } from '../support/server-process.ts';
import { openAudioSocket, requestAudio, SoundListener } from '../support/sound-listener.ts';
import { SoundProof } from '../support/sound-proof.ts';
import { startTestModeServer, type TestModeServer } from '../support/test-mode-server.ts';
import { until } from '../support/until.ts';

const BEAT_EACH_MS = 5_000;
/** A quarter of a second of sound after each attack, which would show what it broke. */
const SOUND_AFTER_FRAMES = 12_000;
/** What the server may take more after all of it. */
const MEMORY_BYTES = 100e6;

let console: TestModeServer;
let server: ServerProcess;
let admin: ConsoleAdmin;
let good: SoundListener;
let proof: SoundProof;
let heart: NodeJS.Timeout;
let memoryBefore = 0;
const endings: (() => unknown)[] = [];

beforeAll(async () => {
  console = await startTestModeServer();
  ({ server, admin } = console);
  good = await SoundListener.open(server.url, { wish: { compression: 'pcm' } });
  proof = new SoundProof(good.config);
  for (const packet of good.packets.splice(0)) proof.take(packet);
  good.onPacket = (packet) => proof.take(packet);
  heart = setInterval(() => good.beat(), BEAT_EACH_MS);
  memoryBefore = readProcess(server.pid).rssBytes;
});

afterEach(async () => {
  for (const end of endings.splice(0).reverse()) end();
  const goOn = proof.frames + SOUND_AFTER_FRAMES;
  await until(() => proof.frames > goOn, { what: 'sound for the good listener' });
  expect(proof).toMatchObject({ gaps: 0, wrong: 0 });
  expect(good.events).toEqual([]);
  expect(good.socket.closed).toBeUndefined();
});

afterAll(async () => {
  clearInterval(heart);
  good.close();
  await console.close();
});

async function openBad(
  headers: Record<string, string> = {},
): Promise<JsonSocket<ListeningMessage> & { id: string }> {
  const bad = await openAudioSocket(server.url, headers);
  endings.push(() => bad.socket.terminate());
  const { client_id: id } = await bad.get('hello');
  return Object.assign(bad, { id });
}

const code = async (response: Response) => [
  response.status,
  ((await response.json()) as { code: string }).code,
];

test.each(['22', '1023', '0', '-1', '65536', '5004.5', 'ssh', ''])(
  'port %j is refused',
  async (port) => {
    const bad = await openBad();
    const response = await requestAudio(server.url, `udp_port=${port}&client_id=${bad.id}`);
    expect(await code(response)).toEqual([400, 'invalid_input']);
    expect(await admin.listener(bad.id)).toMatchObject({ udp_port: null, state: 'waiting' });
  },
);

test('nobody has sound sent to another host, by whatever name they call it', async () => {
  const other = '10.9.8.7';
  const headers = { 'x-forwarded-for': other, forwarded: `for=${other}`, 'x-real-ip': other };
  const bad = await openBad(headers);
  const names = ['address', 'host', 'ip', 'udp_host'].map((name) => `${name}=${other}`);
  const query = `udp_port=20022&client_id=${bad.id}&${names.join('&')}`;
  const response = await fetch(`${server.url}/request-audio?${query}`, { headers });
  expect(response.status).toBe(200);
  bad.send({ type: 'client_config', payload: { address: other, udp_port: 22, host: other } });
  const { payload } = await bad.get('stream_config');
  expect(payload.streams.map(({ port }) => port)).toEqual([20_022]);
  const addresses = (await admin.view()).listeners.map(({ address }) => address);
  expect(addresses).toEqual(['127.0.0.1', '127.0.0.1']);
});

test('a port is named only from the address that the WebSocket comes from', async () => {
  const bad = await openBad();
  for (const id of [bad.id, good.id]) {
    expect(await requestFrom('127.0.0.2', `udp_port=20022&client_id=${id}`)).toMatch(
      /foreign_listener/,
    );
  }
  expect(await requestFrom('127.0.0.2', 'udp_port=20022')).toMatch(/listener_not_found/);
  expect(await requestFrom('127.0.0.1', 'udp_port=20022&client_id=nobody')).toMatch(
    /listener_not_found/,
  );
  expect((await admin.listener(bad.id)).udp_port).toBeNull();
  expect((await admin.listener(good.id)).udp_port).toBe(good.udpPort);
});

async function requestFrom(localAddress: string, query: string): Promise<string> {
  const asking = request(`${server.url}/request-audio?${query}`, { localAddress, agent: false });
  asking.end();
  const [response] = (await once(asking, 'response')) as [IncomingMessage];
  return (await response.toArray()).join('');
}

test.each<[string, unknown]>([
  ['channel 0', { channels: [{ id: 0 }] }],
  ['channel 33', { channels: [{ id: 33 }] }],
  ['channel 1.5', { channels: [{ id: 1.5 }] }],
  ['channel "1"', { channels: [{ id: '1' }] }],
  ['a channel twice', { channels: [{ id: 5 }, { id: 5 }] }],
  ['33 channels', { channels: Array.from({ length: 33 }, (_, at) => ({ id: at + 1 })) }],
  ['96 kHz', { sample_rate: 96_000 }],
  ['MP3', { compression: 'mp3' }],
  ['no object', 'everything'],
])('a wish for %s is refused with the reason, and changes nothing', async (_, payload) => {
  const bad = await openBad();
  bad.send({ type: 'client_config', payload });
  const { code, message } = await bad.get('error');
  expect(code).toBe('invalid_input');
  expect(message).toMatch(/payload/);
  expect(bad.all('stream_config')).toEqual([]);
});

test('a wish of 10 MB ends that socket alone', async () => {
  const bad = await openBad();
  const name = 'x'.repeat(10e6);
  bad.send({ type: 'client_config', payload: { channels: [{ id: 1, name }] } });
  expect(await bad.untilClosed()).toMatchObject({ code: 1009 });
});

test.each([
  ['no JSON', '{"type":"heart'],
  ['a list', '[1,2,3]'],
  ['an unknown type', '{"type":"reboot"}'],
  ['deep nesting', '['.repeat(30_000) + ']'.repeat(30_000)],
  ['a prototype', '{"type":"client_config","payload":{"__proto__":{"channels":[]}}}x'],
])('20 messages of %s are answered, and the next one ends it', async (_, text) => {
  const bad = await openBad();
  for (let sent = 0; sent < 25; sent++) bad.sendText(text);
  expect(await bad.untilClosed()).toMatchObject({ code: 1008 });
  expect(bad.all('error').length).toBeLessThanOrEqual(20);
});

test('heartbeats from the past, and such as are none, do not bring a listener back or down', async () => {
  const bad = await openBad();
  const times = [
    '2026-06-01T00:00:00Z',
    '1970-01-01T00:00:00Z',
    '0001-01-01T00:00:00Z',
    'yesterday',
    '',
  ];
  for (const timestamp of times) bad.send({ type: 'heartbeat', timestamp });
  // The last two make no sense.
  await bad.get('error', 2);
  expect(bad.closed).toBeUndefined();
});

test('a flood of clock questions is answered in part, and then ended', async () => {
  const bad = await openBad();
  for (let sent = 0; sent < 5_000; sent++) bad.send({ type: 'ntp_request', t1: sent });
  expect(await bad.untilClosed()).toMatchObject({ code: 1008, reason: 'too many messages' });
  const answers = bad.all('ntp_response');
  expect(answers.length).toBeGreaterThan(0);
  expect(answers.length).toBeLessThanOrEqual(80);
});

test('who never names a port gets nothing and waits', async () => {
  const bad = await openBad();
  bad.send({ type: 'client_config', payload: {} });
  const { payload } = await bad.get('stream_config');
  expect(payload.streams.map(({ port }) => port)).toEqual([null]);
  expect(await admin.listener(bad.id)).toMatchObject({ state: 'waiting', packets: 0 });
});

test('garbage at the RTP port is counted and harms nobody', async () => {
  const { rtp_port } = await admin.view();
  const before = await strayDatagrams();
  const socket = createSocket('udp4');
  endings.push(() => socket.close());
  const garbage = Buffer.alloc(1_000, 0x80);
  for (let burst = 0; burst < 100; burst++) {
    for (let sent = 0; sent < 199; sent++) socket.send(garbage, rtp_port, '127.0.0.1');
    await new Promise<void>((resolve) => {
      socket.send(Buffer.alloc(0), rtp_port, '127.0.0.1', () => resolve());
    });
  }
  await until(async () => (await strayDatagrams()) - before === 20_000, {
    what: 'all to be counted',
  });
});

async function strayDatagrams(): Promise<number> {
  const metrics = await (await fetch(`${server.url}/metrics`)).text();
  return Number(/^yeoul_sound_stray_datagrams_total (\d+)/m.exec(metrics)?.[1]);
}

test('of 1,000 WebSockets those beyond the limit are refused, and the places come back', async () => {
  const url = `${server.url.replace('http', 'ws')}/audio-ws`;
  const outcomes = { hello: 0, full: 0, refused: 0 };
  const sockets = Array.from({ length: 1_000 }, () => {
    const socket = new WebSocket(url);
    socket.on('message', () => outcomes.hello++);
    socket.on('close', (closeCode) => closeCode === 4429 && outcomes.full++);
    socket.on('error', () => outcomes.refused++);
    return socket;
  });
  endings.push(() => {
    for (const socket of sockets) socket.terminate();
  });
  const total = () => outcomes.hello + outcomes.full + outcomes.refused;
  await until(() => total() === 1_000, { what: 'an answer to each', withinMs: 60_000 });
  expect(outcomes.hello).toBe(19);
  expect(outcomes.full + outcomes.refused).toBe(981);
  for (const socket of sockets) socket.terminate();
  const isFree = async () => (await admin.view()).listeners.length === 1;
  await until(isFree, { what: 'the places to be free again' });
  await openBad();
}, 90_000);

test('requests and sockets that are never finished hold nobody up', async () => {
  const host = `Host: 127.0.0.1:${server.httpPort}\r\n`;
  const upgrade = `GET /audio-ws HTTP/1.1\r\n${host}Upgrade: websocket\r\nConnection: Upgrade\r\n`;
  const key = 'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n';
  const beginnings = [
    '',
    'GET /request-audio?udp_port=',
    `POST /qos-metrics HTTP/1.1\r\n${host}Content-Type: application/json\r\nContent-Length: 900\r\n\r\n{`,
    upgrade,
    // A frame of 2^63 bytes, and one that is said to be masked and ends there.
    `${upgrade}${key}\r\n\x81\xff\x7f\xff\xff\xff\xff\xff\xff\xff`,
    `${upgrade}${key}\r\n\x81\xfe`,
  ];
  const sockets = await Promise.all(
    Array.from({ length: 20 }, () => beginnings)
      .flat()
      .map((text) => openHalf(text)),
  );
  endings.push(() => {
    for (const socket of sockets) socket.destroy();
  });
  const next = await requestAudio(server.url, 'udp_port=1');
  expect(next.status).toBe(400);
});

async function openHalf(text: string): Promise<Socket> {
  const socket = connect(server.httpPort, '127.0.0.1');
  socket.on('error', () => {});
  await once(socket, 'connect');
  socket.resume().write(Buffer.from(text, 'latin1'));
  return socket;
}

test('reports that are wrong, false or too large steer nothing', async () => {
  const bad = await openBad();
  const send = (body: string) =>
    fetch(`${server.url}/qos-metrics`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    });
  for (const body of ['', '{}', '[]', 'null', `{"client_id":"${good.id}","metrics":{}}`, '{"a":'])
    expect((await send(body)).status).toBe(400);
  expect((await send(JSON.stringify({ client_id: 'x'.repeat(10_000) }))).status).toBe(413);
  const metrics = {
    packets_received: 0,
    packets_expected: 1e9,
    packet_loss_rate: 100,
    jitter_ms: 1e9,
    latency_ms: 1e9,
    bandwidth_mbps: 0,
  };
  const timestamp = new Date().toISOString();
  for (const client_id of [bad.id, 'nobody'])
    expect((await send(JSON.stringify({ client_id, timestamp, metrics }))).status).toBe(200);
  expect((await admin.listener(good.id)).adapted).toBeNull();
  expect((await admin.view()).settings.sample_rate).toBe(48_000);
});

test('after all of it the server has grown little, and has not complained', () => {
  expect(readProcess(server.pid).rssBytes - memoryBefore).toBeLessThan(MEMORY_BYTES);
  expect(server.output).not.toMatch(/^\S+ (WARN|ERROR)/m);
});
