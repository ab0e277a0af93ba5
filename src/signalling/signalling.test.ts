// Signalling over real WebSockets, in front of the rules of streams and viewers.

import { request } from 'node:http';
import { connect as connectTcp } from 'node:net';
import fc from 'fast-check';
import { afterEach, expect, test } from 'vitest';
import { SignallingClient } from '../../test/support/signalling-client.ts';
import { type SignallingWorld, setUpSignalling } from '../../test/support/signalling-set-up.ts';
import { offer } from '../../test/support/streams-set-up.ts';
import { until } from '../../test/support/until.ts';

const CANDIDATE = 'candidate:1 1 udp 2122260223 192.0.2.7 50000 typ host';
const SILENT_MS = 15_000;

let world: SignallingWorld;

afterEach(() => world.close());

async function start(options: Parameters<typeof setUpSignalling>[0] = {}) {
  world = await setUpSignalling(options);
  return world;
}

/** A stream that shows a picture, and a client that watches it by WebRTC. */
async function startWatching(options: Parameters<typeof setUpSignalling>[0] = {}) {
  const { source, camera, connect, transport } = await start(options);
  source.write(camera.keyFrame(), 0);
  const client = await connect();
  client.send({ type: 'offer', sdp: offer });
  const answer = await client.get('answer');
  return { client, answer, peer: transport.peers[0]! };
}

function viewers(): number {
  return world.viewers.list.size;
}

function get(path: string, headers: Record<string, string>): Promise<{ status: number }> {
  return new Promise((resolve, reject) => {
    const asked = request(`http://${world.host}${path}`, { headers }, (response) => {
      response.resume().on('end', () => resolve({ status: response.statusCode ?? 0 }));
    });
    asked.on('error', reject).end();
  });
}

test('an offer is answered, with codec, viewer and ICE servers', async () => {
  const { answer, client } = await startWatching();
  expect(answer.sdp).toMatch(/^v=0\r\n/);
  expect(answer.sdp).toContain('a=candidate:');
  expect(answer).toMatchObject({
    codec: 'H264',
    viewer: 'viewer-1',
    iceServers: [{ urls: 'turn:turn.example:3478', username: 'u', credential: 'c' }],
  });
  expect(await client.get('candidate')).toEqual({ type: 'candidate', candidate: '' });
  expect(world.viewers.list.views()).toMatchObject([{ protocol: 'ws', stream: 'gate' }]);
});

test('candidates reach the peer, also those that came before the answer', async () => {
  const { transport, connect, source, camera } = await start();
  source.write(camera.keyFrame(), 0);
  const client = await connect();
  const opened = Promise.withResolvers<void>();
  transport.beforeOpen = () => opened.promise;
  client.send({ type: 'offer', sdp: offer });
  client.send({ type: 'candidate', candidate: CANDIDATE, sdpMid: '0' });
  await client.settle();
  opened.resolve();
  await client.get('answer');
  client.send({ type: 'candidate', candidate: `a=${CANDIDATE.replace('50000', '50001')}` });
  client.send({ type: 'candidate', candidate: '' });
  await client.settle();
  expect(transport.peers[0]?.candidates).toEqual([CANDIDATE, CANDIDATE.replace('50000', '50001')]);
  expect(client.all('error')).toEqual([]);
});

test('candidates before an answer are kept up to a limit', async () => {
  const { transport, connect, source, camera } = await start();
  source.write(camera.keyFrame(), 0);
  const client = await connect();
  const opened = Promise.withResolvers<void>();
  transport.beforeOpen = () => opened.promise;
  client.send({ type: 'offer', sdp: offer });
  for (let port = 50_000; port < 50_040; port++) {
    client.send({ type: 'candidate', candidate: CANDIDATE.replace('50000', `${port}`) });
  }
  await client.settle();
  opened.resolve();
  await client.get('answer');
  expect(transport.peers[0]?.candidates).toHaveLength(32);
});

