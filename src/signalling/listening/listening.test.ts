// Listeners' WebSockets: real sockets, in front of fake rules.

import { request } from 'node:http';
import { afterEach, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { ClosedError, InputError, UnavailableError } from '#std/errors.ts';
import { setUpListening } from '../../../test/support/listening-set-up.ts';
import { until } from '../../../test/support/until.ts';

let world: Awaited<ReturnType<typeof setUpListening>>;

afterEach(() => world.close());

async function start(options: Parameters<typeof setUpListening>[0] = {}) {
  world = await setUpListening(options);
  return world;
}

/** With a first listener, `phone`, as which the rules know it, `session`. */
async function startListening() {
  const { connect, listeners } = await start();
  const phone = await connect();
  await phone.get('hello');
  return { ...world, phone, session: listeners.sessions[0]! };
}

test('a listener is greeted, and the rules learn its address and what it is', async () => {
  const { phone, session } = await startListening();
  expect(phone.messages).toEqual([{ type: 'hello', client_id: 'listener-1' }]);
  expect(session.link).toMatchObject({ address: '127.0.0.1', userAgent: 'Phone/1' });
});

test('an IPv4 address on a socket for both families is one of IPv4', async () => {
  const { connect, listeners } = await start({ host: '::' });
  await (await connect()).get('hello');
  expect(listeners.sessions[0]?.link.address).toBe('127.0.0.1');
});

test('heartbeats and wishes reach the rules, and what they say reaches the listener', async () => {
  const { phone, session, settle } = await startListening();
  const payload = {
    channels: [{ id: 1, name: 'Vocal', mute: false }, { id: 32 }],
    sample_rate: 44_100,
    compression: 'opus',
  };
  phone.send({ type: 'heartbeat', timestamp: '2025-07-15T10:05:00Z' });
  phone.send({ type: 'client_config', payload });
  await settle(phone);
  expect(session.heartbeats).toEqual(['2025-07-15T10:05:00Z']);
  expect(session.configs).toEqual([payload]);
  session.link.send({ type: 'event', payload: { type: 'custom_message', message: '5 minutes' } });
  expect(await phone.get('event')).toMatchObject({ payload: { message: '5 minutes' } });
});

test('a question for the time is answered with when it came and when the answer goes', async () => {
  const { phone, clock } = await startListening();
  clock.advance(1_500.25);
  phone.send({ type: 'ntp_request', t1: 1_721_123_456_789.5 });
  const now = Date.UTC(2026, 0, 1) + 1_500.25;
  expect(await phone.get('ntp_response')).toEqual({
    type: 'ntp_response',
    t1: 1_721_123_456_789.5,
    t2: now,
    t3: now,
  });
});

test('the time of coming is taken before anything else is done', async () => {
  const { phone, clock } = await startListening();
  let looks = 0;
  clock.wallMs = () => ++looks;
  phone.send({ type: 'ntp_request', t1: 0 });
  expect(await phone.get('ntp_response')).toMatchObject({ t2: 1, t3: 2 });
});

test('of a flood of questions for the time, 60 are answered at once and 20 a second', async () => {
  const { phone, clock, settle, listening } = await startListening();
  for (let asked = 0; asked < 90; asked++) phone.send({ type: 'ntp_request', t1: asked });
  await settle(phone);
  expect(phone.all('ntp_response')).toHaveLength(60);
  expect(listening.counters.ignored).toBe(30);
  clock.advance(1_000);
  for (let asked = 0; asked < 90; asked++) phone.send({ type: 'ntp_request', t1: asked });
  await settle(phone);
  expect(phone.all('ntp_response')).toHaveLength(80);
  expect(phone.closed).toBeUndefined();
});

test('of a flood of wishes, 10 are taken at once and 2 a second, and the rest is told', async () => {
  const { phone, clock, settle, session } = await startListening();
  const wish = (times: number) => {
    for (let sent = 0; sent < times; sent++) phone.send({ type: 'client_config', payload: {} });
    return settle(phone);
  };
  await wish(25);
  expect(session.configs).toHaveLength(10);
  expect(phone.all('error')).toHaveLength(15);
  expect(phone.all('error')[0]).toMatchObject({
    code: 'too_many_messages',
    message: expect.stringContaining('2 a second'),
  });
  clock.advance(1_000);
  await wish(10);
  expect(session.configs).toHaveLength(12);
});

test('more than 100 messages a second end the socket, and the rules know', async () => {
  const { phone, session, listening } = await startListening();
  for (let sent = 0; sent < 120; sent++) phone.send({ type: 'heartbeat', timestamp: `${sent}` });
  expect(await phone.untilClosed()).toEqual({ code: 1008, reason: 'too many messages' });
  expect(session.heartbeats).toHaveLength(100);
  expect(session.closes).toBe(1);
  expect(listening.counters.dismissed).toBe(1);
  expect(world.log.lines).toMatchObject([
    { level: 'info', message: 'Listener sent away', fields: { listener: 'listener-1' } },
  ]);
});

test('what the rules refuse is told, and the listener stays', async () => {
  const { phone, session, settle } = await startListening();
  session.failure = new InputError('Channel 3 is not in the mapping.');
  phone.send({ type: 'client_config', payload: {} });
  expect(await phone.get('error')).toEqual({
    type: 'error',
    code: 'invalid_input',
    message: 'Channel 3 is not in the mapping.',
  });
  phone.send({ type: 'heartbeat', timestamp: 'now' });
  await settle(phone);
  expect(session.heartbeats).toEqual(['now']);
});

test('an error of our own is logged, told as internal and ends that listener only', async () => {
  const { phone, session, connect, listening } = await startListening();
  const other = await connect();
  session.failure = new TypeError('a bug with details');
  phone.send({ type: 'heartbeat', timestamp: 'now' });
  expect(await phone.get('error')).toMatchObject({ code: 'internal' });
  expect(await phone.untilClosed()).toEqual({ code: 1011, reason: 'internal' });
  expect(JSON.stringify(phone.messages)).not.toContain('details');
  expect(session.closes).toBe(1);
  expect(world.log.lines).toMatchObject([{ level: 'error', message: 'Listening failed' }]);
  expect(other.closed).toBeUndefined();
  expect(listening.sockets).toBe(1);
});

test('a listener beyond the limit is let in to be told why, with 4429', async () => {
  const { connect, listeners } = await start();
  listeners.failure = new UnavailableError(
    '20 listeners are here, as many as may be. 나중에 다시',
    {
      code: 'too_many_listeners',
    },
  );
  const phone = await connect();
  expect(await phone.untilClosed()).toEqual({
    code: 4429,
    reason: '20 listeners are here, as many as may be. 나중에 다시',
  });
});

test('a reason that is too long for a close frame is cut between characters', async () => {
  const { connect, listeners } = await start();
  listeners.failure = new UnavailableError(`ab${'가'.repeat(100)}`, { code: 'too_many_listeners' });
  const { code, reason } = await (await connect()).untilClosed();
  expect([code, reason]).toEqual([4429, `ab${'가'.repeat(40)}`]);
});

test('while the server shuts down nobody is let in', async () => {
  const { connect, listeners } = await start();
  listeners.failure = new ClosedError('The server is shutting down.');
  expect((await (await connect()).untilClosed()).code).toBe(1001);
  listeners.failure = new TypeError('a bug');
  expect((await (await connect()).untilClosed()).code).toBe(1011);
});

test('whom the rules send away is closed with their reason, and they are not called again', async () => {
  const { phone, session, settle } = await startListening();
  session.link.close(4403, 'sent away by the admin');
  session.link.send({ type: 'hello', client_id: 'too late' });
  phone.send({ type: 'heartbeat', timestamp: 'too late' });
  expect(await phone.untilClosed()).toEqual({ code: 4403, reason: 'sent away by the admin' });
  await settle(await world.connect());
  expect(session).toMatchObject({ closes: 0, heartbeats: [] });
  expect(phone.messages).toHaveLength(1);
});

test('a socket that closes ends its listener, once', async () => {
  const { phone, session, listening } = await startListening();
  phone.socket.terminate();
  await until(() => listening.sockets === 0, { what: 'the socket to be gone' });
  expect(session.closes).toBe(1);
  session.link.send({ type: 'hello', client_id: 'nobody' });
  expect(listening.counters.dismissed).toBe(0);
});

test('who answers no ping for 30 s is gone; who answers stays', async () => {
  const { connect, clock, listening, listeners } = await start();
  const dead = await connect();
  const alive = await connect();
  Object.assign(dead.socket, { _autoPong: false });
  await until(() => listeners.sessions.length === 2, { what: 'both' });
  clock.advance(15_000);
  await until(() => listening.sockets === 2, { what: 'both' });
  await world.settle(alive);
  clock.advance(14_000);
  await world.settle(alive);
  expect(dead.closed).toBeUndefined();
  clock.advance(1_000);
  expect((await dead.untilClosed()).code).toBe(1006);
  expect(listeners.sessions.map(({ closes }) => closes)).toEqual([1, 0]);
  expect(listening.counters.lost).toBe(1);
  expect(alive.closed).toBeUndefined();
});

test('who does not read is sent away before much waits for it', async () => {
  const { phone, session, connect, settle, listening } = await startListening();
  const other = await connect();
  phone.socket.pause();
  const message = 'x'.repeat(500);
  for (let sent = 0; sent < 100_000 && session.closes === 0; sent++) {
    session.link.send({ type: 'event', payload: { type: 'custom_message', message } });
  }
  expect(session.closes).toBe(1);
  expect(listening.counters.dismissed).toBe(1);
  await settle(other);
  phone.socket.resume();
  expect(await phone.untilClosed()).toEqual({ code: 1013, reason: 'too slow' });
});

test('a message of 10 MB ends its socket with 1009, and the others are answered meanwhile', async () => {
  const { phone, session, connect, listening } = await startListening();
  const other = await connect();
  const channels = Array.from({ length: 100_000 }, (_, id) => ({ id, name: 'x'.repeat(80) }));
  phone.send({ type: 'client_config', payload: { channels } });
  other.send({ type: 'ntp_request', t1: 1 });
  expect((await phone.untilClosed()).code).toBe(1009);
  await other.get('ntp_response');
  await until(() => listening.sockets === 1, { what: 'the socket to be forgotten' });
  expect(session).toMatchObject({ configs: [], closes: 1 });
  expect(listening.counters.malformed).toBe(1);
});

test('there are only so many sockets, and none once it is closed', async () => {
  const { connect, listening } = await start({ maxSockets: 2 });
  const first = await connect();
  await connect('?x=1');
  await expect(connect()).rejects.toThrow('503');
  first.socket.close();
  await until(() => listening.sockets === 1, { what: 'the first to leave' });
  const last = await connect();
  listening.close();
  listening.close();
  expect(await last.untilClosed()).toEqual({ code: 1001, reason: 'server is closing' });
  await expect(connect()).rejects.toThrow('503');
  expect(listening.counters.refused).toBe(2);
});

test('a page of another site takes no place, and gets no sound sent to its visitor', async () => {
  const { host, listening, listeners } = await start();
  for (const origin of ['https://elsewhere.example', `http://${host}0`, 'null']) {
    const socket = new WebSocket(`ws://${host}/audio-ws`, { origin });
    const failed = await new Promise<Error>((resolve) => socket.once('error', resolve));
    expect(failed.message, origin).toContain('403');
  }
  expect(listening.counters.refused).toBe(3);
  expect(listeners.sessions).toEqual([]);
});

test("compression is not offered, and the server's own page may listen", async () => {
  const { host } = await start();
  const socket = new WebSocket(`ws://${host}/audio-ws`, { origin: `http://${host}` });
  await until(() => socket.readyState === WebSocket.OPEN, { what: 'the socket' });
  expect(socket.extensions).toBe('');
  socket.terminate();
});

test.each(['/audio-ws/', '/audio-wsx', '/x/audio-ws', '/ws/audio-ws'])(
  '%s is not this path',
  async (path) => {
    const { host } = await start();
    const socket = new WebSocket(`ws://${host}${path}`);
    const failed = await new Promise<Error>((resolve) => socket.once('error', resolve));
    expect(failed.message).toContain('200');
  },
);

test('a request for the path without a handshake stays with the HTTP server', async () => {
  const { host } = await start();
  const headers = { connection: 'upgrade', upgrade: 'h2c' };
  const status = await new Promise((resolve, reject) => {
    const asked = request(`http://${host}/audio-ws`, { headers }, (response) => {
      response.resume().on('end', () => resolve(response.statusCode));
    });
    asked.on('error', reject).end();
  });
  expect(status).toBe(200);
});
