// The wiring: the whole server in this process, asked over real sockets.

import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { freePort } from '../../test/support/free-port.ts';
import { MediaPeer } from '../../test/support/media-peer.ts';
import { SilentLog } from '../../test/support/silent-log.ts';
import { until } from '../../test/support/until.ts';
import { readConfig } from './config/read-config.ts';
import { systemClock } from './system-clock.ts';
import { startYeoul, type Yeoul } from './yeoul.ts';

const LOOPBACK =
  'server: { host: 127.0.0.1, http_port: 0 }\nwebrtc: { host: 127.0.0.1, port: 0 }\nrtsp: { host: 127.0.0.1, port: 0 }\nconsole: { rtp_port: 0, mdns_name: null }\n';
const closers: (() => unknown)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

async function start(yaml = LOOPBACK): Promise<{ yeoul: Yeoul; url: string; log: SilentLog }> {
  const log = new SilentLog();
  const folder = mkdtempSync(join(tmpdir(), 'yeoul-test-'));
  closers.push(() => rmSync(folder, { recursive: true }));
  const database = `data: { path: ${join(folder, 'yeoul.db')} }\n`;
  const { config } = readConfig(`${yaml}\n${database}`, 'test.yaml');
  const yeoul = await startYeoul({ config, log, clock: systemClock, show: () => {} });
  closers.push(() => yeoul.close());
  return { yeoul, url: yeoul.addresses[0]!, log };
}

/** Any shape: the tests say which one they expect. */
type Json = Record<string, unknown>;

async function getJson(url: string): Promise<Json> {
  return (await fetch(url)).json() as Promise<Json>;
}

async function joinByWhep(url: string): Promise<{ peer: MediaPeer; location: string }> {
  const peer = new MediaPeer('viewer');
  closers.push(() => peer.close());
  const headers = { 'content-type': 'application/sdp' };
  const body = await peer.offer();
  const response = await fetch(`${url}/whep/test`, { method: 'POST', headers, body });
  expect(response.status).toBe(201);
  peer.accept(await response.text());
  return { peer, location: `${url}${response.headers.get('location')}` };
}

test('a new installation has the test picture, live and healthy', async () => {
  const { url } = await start();
  expect(await getJson(`${url}/api/v1/health`)).toMatchObject({
    status: 'ok',
    parts: [{ name: 'viewers' }, { name: 'stream:test', status: 'ok' }],
  });
  const list = await getJson(`${url}/api/v1/streams`);
  expect(list['streams']).toMatchObject([
    {
      id: 'test',
      origin: { kind: 'builtin' },
      state: 'live',
      tracks: [
        { codec: 'H264', profile: 'Constrained Baseline', width: 1280, height: 720 },
        { codec: 'opus', channels: 2 },
      ],
    },
  ]);
  expect(await getJson(`${url}/api/v1/streams/test`)).toMatchObject({ id: 'test' });
});

test('a viewer joins, is shown and counted, and leaves', async () => {
  const { url } = await start();
  const { peer, location } = await joinByWhep(url);
  await until(() => peer.video.packets > 50 && peer.audio.packets > 5, { what: 'media' });
  const list = await getJson(`${url}/api/v1/streams/test/viewers`);
  expect(list['viewers']).toMatchObject([{ state: 'connected', path: 'udp', stream: 'test' }]);
  const metrics = await (await fetch(`${url}/metrics`)).text();
  expect(metrics).toMatch(/^yeoul_viewers\{.*state="connected".*\} 1$/m);
  expect((await fetch(location, { method: 'DELETE' })).status).toBe(200);
  expect(await getJson(`${url}/api/v1/streams/test/viewers`)).toEqual({ viewers: [] });
  expect(await getJson(`${url}/api/v1/streams/test`)).toMatchObject({ viewers: 0 });
});

test('a candidate that trickles in is taken', async () => {
  const { url } = await start();
  const { location } = await joinByWhep(url);
  const headers = { 'content-type': 'application/trickle-ice-sdpfrag' };
  const body =
    'm=video 9 UDP/TLS/RTP/SAVPF 0\r\na=mid:0\r\na=candidate:9 1 udp 2130706431 127.0.0.1 9 typ host\r\na=candidate:8 1 udp 1 secret.local 9 typ host\r\n';
  expect((await fetch(location, { method: 'PATCH', headers, body })).status).toBe(204);
});