test('a candidate cannot carry a line of SDP of its own', async () => {
  const { client, peer } = await startWatching();
  client.send({ type: 'candidate', candidate: `${CANDIDATE}\r\na=ice-ufrag:evil` });
  expect(await client.get('error')).toMatchObject({ code: 'invalid_input' });
  client.send({ type: 'candidate', candidate: 'candidate:nonsense' });
  expect(await client.get('error', 2)).toMatchObject({ code: 'invalid_candidate' });
  expect(peer.candidates).toEqual([]);
});

test('closing the socket ends its viewer at once', async () => {
  const { client, peer } = await startWatching();
  expect(viewers()).toBe(1);
  client.close();
  await until(() => viewers() === 0, { what: 'the viewer to leave' });
  expect(peer.closed).toBe(true);
});

test('a socket that closes while its viewer is opened leaves none behind', async () => {
  const { transport, connect, source, camera } = await start();
  source.write(camera.keyFrame(), 0);
  const client = await connect();
  const opened = Promise.withResolvers<void>();
  transport.beforeOpen = () => opened.promise;
  client.send({ type: 'offer', sdp: offer });
  await client.settle();
  client.close();
  await until(() => world.signalling.sockets === 0, { what: 'the socket to close' });
  opened.resolve();
  await until(() => transport.peers[0]?.closed === true, { what: 'the peer to be closed' });
  expect(viewers()).toBe(0);
});

test('another offer replaces the session', async () => {
  const { client, peer } = await startWatching();
  client.send({ type: 'offer', sdp: offer });
  expect(await client.get('answer', 2)).toMatchObject({ viewer: 'viewer-3' });
  expect(peer.closed).toBe(true);
  expect(viewers()).toBe(1);
  expect(client.all('event').filter(({ event }) => event === 'ended')).toEqual([]);
});

test('of the offers that come while one is opened only the newest is answered', async () => {
  const { transport, connect, source, camera } = await start();
  source.write(camera.keyFrame(), 0);
  const client = await connect();
  const opened = Promise.withResolvers<void>();
  transport.beforeOpen = () => opened.promise;
  for (let offers = 0; offers < 5; offers++) client.send({ type: 'offer', sdp: offer });
  await client.settle();
  opened.resolve();
  await client.get('answer');
  await client.settle();
  expect(client.all('answer')).toHaveLength(1);
  expect(transport.peers.map(({ closed }) => closed)).toEqual([true, false]);
  expect(viewers()).toBe(1);
});

test('leave ends the session and keeps the socket', async () => {
  const { client } = await startWatching();
  client.send({ type: 'leave' });
  await client.settle();
  expect(viewers()).toBe(0);
  client.send({ type: 'offer', sdp: offer });
  await client.get('answer', 2);
});

test('a session that ends by itself is told, with the reason', async () => {
  const { client } = await startWatching();
  world.viewers.list.kick('gate', 'viewer-1');
  expect(await client.event('ended')).toMatchObject({ reason: 'sent away' });
  client.send({ type: 'candidate', candidate: CANDIDATE });
  client.send({ type: 'quality', mode: 'sub' });
  await client.settle();
  expect(client.all('error')).toEqual([]);
});

test('a stream that is not there, or not ready, is an error with the code of the problem', async () => {
  const { connect } = await start({ ready: false });
  const nobody = await connect('nobody');
  nobody.send({ type: 'offer', sdp: offer });
  expect(await nobody.get('error')).toMatchObject({ code: 'stream_not_found' });
  const gate = await connect();
  gate.send({ type: 'offer', sdp: 'v=1' });
  expect(await gate.get('error')).toMatchObject({ code: 'invalid_sdp' });
  gate.send({ type: 'offer', sdp: offer });
  await gate.settle();
  await world.clock.advanceAsync(9_000);
  expect(await gate.get('error', 2)).toMatchObject({ code: 'stream_not_ready' });
});

test('an unexpected error is logged, told as internal and ends the socket', async () => {
  const { transport, connect, source, camera, log } = await start();
  source.write(camera.keyFrame(), 0);
  transport.beforeOpen = () => Promise.reject(new TypeError('a bug with details'));
  const client = await connect();
  client.send({ type: 'offer', sdp: offer });
  expect(await client.get('error')).toMatchObject({ code: 'internal' });
  expect(client.all('error')[0]?.message).not.toContain('details');
  expect((await client.untilClosed()).code).toBe(1011);
  expect(log.lines.filter(({ level }) => level === 'error')).toHaveLength(1);
});

