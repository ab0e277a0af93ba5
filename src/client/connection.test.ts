// Every transition of the reconnecting connection, on a clock that moves only when told to.

import { beforeEach, describe, expect, test } from 'vitest';
import { InputError, NotFoundError } from '#std/errors.ts';
import { FakeDial, FakeLink, PingLink } from '../../test/support/fake-dial.ts';
import type { VirtualClock } from '../../test/support/virtual-clock.ts';
import type { Connection } from './connection.ts';
import { type ConnectionState, NoRetryError } from './connection-state.ts';

let fake: FakeDial;
let clock: VirtualClock;
let calls: FakeDial['calls'];
let states: ConnectionState[];

beforeEach(() => {
  fake = new FakeDial();
  ({ clock, calls, states } = fake);
});

const open: FakeDial['open'] = (options) => fake.open(options);
const settle = () => clock.advanceAsync(0);
const kinds = () => fake.kinds();

async function openConnected(link: FakeLink): Promise<Connection<FakeLink>> {
  const connection = open({ newLink: () => link });
  connection.connect();
  calls[0]!.resolve();
  await settle();
  return connection;
}

describe('connecting', () => {
  test('A connection is idle until told to connect, and then connected', async () => {
    const connection = open();
    expect(connection.state).toEqual({ kind: 'idle' });
    connection.connect();
    connection.connect();
    expect(calls).toHaveLength(1);
    const link = calls[0]!.resolve();
    await settle();
    expect(states).toEqual([
      { kind: 'connecting', attempt: 0, failure: null },
      { kind: 'connected', sinceMs: 0 },
    ]);
    expect(connection.link).toBe(link);
    expect(clock.pendingTimers).toBe(0);
  });

  test('A dial that takes longer than 3 s fails, is aborted, and its late link is closed', async () => {
    const connection = open();
    connection.connect();
    await clock.advanceAsync(3_000);
    expect(connection.state).toMatchObject({ kind: 'waiting', attempt: 1, retryAtMs: 4_000 });
    expect(calls[0]!.context.signal.aborted).toBe(true);
    const late = calls[0]!.resolve();
    await settle();
    expect(late.closes).toEqual(['given up before it was connected']);
    expect(connection.link).toBeUndefined();
  });

  test('A dial that throws before it waits is a failure like any other', async () => {
    const connection = open({
      dial: () => {
        throw new Error('no socket');
      },
    });
    connection.connect();
    await settle();
    expect(connection.state).toMatchObject({ failure: { reason: 'no socket', code: null } });
  });

  test('An attempt that is lost before its dial resolves counts once', async () => {
    const connection = open();
    connection.connect();
    calls[0]!.context.lost('refused');
    calls[0]!.context.lost('again');
    const late = calls[0]!.resolve();
    await settle();
    expect(kinds()).toEqual(['connecting', 'waiting']);
    expect(late.closes).toHaveLength(1);
  });
});

describe('retrying', () => {
  test('Retries come after 1, 2, 4, 8, 16 s and then every 16 s, for ever', async () => {
    const connection = open();
    connection.connect();
    const delays: number[] = [];
    for (let attempt = 1; attempt <= 8; attempt++) {
      calls.at(-1)!.reject(new Error('down'));
      await settle();
      const { state } = connection;
      if (state.kind !== 'waiting') throw new Error(state.kind);
      expect(state.attempt).toBe(attempt);
      expect(state.retryAtMs).toBe(clock.nowMs() + state.delayMs);
      delays.push(state.delayMs);
      await clock.advanceAsync(state.delayMs - 1);
      expect(calls).toHaveLength(attempt);
      await clock.advanceAsync(1);
      expect(calls).toHaveLength(attempt + 1);
    }
    expect(delays).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 16_000, 16_000, 16_000]);
  });

  test('With maxAttempts 5 the sixth failure in a row gives up, and only retryNow begins again', async () => {
    const connection = open({ maxAttempts: 5 });
    connection.connect();
    for (let attempt = 0; attempt <= 5; attempt++) {
      calls.at(-1)!.reject(new Error('down'));
      await clock.advanceAsync(16_000);
    }
    expect(connection.state).toMatchObject({ kind: 'gave-up', attempts: 5 });
    expect(clock.pendingTimers).toBe(0);
    connection.wake();
    expect(calls).toHaveLength(6);
    connection.retryNow();
    expect(connection.state).toMatchObject({ kind: 'connecting', attempt: 0 });
  });

  test('After giving up, connect starts afresh as well', async () => {
    const connection = open({ maxAttempts: 0 });
    connection.connect();
    calls[0]!.reject(new Error('down'));
    await settle();
    connection.connect();
    expect(connection.state).toEqual({ kind: 'connecting', attempt: 0, failure: null });
  });

  test('A success resets the count', async () => {
    const connection = open();
    connection.connect();
    for (const delayMs of [1_000, 2_000]) {
      calls.at(-1)!.reject(new Error('down'));
      await clock.advanceAsync(delayMs);
    }
    const link = calls.at(-1)!.resolve();
    await settle();
    calls.at(-1)!.context.lost('cut');
    expect(connection.state).toMatchObject({ kind: 'waiting', attempt: 1, delayMs: 1_000 });
    expect(link.closes).toEqual(['cut']);
  });

  test('A refusal is shown with its code and retried at the slow pace', async () => {
    const connection = open();
    connection.connect();
    calls[0]!.reject(new NotFoundError('No stream "x".', { code: 'stream_not_found' }));
    await settle();
    expect(connection.state).toEqual({
      kind: 'waiting',
      attempt: 1,
      delayMs: 16_000,
      retryAtMs: 16_000,
      failure: { reason: 'No stream "x".', code: 'stream_not_found' },
    });
  });

  test('NoRetryError gives up at once', async () => {
    const connection = open();
    connection.connect();
    calls[0]!.reject(new NoRetryError('Wrong password.', { code: 'unauthorized' }));
    await settle();
    expect(connection.state).toEqual({
      kind: 'gave-up',
      attempts: 0,
      failure: { reason: 'Wrong password.', code: 'unauthorized' },
    });
  });

  test('Something thrown that is no Error is still told', async () => {
    const connection = open();
    connection.connect();
    calls[0]!.reject('odd');
    await settle();
    expect(connection.state).toMatchObject({ failure: { reason: 'odd', code: null } });
  });
});