test('when all places are taken the next viewer is told so, and health says it', async () => {
  const { url } = await start(
    LOOPBACK.replace('1, port: 0 }\nrtsp', '1, port: 0, max_peers: 1 }\nrtsp'),
  );
  await joinByWhep(url);
  const peer = new MediaPeer('late');
  closers.push(() => peer.close());
  const headers = { 'content-type': 'application/sdp' };
  const refused = await fetch(`${url}/whep/test`, {
    method: 'POST',
    headers,
    body: await peer.offer(),
  });
  expect(refused.status).toBe(503);
  expect(await refused.json()).toMatchObject({ code: 'too_many_viewers' });
  expect(await getJson(`${url}/api/v1/health`)).toMatchObject({ status: 'degraded' });
});

test('several streams of the file are shown with their names', async () => {
  const yaml = `${LOOPBACK}streams: { gate: { source: "test:", name: Gate }, yard: { source: "test:" } }\n`;
  const { url } = await start(yaml);
  const list = await getJson(`${url}/api/v1/streams`);
  expect(list['streams']).toMatchObject([
    { id: 'gate', name: 'Gate', origin: { kind: 'file' } },
    { id: 'yard', name: 'yard', origin: { kind: 'file' } },
  ]);
});

test('metrics have a port of their own where the configuration says so', async () => {
  const port = await freePort();
  await start(`${LOOPBACK}metrics: { port: ${port} }\n`);
  const response = await fetch(`http://127.0.0.1:${port}/metrics`);
  expect(await response.text()).toContain('yeoul_build_info');
});

test('a metrics port that is taken names the setting', async () => {
  const port = await freePort();
  await start(`${LOOPBACK}metrics: { port: ${port} }\n`);
  const second = start(`${LOOPBACK}metrics: { port: ${port} }\n`);
  await expect(second).rejects.toThrow(/port is taken.*metrics\.port/);
});

test('closing ends everything and can be asked for twice', async () => {
  const { yeoul, url, log } = await start();
  const { peer } = await joinByWhep(url);
  await until(() => peer.connected, { what: 'the viewer' });
  await Promise.all([yeoul.close(), yeoul.close()]);
  await expect(fetch(`${url}/api/v1/health`)).rejects.toThrow();
  expect(log.lines.at(-1)).toMatchObject({
    message: 'Viewer left',
    fields: { reason: 'server is closing' },
  });
});

test('an HTTP port that is taken names the setting and leaves nothing open', async () => {
  const blocker = createServer().listen(0, '127.0.0.1');
  await once(blocker, 'listening');
  closers.push(() => blocker.close());
  const address = blocker.address();
  const port = typeof address === 'object' ? address?.port : 0;
  const mediaPort = await freePort();
  const yaml = `server: { host: 127.0.0.1, http_port: ${port} }\nwebrtc: { host: 127.0.0.1, port: ${mediaPort} }\nrtsp: { port: 0 }\nconsole: { rtp_port: 0, mdns_name: null }\n`;
  await expect(start(yaml)).rejects.toThrow(/port is taken.*server\.http_port/);
  const socket = connect(mediaPort, '127.0.0.1');
  const [error] = await once(socket, 'error');
  expect(error).toMatchObject({ code: 'ECONNREFUSED' });
});

test('a media port that is taken names the setting', async () => {
  const { log } = await start();
  expect(log.lines.some(({ message }) => message === 'Stream live')).toBe(true);
  const port = await freePort();
  const yaml = `server: { host: 127.0.0.1, http_port: 0 }\nwebrtc: { host: 127.0.0.1, port: ${port} }\nrtsp: { port: 0 }\nconsole: { rtp_port: 0, mdns_name: null }\n`;
  await start(yaml);
  await expect(start(yaml)).rejects.toThrow(/webrtc\.port/);
});
