// A listener from its first step to its last, on a clock that moves only when told to.

import { beforeEach, describe, expect, test } from 'vitest';
import {
  CLOSE_KICKED,
  CLOSE_SESSION_ENDED,
  CLOSE_SHUTDOWN,
  CLOSE_TOO_MANY_LISTENERS,
  type ListenerEvent,
} from '#contract/listening.ts';
import { ClientWorld, FIGURES } from '../../../test/support/listening-client-set-up.ts';

let world: ClientWorld;
beforeEach(() => {
  world = new ClientWorld();
});

async function say(payload: ListenerEvent): Promise<void> {
  world.socket.say({ type: 'event', payload });
  await world.settle();
}

const changed: ListenerEvent = { type: 'config_changed', reason: 'the admin changed the codec' };

test('The steps are taken in order, each after the answer to the one before', async () => {
  world.client.start();
  await world.settle();
  expect(world.requests).toEqual(['GET /audio-meta', 'GET /jitter-thresholds']);
  expect(world.sockets).toHaveLength(1);
  expect(world.socket.sent).toEqual([]);
  world.socket.say({ type: 'hello', client_id: 'ear 1' });
  expect(world.requests.at(-1)).toBe('GET /request-audio?udp_port=5004&client_id=ear%201');
  expect(world.socket.all('client_config')).toEqual([]);
  await world.settle();
  expect(world.socket.all('client_config')).toEqual([
    { type: 'client_config', payload: { compression: 'opus' } },
  ]);
  expect(world.kinds).toEqual(['connecting']);
  await world.agree();
  expect(world.kinds).toEqual(['connecting', 'connected']);
  expect(world.told.map(([name]) => name)).toEqual(['meta', 'thresholds', 'session', 'config']);
});

test('A heartbeat goes each 5 s, with the time', async () => {
  await world.connect();
  await world.clock.advanceAsync(10_000);
  expect(world.socket.all('heartbeat')).toEqual([
    { type: 'heartbeat', timestamp: '2026-01-01T00:00:05.000Z' },
    { type: 'heartbeat', timestamp: '2026-01-01T00:00:10.000Z' },
  ]);
});

test('The time is asked for eight times at once, then each 5 s, and what was not asked is no answer', async () => {
  await world.connect();
  await world.clock.advanceAsync(400);
  const questions = world.socket.all('ntp_request');
  expect(questions).toHaveLength(8);
  const never = world.clock.wallMs() - 0.5;
  world.socket.say({ type: 'ntp_response', t1: never, t2: never, t3: never });
  expect(world.sync.offsetMs).toBeNull();
  const t1 = Number(questions[7]?.['t1']);
  const t4 = world.clock.wallMs();
  world.socket.say({ type: 'ntp_response', t1, t2: t1 + 1_000, t3: t1 + 1_000 });
  expect(world.sync.offsetMs).toBe(1_000 - (t4 - t1) / 2);
  await world.clock.advanceAsync(10_000);
  expect(world.socket.all('ntp_request')).toHaveLength(10);
});

describe('Reports', () => {
  test('go each 5 s under the id of the session, and their answers are told', async () => {
    await world.connect();
    await world.clock.advanceAsync(10_000);
    expect(world.reports).toEqual([
      { client_id: 'ear-1', timestamp: '2026-01-01T00:00:05.000Z', metrics: FIGURES },
      { client_id: 'ear-1', timestamp: '2026-01-01T00:00:10.000Z', metrics: FIGURES },
    ]);
    expect(world.all('reported')).toEqual([{ total_clients: 1 }, { total_clients: 1 }]);
  });

  test('are left out where nothing is known, and while there is no session', async () => {
    world = new ClientWorld({ measure: () => undefined });
    await world.connect();
    await world.clock.advanceAsync(5_000);
    expect(world.reports).toEqual([]);
    world = new ClientWorld();
    world.client.start();
    await world.clock.advanceAsync(5_000);
    expect(world.reports).toEqual([]);
  });

  test.each(['nothing', 500, '{}'])('that are answered by %j end nothing', async (answer) => {
    await world.connect();
    world.answers = { ...world.answers, '/qos-metrics': answer };
    await world.clock.advanceAsync(10_000);
    expect(world.reports).toHaveLength(2);
    expect(world.kinds).toEqual(['connecting', 'connected']);
    expect(world.all('reported')).toEqual([]);
  });
});

