// The two ways in which a peer connection is negotiated.

import { expect, test } from 'vitest';
import { FakeSocket } from '../../test/support/fake-socket.ts';
import { VirtualClock } from '../../test/support/virtual-clock.ts';
import type { HttpRequest } from './http.ts';
import { SignallingNegotiation } from './signalling-negotiation.ts';
import { signallingUrl } from './signalling-url.ts';
import { WhepNegotiation } from './whep-negotiation.ts';

const SDP = 'v=0\r\na=ice-ufrag:u\r\na=ice-pwd:p\r\nm=video 9 X 0\r\na=mid:0\r\n';

function setUpSocket() {
  const socket = new FakeSocket();
  const told: string[] = [];
  const events = {
    onStream: ({ state }: { state: string }) => told.push(state),
    onStats: () => told.push('stats'),
    onEnd: (reason: string) => told.push(reason),
  };
  const options = { url: 'ws://s/ws/gate', openSocket: socket.open, clock: new VirtualClock() };
  const wish = { mode: 'auto', heightPixels: 360 } as const;
  const negotiation = new SignallingNegotiation({ ...options, secret: null, events }, wish);
  return { socket, told, negotiation };
}

/** Answers each request with the next of these statuses. */
function setUpWhep(...statuses: number[]) {
  const asked: { url: string; request: HttpRequest }[] = [];
  const opened = Promise.withResolvers<void>();
  const negotiation = new WhepNegotiation({
    url: 'http://s/whep/gate',
    timeout: () => AbortSignal.timeout(1_000),
    fetch: async (url, request) => {
      asked.push({ url, request });
      if (request.method === 'POST') await opened.promise;
      const headers: Record<string, string> = { location: '/whep/gate/key', etag: '"ice"' };
      return {
        status: statuses.shift() ?? 200,
        headers: { get: (name) => headers[name] ?? null },
        text: async () => 'v=0 answer',
      };
    },
  });
  return { asked, negotiation, answer: () => opened.resolve() };
}

test('over a WebSocket the size is said before the offer', async () => {
  const { socket, negotiation, told } = setUpSocket();
  const session = negotiation.offer(SDP);
  socket.accept();
  await new Promise(setImmediate);
  const iceServers = [{ urls: 'turn:t', username: 'u', credential: 'c' }];
  socket.say({ type: 'answer', sdp: 'v=0 answer', codec: null, viewer: 'v', iceServers });
  expect(await session).toEqual({ answer: 'v=0 answer', iceServers });
  negotiation.trickle({ sdp: SDP, candidates: ['candidate:1', 'candidate:2'], complete: true });
  negotiation.setQuality({ mode: 'sub' });
  expect(socket.sent).toEqual([
    { type: 'quality', mode: 'auto', heightPixels: 360 },
    { type: 'offer', sdp: SDP },
    { type: 'candidate', candidate: 'candidate:1' },
    { type: 'candidate', candidate: 'candidate:2' },
    { type: 'candidate', candidate: '' },
    { type: 'quality', mode: 'sub' },
  ]);
  socket.say({ type: 'event', event: 'ended', reason: 'sent away' });
  expect(told).toEqual(['sent away']);
  negotiation.close();
  expect(socket.isClosed).toBe(true);
});

test('over a WebSocket it is known when the stream is away', async () => {
  const { socket, negotiation, told } = setUpSocket();
  void negotiation.offer(SDP);
  socket.accept();
  const tell = (state: 'live' | 'stalled') =>
    socket.say({ type: 'event', event: 'stream', state, reason: null, nextAttemptAt: null });
  expect(negotiation.isStreamAway).toBe(false);
  tell('stalled');
  expect(negotiation.isStreamAway).toBe(true);
  tell('live');
  expect(negotiation.isStreamAway).toBe(false);
  expect(told).toEqual(['stalled', 'live']);
  const pong = negotiation.ping();
  socket.say({ type: 'pong' });
  await pong;
});

test('by WHEP the session is opened, trickled to and ended', async () => {
  const { asked, negotiation, answer } = setUpWhep(201);
  const session = negotiation.offer(SDP);
  negotiation.trickle({ sdp: SDP, candidates: ['candidate:0'], complete: false });
  answer();
  expect(await session).toMatchObject({ answer: 'v=0 answer', iceServers: [] });
  negotiation.trickle({ sdp: SDP, candidates: ['candidate:1'], complete: true });
  await negotiation.ping();
  negotiation.setQuality();
  negotiation.close();
  negotiation.close();
  expect(asked.map(({ url, request }) => `${request.method} ${url}`)).toEqual([
    'POST http://s/whep/gate',
    'PATCH http://s/whep/gate/key',
    'DELETE http://s/whep/gate/key',
  ]);
});

test('a session by WHEP that is answered after its end is ended then', async () => {
  const { asked, negotiation, answer } = setUpWhep(201);
  const session = negotiation.offer(SDP);
  negotiation.close();
  answer();
  await session;
  negotiation.trickle({ sdp: SDP, candidates: ['candidate:1'], complete: true });
  expect(asked.map(({ request }) => request.method)).toEqual(['POST', 'DELETE']);
});

test('candidates that WHEP refuses are nobody’s concern', async () => {
  const { negotiation, answer } = setUpWhep(201, 500);
  const session = negotiation.offer(SDP);
  answer();
  await session;
  negotiation.trickle({ sdp: SDP, candidates: ['candidate:1'], complete: true });
  await new Promise(setImmediate);
});

test('a stream’s WebSocket is beside its WHEP', () => {
  expect(signallingUrl('http://a:8080/whep/gate')).toBe('ws://a:8080/ws/gate');
  expect(signallingUrl('https://a/yeoul/whep/whep')).toBe('wss://a/yeoul/ws/whep');
});
