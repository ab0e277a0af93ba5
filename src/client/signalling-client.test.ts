// The client of a WebSocket that the test is the other end of.

import { expect, test } from 'vitest';
import { problemStatus } from '#contract/problem.ts';
import type { ClientMessage, ServerMessage } from '#contract/signalling.ts';
import { InputError, NotFoundError, UnavailableError } from '#std/errors.ts';
import { FakeSocket } from '../../test/support/fake-socket.ts';
import { VirtualClock } from '../../test/support/virtual-clock.ts';
import { SignallingClient } from './signalling-client.ts';

const ANSWER: ServerMessage = {
  type: 'answer',
  sdp: 'v=0 answer',
  codec: 'H264',
  viewer: 'v',
  iceServers: [],
};

function setUp(secret: string | null = null) {
  const clock = new VirtualClock();
  const socket = new FakeSocket();
  const seen: unknown[] = [];
  const client = new SignallingClient({
    url: 'ws://server/ws/gate',
    openSocket: socket.open,
    clock,
    secret,
    events: {
      onMse: (mime) => seen.push(mime),
      onBytes: (bytes) => seen.push(bytes),
      onStream: ({ state }) => seen.push(state),
      onStats: ({ type }) => seen.push(type),
      onEnd: (reason) => seen.push(`ended: ${reason}`),
    },
  });
  return { clock, socket, seen, client };
}

async function setUpOpen() {
  const parts = setUp();
  const opened = parts.client.open();
  parts.socket.accept();
  await opened;
  return parts;
}

test('an offer is sent once the socket is open, and resolves with the answer', async () => {
  const { client, socket } = await setUpOpen();
  expect(socket.url).toBe('ws://server/ws/gate');
  const answer = client.offer('v=0 offer');
  expect(socket.sent).toEqual([{ type: 'offer', sdp: 'v=0 offer' }]);
  socket.say(ANSWER);
  expect(await answer).toEqual(ANSWER);
});

test('the secret is the first thing that is said', async () => {
  const { client, socket } = setUp('open sesame');
  const opened = client.open();
  socket.accept();
  await opened;
  expect(socket.sent).toEqual([{ type: 'auth', secret: 'open sesame' }]);
});

test('candidates and wishes are passed on, pings answered', async () => {
  const { client, socket } = await setUpOpen();
  client.sendCandidate('candidate:1');
  client.sendQuality({ mode: 'auto', heightPixels: 360 });
  socket.say({ type: 'ping' });
  const expected: ClientMessage[] = [
    { type: 'candidate', candidate: 'candidate:1' },
    { type: 'quality', mode: 'auto', heightPixels: 360 },
    { type: 'pong' },
  ];
  expect(socket.sent).toEqual(expected);
});

test('a ping resolves with the pong', async () => {
  const { client, socket } = await setUpOpen();
  let answered = false;
  const pong = client.ping().then(() => {
    answered = true;
  });
  await Promise.resolve();
  expect(answered).toBe(false);
  socket.say({ type: 'pong' });
  await pong;
});

test('news and bytes are handed on', async () => {
  const { client, socket, seen } = await setUpOpen();
  const asked = client.startMse(['H264']);
  socket.say({ type: 'mse', mime: 'video/mp4', viewer: 'v' });
  await asked;
  socket.sayBytes(Uint8Array.of(1));
  socket.say({ type: 'event', event: 'stream', state: 'live', reason: null, nextAttemptAt: null });
  socket.say({ type: 'event', event: 'profile', profile: 'sub', why: 'small' });
  socket.sayText('no message');
  socket.say({ type: 'candidate', candidate: '' });
  expect(seen).toEqual(['video/mp4', Uint8Array.of(1), 'live']);
});

test.each([
  ['stream_not_found', NotFoundError],
  ['codec_refused', InputError],
  ['too_many_viewers', UnavailableError],
])('a refusal with %s is the error that it is over HTTP', async (code, kind) => {
  const { client, socket } = await setUpOpen();
  const answer = client.offer('v=0');
  socket.say({ type: 'error', code, message: 'No.' });
  await expect(answer).rejects.toThrow(kind);
  await expect(answer).rejects.toMatchObject({ code, message: 'No.' });
});

test('what time may undo is as it is over HTTP, for every code', async () => {
  for (const [code, status] of Object.entries(problemStatus)) {
    const { client, socket } = await setUpOpen();
    const answer = client.offer('v=0');
    socket.say({ type: 'error', code, message: 'No.' });
    const isPassing = status >= 500 || status === 408 || status === 429;
    await expect(answer, code).rejects.toBeInstanceOf(isPassing ? UnavailableError : InputError);
  }
});

test('an error that answers nothing changes nothing', async () => {
  const { client, socket, seen } = await setUpOpen();
  socket.say({ type: 'error', code: 'invalid_candidate', message: 'No.' });
  const answer = client.offer('v=0');
  socket.say(ANSWER);
  await answer;
  expect(seen).toEqual([]);
});

test('a socket that fails before anything was heard is one that does not get through', async () => {
  const { client, socket } = setUp();
  const opened = client.open();
  socket.hangUp();
  await expect(opened).rejects.toMatchObject({ code: 'no_socket' });
  const late = await setUpOpen();
  const answer = late.client.offer('v=0');
  late.socket.hangUp();
  await expect(answer).rejects.toMatchObject({ code: 'no_socket' });
});

test('one that fails later is lost', async () => {
  const { client, socket, seen } = await setUpOpen();
  socket.say({ type: 'ping' });
  const answer = client.offer('v=0');
  socket.hangUp();
  await expect(answer).rejects.toMatchObject({ code: 'lost' });
  expect(seen).toEqual([]);
  const other = await setUpOpen();
  other.socket.say({ type: 'ping' });
  other.socket.hangUp();
  expect(other.seen).toEqual(['ended: The server closed the connection.']);
});

test('a server that does not answer is given up: 3 s for the socket, 16 s for an offer', async () => {
  const { client, clock } = setUp();
  const opened = client.open();
  clock.advance(2_999);
  clock.advance(1);
  await expect(opened).rejects.toMatchObject({ code: 'connect_timeout' });
  const other = await setUpOpen();
  const answer = other.client.offer('v=0');
  other.clock.advance(15_999);
  other.socket.say({ type: 'ping' });
  other.clock.advance(1);
  await expect(answer).rejects.toMatchObject({ code: 'connect_timeout' });
});

test('the end of the session is told once, and nothing after it', async () => {
  const { socket, seen } = await setUpOpen();
  socket.say({ type: 'event', event: 'ended', reason: 'sent away' });
  socket.say({ type: 'event', event: 'stream', state: 'live', reason: null, nextAttemptAt: null });
  socket.sayBytes(Uint8Array.of(1));
  socket.hangUp();
  expect(seen).toEqual(['ended: sent away']);
});

test('after close nothing is sent or told, and what waits is refused', async () => {
  const { client, socket, seen, clock } = await setUpOpen();
  const answer = client.offer('v=0');
  const sent = socket.sent.length;
  client.close();
  client.close();
  await expect(answer).rejects.toMatchObject({ code: 'lost' });
  client.sendCandidate('candidate:1');
  socket.say({ type: 'event', event: 'ended', reason: 'x' });
  expect([socket.sent.length, socket.isClosed, seen]).toEqual([sent, true, []]);
  expect(clock.pendingTimers).toBe(0);
});