describe('wake and retryNow', () => {
  test('wake ends the wait and keeps count and reason', async () => {
    const connection = open();
    connection.connect();
    calls[0]!.reject(new Error('down'));
    await settle();
    connection.wake();
    connection.wake();
    expect(calls).toHaveLength(2);
    expect(connection.state).toEqual({
      kind: 'connecting',
      attempt: 1,
      failure: { reason: 'down', code: null },
    });
    calls[1]!.reject(new Error('down'));
    await settle();
    expect(connection.state).toMatchObject({ attempt: 2, delayMs: 2_000 });
  });

  test('wake asks a connected link for a sign of life at once', async () => {
    const link = new PingLink();
    const connection = await openConnected(link);
    connection.wake();
    connection.wake();
    expect(link.pings).toHaveLength(1);
    expect(clock.pendingTimers).toBe(1);
  });

  test('wake leaves a link without heartbeats alone', async () => {
    const connection = await openConnected(new FakeLink());
    connection.wake();
    expect(connection.state.kind).toBe('connected');
    expect(clock.pendingTimers).toBe(0);
  });

  test('retryNow replaces a connected link', async () => {
    const link = new FakeLink();
    const connection = await openConnected(link);
    connection.retryNow('asked by hand');
    expect(link.closes).toEqual(['asked by hand']);
    expect(connection.state).toEqual({ kind: 'connecting', attempt: 0, failure: null });
    expect(calls).toHaveLength(2);
  });

  test('retryNow does nothing before connect and after close', () => {
    const connection = open();
    connection.retryNow();
    connection.close();
    connection.retryNow();
    expect(calls).toHaveLength(0);
  });
});

describe('heartbeats', () => {
  test('A ping goes out every 3 s after the answer to the one before', async () => {
    const link = new PingLink();
    const connection = await openConnected(link);
    for (let beat = 1; beat <= 3; beat++) {
      await clock.advanceAsync(2_999);
      expect(link.pings).toHaveLength(beat - 1);
      await clock.advanceAsync(1);
      link.pings[beat - 1]!.resolve();
      await settle();
    }
    expect(connection.state.kind).toBe('connected');
  });

  test('3 s without an answer end the link, and a later answer changes nothing', async () => {
    const link = new PingLink();
    const connection = await openConnected(link);
    await clock.advanceAsync(6_000);
    expect(connection.state).toMatchObject({ kind: 'waiting', attempt: 1 });
    expect(link.closes).toEqual(['No sign of life for 3000 ms.']);
    expect(link.pings[0]!.signal.aborted).toBe(true);
    link.pings[0]!.resolve();
    await settle();
    expect(connection.state.kind).toBe('waiting');
    expect(clock.pendingTimers).toBe(1);
  });

  test('A ping that fails ends the link with its reason', async () => {
    const link = new PingLink();
    const connection = await openConnected(link);
    await clock.advanceAsync(3_000);
    link.pings[0]!.reject(new InputError('gone', { code: 'viewer_not_found' }));
    await settle();
    expect(connection.state).toMatchObject({ failure: { code: 'viewer_not_found' } });
  });
});

describe('closing', () => {
  test('close ends link and timers, is idempotent, and connect begins again', async () => {
    const link = new PingLink();
    const connection = await openConnected(link);
    connection.close('left');
    connection.close('twice');
    expect(link.closes).toEqual(['left']);
    expect(connection.state).toEqual({ kind: 'closed', reason: 'left' });
    expect(clock.pendingTimers).toBe(0);
    calls[0]!.context.lost('late');
    expect(connection.state.kind).toBe('closed');
    connection.connect();
    expect(connection.state.kind).toBe('connecting');
  });

  test('A listener may close in the middle of a transition, and no attempt follows', async () => {
    const connection = open();
    connection.subscribe((state) => {
      if (state.kind === 'connecting') connection.close();
    });
    connection.connect();
    await settle();
    expect(calls).toHaveLength(0);
    expect(kinds()).toEqual(['connecting', 'closed']);
    expect(clock.pendingTimers).toBe(0);
  });

  test('A link that closes its connection while it is dropped stays closed', async () => {
    const link = new FakeLink();
    const connection = await openConnected(link);
    link.close = () => connection.close('from inside');
    calls[0]!.context.lost('cut');
    expect(connection.state).toEqual({ kind: 'closed', reason: 'from inside' });
    expect(clock.pendingTimers).toBe(0);
  });

  test('A listener that unsubscribed hears nothing more', () => {
    const connection = open();
    let heard = 0;
    const unsubscribe = connection.subscribe(() => heard++);
    connection.connect();
    unsubscribe();
    connection.close();
    expect(heard).toBe(1);
  });
});
