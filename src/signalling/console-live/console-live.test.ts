// The WebSocket of an admin's open page: real sockets, fake figures of the console.

import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import fc from 'fast-check';
import { afterEach, expect, test } from 'vitest';
import { type LiveNews, liveNews } from '#contract/console-live.ts';
import type { SecretVerdict } from '#core/access/access.ts';
import type { MeterLevels } from '#core/ports/sound-engine.ts';
import { readMeterFrame } from '#media/sound/meter-frame.ts';
import { makeConsoleView } from '../../../test/support/console-view.ts';
import { JsonSocket } from '../../../test/support/json-socket.ts';
import { SilentLog } from '../../../test/support/silent-log.ts';
import { until } from '../../../test/support/until.ts';
import { VirtualClock } from '../../../test/support/virtual-clock.ts';
import { attachUpgrades } from '../upgrades.ts';
import { createConsoleLive } from './console-live.ts';

const COOKIE = { cookie: 'session=right' };
const LEVELS: MeterLevels = {
  peakDb: Array.from({ length: 32 }, (_, at) => -1 - at),
  rmsDb: Array.from({ length: 32 }, (_, at) => -20 - at),
};

class FakeFigures {
  view = makeConsoleView();
  readonly sinks = new Set<(levels: MeterLevels) => void>();
  watches = 0;

  console() {
    return this.view;
  }

  watchMeters(sink: (levels: MeterLevels) => void) {
    this.watches++;
    this.sinks.add(sink);
    return { close: () => void this.sinks.delete(sink) };
  }

  measure(levels: MeterLevels): void {
    for (const sink of this.sinks) sink(levels);
  }
}

async function setUp() {
  const clock = new VirtualClock();
  const log = new SilentLog();
  const figures = new FakeFigures();
  const logins = new Set(['session=right']);
  let verdict: SecretVerdict | undefined;
  const checked: string[] = [];
  const live = createConsoleLive({
    clock,
    log,
    figures,
    isAdmin: ({ headers }) => logins.has(headers.cookie ?? ''),
    access: {
      check: (secret, remote) => {
        checked.push(remote);
        return verdict ?? (secret === 'open sesame' ? 'right' : 'wrong');
      },
    },
  });
  const server = createServer((_request, response) => response.end());
  attachUpgrades(server, [live]);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const pages: JsonSocket<LiveNews>[] = [];
  const connect = async (options: { headers?: Record<string, string>; origin?: string } = {}) => {
    const url = `ws://${host}/api/v1/console/live`;
    const page = await JsonSocket.open(url, { schema: liveNews, ...options });
    pages.push(page);
    return page;
  };
  const settle = async ({ socket }: JsonSocket<LiveNews>) => {
    const pong = once(socket, 'pong');
    socket.ping();
    await pong;
  };
  const close = async () => {
    live.close();
    for (const { socket } of pages) socket.terminate();
    await new Promise((resolve) => server.close(resolve));
  };
  const answer = (next: SecretVerdict) => {
    verdict = next;
  };
  return { clock, log, figures, logins, checked, answer, live, host, connect, settle, close };
}

let world: Awaited<ReturnType<typeof setUp>>;

async function start() {
  world = await setUp();
  return world;
}

afterEach(() => world.close());

test('an admin by session is told the console at once, and levels as they come', async () => {
  const { connect, figures } = await start();
  const page = await connect({ headers: COOKIE });
  expect((await page.get('console')).payload).toEqual(figures.view);
  figures.measure(LEVELS);
  await until(() => page.binary.length === 1, { what: 'the levels' });
  expect(page.binary[0]).toHaveLength(66);
  expect(readMeterFrame(page.binary[0]!)).toEqual(LEVELS);
});

test('the console is told again only when it has changed, and twice a second at most', async () => {
  const { connect, figures, clock, settle } = await start();
  const page = await connect({ headers: COOKIE });
  await page.get('console');
  clock.advance(2_000);
  for (let packets = 1; packets <= 5; packets++) {
    figures.view = { ...figures.view, packets_sent: packets };
    clock.advance(100);
  }
  await settle(page);
  expect(page.all('console').map(({ payload }) => payload.packets_sent)).toEqual([43, 5]);
});

test('levels are measured once for all pages, and only while there is one', async () => {
  const { connect, figures, live } = await start();
  const first = await connect({ headers: COOKIE });
  const second = await connect({ headers: COOKIE });
  await connect();
  await second.get('console');
  expect([figures.watches, figures.sinks.size]).toEqual([1, 1]);
  first.socket.close();
  await until(() => live.sockets === 2, { what: 'the first to leave' });
  expect(figures.sinks.size).toBe(1);
  second.socket.close();
  await until(() => live.sockets === 1, { what: 'the second to leave' });
  expect(figures.sinks.size).toBe(0);
  await (await connect({ headers: COOKIE })).get('console');
  expect([figures.watches, figures.sinks.size]).toEqual([2, 1]);
});