describe('Thresholds', () => {
  test.each([
    [{}, { interpolate: 30, drop: 60 }, { interpolateMs: 30, dropMs: 60 }],
    [{ interpolateMs: 7 }, { interpolate: 30, drop: 60 }, { interpolateMs: 7, dropMs: 60 }],
    [{ dropMs: 90 }, { interpolate: 30, drop: 60 }, { interpolateMs: 30, dropMs: 90 }],
    [{ dropMs: 20 }, { interpolate: 30, drop: 60 }, { interpolateMs: 20, dropMs: 20 }],
    [{ interpolateMs: 80 }, { interpolate: 30, drop: 60 }, { interpolateMs: 80, dropMs: 80 }],
    [{}, 404, { interpolateMs: 100, dropMs: 200 }],
    [{}, { interpolate: 'x', drop: 60 }, { interpolateMs: 100, dropMs: 200 }],
    [{ interpolateMs: 7 }, 'no JSON', { interpolateMs: 7, dropMs: 200 }],
  ])('given %j, and %j by the server, are %j', async (thresholds, told, expected) => {
    world = new ClientWorld({ thresholds, answers: { '/jitter-thresholds': told } });
    await world.connect();
    expect(world.all('thresholds')).toEqual([expected]);
  });

  test('that are both given are not asked for', async () => {
    world = new ClientWorld({ thresholds: { interpolateMs: 1, dropMs: 2 } });
    await world.connect();
    expect(world.requests).not.toContain('GET /jitter-thresholds');
    expect(world.all('thresholds')).toEqual([{ interpolateMs: 1, dropMs: 2 }]);
  });
});

describe('It comes back', () => {
  test('at once after config_changed, reading what there is first', async () => {
    await world.connect();
    const [first] = world.sockets;
    await say(changed);
    expect(first?.isClosed).toBe(true);
    expect(world.sockets).toHaveLength(2);
    expect(world.requests.slice(-2)).toEqual(['GET /audio-meta', 'GET /jitter-thresholds']);
    await world.agree();
    expect(world.all('session')).toEqual(['ear-1', 'ear-2']);
    first?.hangUp(CLOSE_SESSION_ENDED, 'session ended');
    await world.clock.advanceAsync(3_000);
    expect(world.sockets).toHaveLength(2);
    expect(first?.all('heartbeat')).toEqual([]);
  });

  test.each(['reconnect', 'server_shutdown'] as const)(
    'after %s when the socket is closed, each second until the server answers',
    async (type) => {
      await world.connect();
      await say({ type, reason: 'the server restarts' });
      expect(world.sockets).toHaveLength(1);
      world.answers = { ...world.answers, '/audio-meta': 'nothing' };
      world.socket.hangUp(CLOSE_SHUTDOWN, 'server is closing');
      const asked = world.requests.length;
      await world.clock.advanceAsync(20_000);
      expect(world.requests.length - asked).toBeGreaterThanOrEqual(19);
      world.answers = { ...world.answers, '/audio-meta': { channels: [] } };
      await world.clock.advanceAsync(1_000);
      expect(world.sockets).toHaveLength(2);
    },
  );

  test('after reconnect within a second, where the socket stays open', async () => {
    await world.connect();
    await say({ type: 'reconnect', reason: 'the sound engine starts again' });
    await world.clock.advanceAsync(999);
    expect(world.sockets).toHaveLength(1);
    await world.clock.advanceAsync(1);
    expect(world.sockets).toHaveLength(2);
  });

  test('from a loss without a word, less and less often after a minute', async () => {
    await world.connect();
    world.answers = { ...world.answers, '/audio-meta': 503 };
    world.socket.hangUp();
    await world.clock.advanceAsync(60_000);
    const asked = world.requests.length;
    await world.clock.advanceAsync(60_000);
    expect(world.requests.length - asked).toBeLessThan(6);
  });

  test('from 4429, without hurry, and says why', async () => {
    world.client.start();
    await world.settle();
    world.socket.hangUp(CLOSE_TOO_MANY_LISTENERS, 'There are 20 listeners.');
    await world.settle();
    expect(world.states.at(-1)).toMatchObject({
      kind: 'waiting',
      failure: { code: 'too_many_listeners', reason: 'There are 20 listeners.' },
    });
    await world.clock.advanceAsync(999);
    expect(world.sockets).toHaveLength(1);
    await world.clock.advanceAsync(1);
    expect(world.sockets).toHaveLength(2);
    world.socket.hangUp(CLOSE_TOO_MANY_LISTENERS);
    await world.clock.advanceAsync(1_999);
    expect(world.sockets).toHaveLength(2);
  });

  test('not when it was sent away, nor after it was closed', async () => {
    await world.connect();
    world.socket.hangUp(CLOSE_KICKED, 'sent away by the admin');
    await world.clock.advanceAsync(60_000);
    expect(world.sockets).toHaveLength(1);
    expect(world.states.at(-1)).toEqual({ kind: 'closed', reason: 'sent away by the admin' });
    expect(world.clock.pendingTimers).toBe(0);
    world = new ClientWorld();
    await world.connect();
    await say({ type: 'server_shutdown', reason: 'x' });
    world.client.close();
    world.client.close();
    expect(world.socket.isClosed).toBe(true);
    expect(world.clock.pendingTimers).toBe(0);
  });
});