test('the state of the stream is told at once, and each change of it', async () => {
  const { connect, main, clock } = await start({ ready: false });
  const client = await connect();
  expect(await client.event('stream')).toMatchObject({ state: 'connecting', nextAttemptAt: null });
  // The first attempt after it comes before the next look.
  for (let failures = 0; failures < 2; failures++) {
    main.source.sink?.failed({ kind: 'retry', reason: 'the camera hung up' });
    await clock.advanceAsync(1_000);
  }
  await until(() => client.all('event').length === 2, { what: 'the change' });
  const told = await client.event('stream');
  expect(told).toMatchObject({ state: 'retrying', reason: 'the camera hung up' });
  expect(Date.parse(told.nextAttemptAt ?? '')).toBeGreaterThan(clock.wallMs() - 1_000);
});

test('each two seconds the client is told what it is sent', async () => {
  const { client, peer } = await startWatching();
  peer.events.onState('connected');
  world.clock.advance(4_000);
  const stats = await client.get('stats', 2);
  await client.settle();
  expect(client.all('stats')).toHaveLength(2);
  expect(stats).toMatchObject({
    mediaStartMs: null,
    droppedFrames: 0,
    viewer: {
      id: 'viewer-1',
      profile: 'main',
      choice: expect.stringContaining('is sent'),
      path: 'udp',
    },
  });
  expect(stats.viewer.tracks[0]?.packets).toBeGreaterThan(0);
});

test('another profile is told, with the reason', async () => {
  const { client, peer } = await startWatching({ sub: { open: 'always' } });
  const { sub, camera, clock } = world;
  sub.source.ready();
  sub.source.write(camera.keyFrame(), 0);
  peer.events.onState('connected');
  clock.advance(1_000);
  client.send({ type: 'quality', mode: 'auto', heightPixels: 200 });
  await client.settle();
  await clock.advanceAsync(1_000);
  sub.source.write(camera.keyFrame(), clock.nowMs());
  await clock.advanceAsync(2_000);
  expect(await client.event('profile')).toMatchObject({
    profile: 'sub',
    why: expect.stringContaining('small'),
  });
});

test('pings are answered, and a client that is silent is asked', async () => {
  const { connect, clock } = await start();
  const client = await connect();
  client.send({ type: 'ping' });
  await client.get('pong');
  clock.advance(3_000);
  await client.get('ping');
  clock.advance(3_000);
  await client.get('ping', 2);
});

test('a client that says nothing for 15 s is sent away; one that answers stays', async () => {
  const { connect, clock, signalling } = await start();
  const silent = await connect();
  const alive = await connect();
  clock.advance(SILENT_MS - 1_000);
  alive.send({ type: 'pong' });
  await alive.settle();
  clock.advance(1_000);
  expect(await silent.untilClosed()).toEqual({ code: 1008, reason: 'nothing heard' });
  await alive.settle();
  expect(signalling.sockets).toBe(1);
  expect(signalling.counters.dismissed).toBe(1);
});

test('nonsense is answered with an error and changes nothing', async () => {
  const { client } = await startWatching();
  const nonsense = fc.oneof(
    fc.string(),
    fc.json(),
    fc
      .record({ type: fc.constantFrom('offer', 'candidate', 'quality', 'mse', 'auth', 'x') })
      .map((message) => JSON.stringify(message)),
    fc.uint8Array({ maxLength: 100 }),
  );
  const sent = fc.sample(nonsense, { numRuns: 90, seed: 7 });
  for (const text of sent) client.sendText(text);
  await client.get('error', sent.length);
  await client.settle();
  expect(viewers()).toBe(1);
  expect(world.signalling.counters.malformed).toBe(sent.length);
  expect(new Set(client.all('error').map(({ code }) => code))).toEqual(
    new Set(['invalid_json', 'invalid_input']),
  );
});

