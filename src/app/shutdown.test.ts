// Tests of the ordered end of the process.

import { EventEmitter } from 'node:events';
import { expect, test } from 'vitest';
import type { Log, LogFields } from '#core/ports/log.ts';
import { VirtualClock } from '../../test/support/virtual-clock.ts';
import { Shutdown } from './shutdown.ts';

class FakeProcess extends EventEmitter {
  readonly exits: number[] = [];

  exit(code: number): void {
    this.exits.push(code);
  }
}

function keepLines(): { log: Log; lines: [string, LogFields?][] } {
  const lines: [string, LogFields?][] = [];
  const keep = (message: string, fields?: LogFields) => {
    lines.push(fields ? [message, fields] : [message]);
  };
  const log: Log = { debug: keep, info: keep, warn: keep, error: keep, with: () => log };
  return { log, lines };
}

function setUp() {
  const clock = new VirtualClock();
  const { log, lines } = keepLines();
  const process = new FakeProcess();
  const closed: string[] = [];
  const shutdown = new Shutdown({ clock, log, process });
  const add = (name: string) => shutdown.add(name, () => closed.push(name));
  return { clock, lines, process, shutdown, closed, add };
}

const hang = () => new Promise<void>(() => {});

test('a signal closes in reverse order and exits with 0', async () => {
  const { clock, process, closed, add, lines } = setUp();
  add('log');
  add('server');
  process.emit('SIGTERM');
  await clock.advanceAsync(0);
  expect(closed).toEqual(['server', 'log']);
  expect(process.exits).toEqual([0]);
  expect(lines).toEqual([['Shutting down', { reason: 'SIGTERM' }]]);
});

test('a part is closed only when the one before it has closed', async () => {
  const { clock, process, shutdown, closed, add } = setUp();
  const server = Promise.withResolvers<void>();
  add('log');
  shutdown.add('server', () => server.promise);
  process.emit('SIGINT');
  await clock.advanceAsync(100);
  expect(closed).toEqual([]);
  server.resolve();
  await clock.advanceAsync(0);
  expect(closed).toEqual(['log']);
});

test('starting twice closes once and keeps the worse exit code', async () => {
  const { clock, process, shutdown, closed, add } = setUp();
  add('server');
  shutdown.start('asked', 0);
  shutdown.start('asked again', 3);
  await clock.advanceAsync(10_000);
  expect(closed).toEqual(['server']);
  expect(process.exits).toEqual([3]);
});

test('a part that fails to close is logged, the others still close, and the exit code is 1', async () => {
  const { clock, process, shutdown, closed, add, lines } = setUp();
  add('log');
  shutdown.add('server', () => Promise.reject(new Error('stuck door')));
  process.emit('SIGTERM');
  await clock.advanceAsync(0);
  expect(closed).toEqual(['log']);
  expect(process.exits).toEqual([1]);
  expect(lines[1]?.[0]).toBe('Cannot close server');
  expect(lines[1]?.[1]?.['error']).toContain('stuck door');
});

test('after 5 s what hangs is named, the rest is closed, and the exit code is 1', async () => {
  const { clock, process, shutdown, closed, add, lines } = setUp();
  add('log');
  add('database');
  shutdown.add('webrtc', hang);
  process.emit('SIGTERM');
  await clock.advanceAsync(4_999);
  expect(closed).toEqual([]);
  await clock.advanceAsync(1);
  expect(lines[1]).toEqual([
    'Shutdown takes too long: ending without it',
    { hangs: 'webrtc', notClosed: 'database, log' },
  ]);
  expect(closed).toEqual(['database', 'log']);
  expect(process.exits).toEqual([1]);
});

test('when the rest hangs too, the process exits 2.5 s after the deadline', async () => {
  const { clock, process, shutdown } = setUp();
  shutdown.add('log', hang);
  shutdown.add('webrtc', hang);
  process.emit('SIGTERM');
  await clock.advanceAsync(7_499);
  expect(process.exits).toEqual([]);
  await clock.advanceAsync(1);
  expect(process.exits).toEqual([1]);
});

test('a second signal exits at once', () => {
  const { process, shutdown } = setUp();
  shutdown.add('webrtc', hang);
  process.emit('SIGINT');
  process.emit('SIGINT');
  expect(process.exits).toEqual([1]);
});

test.each([
  ['uncaughtException', new Error('boom'), 'boom'],
  ['unhandledRejection', 'just text', 'just text'],
])('%s is logged, closes and exits with 1', async (fault, cause, text) => {
  const { clock, process, closed, add, lines } = setUp();
  add('server');
  process.emit(fault, cause);
  await clock.advanceAsync(0);
  expect(lines[0]?.[0]).toBe(`Unexpected error (${fault})`);
  expect(lines[0]?.[1]?.['error']).toContain(text);
  expect(closed).toEqual(['server']);
  expect(process.exits).toEqual([1]);
});
