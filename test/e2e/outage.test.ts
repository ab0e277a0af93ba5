// Outages of the server: the page heals by itself, and says meanwhile what is wrong.

import { setTimeout as pause } from 'node:timers/promises';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { CLOCK } from '../../src/adapters/test-source/picture.ts';
import { type OpenPage, TestBrowser } from '../support/browser.ts';
import { untilFlowing } from '../support/picture-watch.ts';
import { ServerProcess } from '../support/server-process.ts';
import { until } from '../support/until.ts';
import { listViewers, untilViewers } from '../support/viewer-count.ts';
import { openStream, readFigure, readState } from '../support/viewer-page.ts';

/** 3 s without media after the last look, a second before. */
const NOTICED_WITHIN_MS = 6_000;
/** Two of the looks that are a second apart; the link counts as lost after 3 s. */
const AGELESS_WITHIN_MS = 2_900;
const HEALED_WITHIN_MS = 10_000;
/** The viewer from before the outage is gone once its silence counts. */
const REAPED_WITHIN_MS = 20_000;
const STOPPED_FOR_MS = 10_000;
/** The rim of the clock's face is white, what lies behind it dark; both under 255. */
const BRIGHT = 150;
const RIM = { x: CLOCK.x, y: CLOCK.y - CLOCK.radius };

// The little of the DOM that the function below uses; it runs in the page.
interface PageCanvas {
  getContext(kind: '2d'): {
    getImageData(x: number, y: number, width: number, height: number): { data: Uint8ClampedArray };
  };
}
declare const document: { querySelector(selector: string): PageCanvas | null };

let server: ServerProcess;
let browser: TestBrowser;
let opened: OpenPage;
let page: Page;

beforeAll(async () => {
  browser = await TestBrowser.launch();
});

afterAll(async () => {
  await browser?.close();
});

beforeEach(async () => {
  server = await ServerProcess.start();
  opened = await browser.openPage();
  page = opened.page;
  await openStream(page, server.url);
});

afterEach(async () => {
  await opened?.[Symbol.asyncDispose]();
  await server?.dispose();
});

async function untilReconnecting(): Promise<void> {
  const states = ['waiting', 'connecting'];
  await until(async () => states.includes((await readState(page)) ?? ''), {
    what: 'the page to notice the outage',
    withinMs: NOTICED_WITHIN_MS,
  });
}

/** How bright the clock's rim is in the last picture, which is held on a canvas; 0 without one. */
function readRim({ x, y }: typeof RIM): number {
  const still = document.querySelector('.stage canvas');
  return still?.getContext('2d').getImageData(x, y, 1, 1).data[1] ?? 0;
}

test('a killed server that is started again brings the picture back', async () => {
  await server.stop('SIGKILL');
  await untilReconnecting();
  await server.start();
  await untilFlowing(page, HEALED_WITHIN_MS);
  await untilViewers(server.url, 1, 1_000);
});

test('a server that restarts faster than the page can notice brings the picture back', async () => {
  await server.stop('SIGKILL');
  await server.start();
  await untilViewers(server.url, 1, HEALED_WITHIN_MS);
  await untilFlowing(page, HEALED_WITHIN_MS);
});

test('a page that finds the restarted server by itself is not connected a second time', async () => {
  const allowed = Promise.withResolvers<void>();
  await page.route('**/api/v1/health', async (route) => {
    await allowed.promise;
    // The page has given up the requests that waited too long.
    await route.continue().catch(() => undefined);
  });
  await server.stop('SIGKILL');
  await untilReconnecting();
  await server.start();
  await untilFlowing(page, HEALED_WITHIN_MS);
  const [found] = await listViewers(server.url);
  const noticed = page.waitForResponse('**/api/v1/health');
  allowed.resolve();
  await noticed;
  await untilFlowing(page, HEALED_WITHIN_MS);
  expect((await listViewers(server.url)).map(({ id }) => id)).toEqual([found?.id]);
});

test('a server that ends in order is missed within seconds, the last picture stays', async () => {
  expect(await server.stop('SIGTERM')).toBe(0);
  await untilReconnecting();
  expect(await page.evaluate(readRim, RIM)).toBeGreaterThan(BRIGHT);
  await page.getByTestId('server-state').getByText('Reconnecting').waitFor();
  await server.start();
  await untilFlowing(page, HEALED_WITHIN_MS);
});

test('a server that was stopped for 10 s and continued heals', async () => {
  await readFigure(page, 'frame-age');
  process.kill(server.pid, 'SIGSTOP');
  const age = page.getByTestId('figure-frame-age');
  await until(async () => (await age.textContent()) === '–', {
    what: 'the age of a picture that stands still to go',
    withinMs: AGELESS_WITHIN_MS,
  });
  expect(await readState(page)).toBe('connected');
  // The outage itself has this length.
  await pause(STOPPED_FOR_MS);
  expect(await page.getByTestId('state').getAttribute('data-playing')).toBe('false');
  process.kill(server.pid, 'SIGCONT');
  await untilFlowing(page, HEALED_WITHIN_MS);
  await untilViewers(server.url, 1, REAPED_WITHIN_MS);
});