test('more than 100 messages a second end the socket and its viewer', async () => {
  const { client } = await startWatching();
  for (let messages = 0; messages < 120; messages++) client.sendText('{"type":"ping"}');
  expect(await client.untilClosed()).toEqual({ code: 1008, reason: 'too many messages' });
  expect(viewers()).toBe(0);
});

test('a message of more than 64 KiB ends the socket', async () => {
  const { connect, signalling } = await start();
  const client = await connect();
  client.sendText(' '.repeat(64 * 1024));
  await client.get('error');
  client.sendText(' '.repeat(64 * 1024 + 1));
  expect((await client.untilClosed()).code).toBe(1009);
  await until(() => signalling.sockets === 0, { what: 'the socket to be forgotten' });
});

test('there are only so many sockets', async () => {
  const { connect, signalling } = await start({ maxSockets: 1 });
  const first = await connect();
  await expect(connect()).rejects.toThrow('503');
  expect(signalling.counters.refused).toBe(1);
  first.close();
  await until(() => signalling.sockets === 0, { what: 'the first to leave' });
  await connect();
});

test('compression is not offered', async () => {
  const { connect } = await start();
  expect((await connect()).socket.extensions).toBe('');
});

test('other requests stay with the HTTP server, whatever they want to upgrade to', async () => {
  const { host } = await start();
  const upgrade = { connection: 'upgrade', upgrade: 'h2c' };
  expect(await get('/ws/gate', upgrade)).toEqual({ status: 200 });
  for (const path of ['/', '/ws/', '/ws/a%2fb', '/ws/gate/x', `/ws/${'x'.repeat(65)}`]) {
    await expect(SignallingClient.open(`ws://${host}${path}`), path).rejects.toThrow('200');
  }
  await SignallingClient.open(`ws://${host}/ws/gate?x=1`);
});

test('a handshake that is none, or breaks off, harms nobody', async () => {
  const { host, connect } = await start();
  const headers = { connection: 'upgrade', upgrade: 'websocket' };
  expect(await get('/ws/gate', headers)).toEqual({ status: 400 });
  const [ip, port] = host.split(':');
  const socket = connectTcp({ host: ip!, port: Number(port) });
  socket.write(
    'GET /ws/gate HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n',
  );
  socket.resetAndDestroy();
  await (await connect()).settle();
});

test('closing ends sockets and viewers, and refuses new ones', async () => {
  const { client } = await startWatching();
  world.signalling.close();
  expect(viewers()).toBe(0);
  expect((await client.untilClosed()).code).toBe(1001);
  await expect(world.connect()).rejects.toThrow('503');
});

test('where reading is closed, the secret comes first', async () => {
  const { connect, checked, source, camera } = await start({ readOpen: false });
  source.write(camera.keyFrame(), 0);
  const client = await connect();
  client.send({ type: 'offer', sdp: offer });
  expect(await client.get('error')).toMatchObject({ code: 'admin_secret_needed' });
  client.send({ type: 'auth', secret: 'guessed' });
  expect(await client.get('error', 2)).toMatchObject({ code: 'admin_secret_needed' });
  expect(client.all('event')).toEqual([]);
  client.send({ type: 'auth', secret: 'open sesame' });
  client.send({ type: 'offer', sdp: offer });
  await client.get('answer');
  await client.event('stream');
  expect(checked).toEqual([
    { secret: 'guessed', remote: '127.0.0.1' },
    { secret: 'open sesame', remote: '127.0.0.1' },
  ]);
  expect(world.signalling.counters.wrongSecrets).toBe(1);
  expect(JSON.stringify(world.log.lines)).not.toContain('sesame');
});

test('who guesses is told when it was too often', async () => {
  const { connect } = await start({ readOpen: false });
  const client = await connect();
  for (let tries = 0; tries < 4; tries++) client.send({ type: 'auth', secret: 'guessed' });
  expect(await client.get('error', 4)).toMatchObject({ code: 'too_many_attempts' });
});

test('who does not say the secret within 10 s is sent away', async () => {
  const { connect, clock } = await start({ readOpen: false });
  const client = await connect();
  clock.advance(8_000);
  await client.settle();
  clock.advance(2_000);
  expect(await client.untilClosed()).toEqual({ code: 1008, reason: 'not allowed to watch' });
});