describe('What is refused', () => {
  test('before sound comes is tried again only much later', async () => {
    world.client.start();
    await world.settle();
    world.socket.say({ type: 'error', code: 'invalid_input', message: 'Channel 33 is none.' });
    await world.settle();
    expect(world.states.at(-1)).toMatchObject({ kind: 'waiting', delayMs: 16_000 });
    expect(world.socket.isClosed).toBe(true);
  });

  test('for the moment only is tried again soon', async () => {
    world.client.start();
    await world.settle();
    world.socket.say({ type: 'error', code: 'session_ended', message: 'Connect again.' });
    await world.settle();
    expect(world.states.at(-1)).toMatchObject({ kind: 'waiting', delayMs: 1_000 });
  });

  test('later is told, and the session goes on', async () => {
    await world.connect();
    world.socket.say({ type: 'error', code: 'too_many_messages', message: 'One too many.' });
    expect(world.all('refusal')).toEqual([{ code: 'too_many_messages', message: 'One too many.' }]);
    expect(world.kinds.at(-1)).toBe('connected');
  });

  test.each([
    ['/request-audio', 404],
    ['/request-audio', { status: 'no' }],
    ['/audio-meta', { nothing: 1 }],
    ['/audio-meta', 'no JSON'],
  ])('by %s with %j ends the attempt', async (path, answer) => {
    world.answers = { ...world.answers, [path]: answer };
    world.client.start();
    await world.settle();
    world.sockets[0]?.say({ type: 'hello', client_id: 'ear-1' });
    await world.settle();
    expect(world.kinds.at(-1)).toBe('waiting');
    expect(world.sockets.every(({ isClosed }) => isClosed)).toBe(true);
  });
});

test('An attempt that is given up before its socket is opened opens none', async () => {
  world.client.start();
  world.client.close();
  await world.settle();
  expect(world.sockets).toEqual([]);
  expect(world.all('thresholds')).toEqual([]);
});

test('An attempt that takes longer than 3 s is given up, and its socket closed', async () => {
  world.client.start();
  await world.settle();
  const [socket] = world.sockets;
  await world.clock.advanceAsync(3_000);
  expect(socket?.isClosed).toBe(true);
  socket?.say({ type: 'hello', client_id: 'too-late' });
  expect(world.all('session')).toEqual([]);
});

test('Later configs are told, nonsense is read past, and a second hello changes nothing', async () => {
  await world.connect();
  world.socket.sayText('nonsense');
  world.socket.say({ type: 'hello', client_id: 'other' });
  await world.settle();
  expect(world.all('session')).toEqual(['ear-1']);
  expect(world.socket.all('client_config')).toHaveLength(1);
});