test('a stranger is told nothing until the secret is right', async () => {
  const { connect, figures, clock, checked, live } = await start();
  const page = await connect();
  page.send({ type: 'auth', secret: 'guessed' });
  expect(await page.get('error')).toMatchObject({ code: 'admin_secret_needed' });
  figures.measure(LEVELS);
  clock.advance(1_000);
  page.send({ type: 'auth', secret: 'open sesame' });
  await page.get('console');
  page.send({ type: 'auth', secret: 'open sesame' });
  clock.advance(9_000);
  await world.settle(page);
  expect([page.binary.length, page.all('console').length]).toEqual([0, 1]);
  expect(checked).toEqual(['127.0.0.1', '127.0.0.1', '127.0.0.1']);
  expect(live.counters.wrongSecrets).toBe(1);
  expect(JSON.stringify(world.log.lines)).not.toContain('sesame');
});

test('who guesses too often is told to wait, and who says nothing is sent away after 10 s', async () => {
  const { connect, clock, answer } = await start();
  const page = await connect();
  answer('blocked');
  page.send({ type: 'auth', secret: 'open sesame' });
  expect(await page.get('error')).toMatchObject({ code: 'too_many_attempts' });
  clock.advance(9_500);
  expect(page.closed).toBeUndefined();
  clock.advance(500);
  expect(await page.untilClosed()).toEqual({ code: 1008, reason: 'not an admin' });
});

test('a page whose session has ended is closed', async () => {
  const { connect, clock, logins, figures } = await start();
  const page = await connect({ headers: COOKIE });
  const other = await connect();
  other.send({ type: 'auth', secret: 'open sesame' });
  await other.get('console');
  logins.clear();
  clock.advance(500);
  expect(await page.untilClosed()).toEqual({ code: 1008, reason: 'login ended' });
  expect(figures.sinks.size).toBe(1);
  expect(other.closed).toBeUndefined();
});

test('a page of another site is refused, also with the cookie', async () => {
  const { connect, host, live } = await start();
  for (const origin of ['https://elsewhere.example', 'http://127.0.0.1:1', 'null']) {
    await expect(connect({ headers: COOKIE, origin }), origin).rejects.toThrow('403');
  }
  expect(live.counters.refused).toBe(3);
  await (await connect({ headers: COOKIE, origin: `http://${host}` })).get('console');
});

test('a page that does not read gets no more levels, and is closed after 10 s', async () => {
  const { connect, figures, clock, live } = await start();
  const page = await connect({ headers: COOKIE });
  await page.get('console');
  page.socket.pause();
  // Large, so that the system's own buffers are full long before a ping is missed.
  const reason = 'x'.repeat(1_000_000);
  const capture = { ...figures.view.capture, reason };
  for (let views = 0; views < 58; views++) {
    figures.view = { ...figures.view, capture, packets_sent: views };
    clock.advance(500);
    figures.measure(LEVELS);
    if (live.counters.dismissed > 0) break;
    await new Promise(setImmediate);
  }
  expect(live.counters.dismissed).toBe(1);
  expect(figures.sinks.size).toBe(0);
  page.socket.resume();
  expect(await page.untilClosed()).toEqual({ code: 1013, reason: 'too slow' });
});

test('who answers no ping for 30 s is gone', async () => {
  const { connect, clock, live, figures } = await start();
  const page = await connect({ headers: COOKIE });
  await page.get('console');
  Object.assign(page.socket, { _autoPong: false });
  clock.advance(29_500);
  expect(live.sockets).toBe(1);
  clock.advance(500);
  expect((await page.untilClosed()).code).toBe(1006);
  expect(figures.sinks.size).toBe(0);
});

test('nonsense is told, too much of it ends the page, and so does a large message', async () => {
  const { connect, live, figures } = await start();
  const page = await connect({ headers: COOKIE });
  const sent = fc.sample(fc.oneof(fc.string(), fc.json()), { numRuns: 10, seed: 7 });
  for (const text of sent) page.sendText(text);
  await page.get('error', 10);
  expect(live.counters.malformed).toBe(10);
  page.sendText(Uint8Array.of(1));
  expect(await page.untilClosed()).toEqual({ code: 1008, reason: 'too many messages' });
  const other = await connect();
  other.sendText(' '.repeat(4 * 1024 + 1));
  expect((await other.untilClosed()).code).toBe(1009);
  expect(figures.sinks.size).toBe(0);
});

test('an error of our own is logged and ends that page', async () => {
  const { connect, figures } = await start();
  const page = await connect();
  figures.console = () => {
    throw new TypeError('a bug with details');
  };
  page.send({ type: 'auth', secret: 'open sesame' });
  expect(await page.untilClosed()).toEqual({ code: 1011, reason: 'internal' });
  expect(world.log.lines).toMatchObject([{ level: 'error', message: 'Console page failed' }]);
});

test('there are 32 pages at most, and none once it is closed', async () => {
  const { connect, live } = await start();
  const pages = await Promise.all(Array.from({ length: 32 }, () => connect({ headers: COOKIE })));
  await expect(connect({ headers: COOKIE })).rejects.toThrow('503');
  live.close();
  expect(await pages[31]!.untilClosed()).toEqual({ code: 1001, reason: 'server is closing' });
  await until(() => live.sockets === 0, { what: 'all to be gone' });
  await expect(connect({ headers: COOKIE })).rejects.toThrow('503');
});
