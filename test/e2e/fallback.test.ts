// Viewers behind bad networks, in a real browser: UDP, else TCP, else MP4 over the WebSocket; and back.

import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { TestBrowser } from '../support/browser.ts';
import { longestGapMs, watchPicture } from '../support/picture-watch.ts';
import { ServerProcess } from '../support/server-process.ts';
import { until } from '../support/until.ts';
import { listViewers } from '../support/viewer-count.ts';
import { openStream, readFigure, readTextFigure } from '../support/viewer-page.ts';

/** WebRTC is given 5 s, the first fragment comes within one. */
const FALLEN_BACK_WITHIN_MS = 10_000;
/** A first try beside the picture after a minute. */
const BETTER_WITHIN_MS = 80_000;

let server: ServerProcess;
let browser: TestBrowser;

beforeAll(async () => {
  server = await ServerProcess.start();
  browser = await TestBrowser.launch();
});

afterAll(async () => {
  await browser?.close();
  await server?.dispose();
});

/** Takes the candidates of these protocols out of what both sides tell each other, until `open`. */
async function block(page: Page, protocols: 'udp' | 'udp|tcp'): Promise<() => void> {
  const pattern = new RegExp(`a=candidate:\\S+ \\d (?:${protocols}) [^\\r]*\\r\\n`, 'gi');
  let isOpen = false;
  await page.routeWebSocket(/\/ws\//, (socket) => {
    const other = socket.connectToServer();
    socket.onMessage((message) => {
      const isOurs = String(message).includes('"candidate"');
      if (isOpen || !isOurs) other.send(message);
    });
    other.onMessage((message) => {
      if (isOpen || typeof message !== 'string') return socket.send(message);
      const parsed = JSON.parse(message) as { type: string; sdp?: string };
      const sdp = parsed.sdp?.replace(pattern, '');
      socket.send(JSON.stringify({ ...parsed, ...(sdp !== undefined && { sdp }) }));
    });
  });
  return () => {
    isOpen = true;
  };
}

test('without UDP the picture comes over TCP', async () => {
  await using opened = await browser.openPage();
  const { page } = opened;
  await block(page, 'udp');
  await openStream(page, server.url);
  expect(await readTextFigure(page, 'transport')).toBe('TCP');
  expect(await listViewers(server.url)).toMatchObject([{ protocol: 'ws', path: 'tcp' }]);
  const { framesDecoded } = await watchPicture(page, 1_000);
  expect(framesDecoded).toBeGreaterThan(15);
});

test('without either it comes over the WebSocket, flows, and the page says so', async () => {
  await using opened = await browser.openPage();
  const { page, errors } = opened;
  await block(page, 'udp|tcp');
  const startMs = performance.now();
  await openStream(page, server.url);
  expect(performance.now() - startMs).toBeLessThan(FALLEN_BACK_WITHIN_MS);
  expect(await readTextFigure(page, 'transport')).toBe('MSE');
  expect(await readTextFigure(page, 'codec')).toBe('H264 + opus');
  expect(await readTextFigure(page, 'resolution')).toBe('1280 × 720');
  const watch = await watchPicture(page, 5_000);
  expect(watch.framesDecoded).toBeGreaterThan(100);
  expect(longestGapMs(watch)).toBeLessThan(1_000);
  expect(await readFigure(page, 'frame-age')).toBeLessThan(2_000);
  await until(async () => (await listViewers(server.url)).length === 1, { what: 'one viewer' });
  expect(await listViewers(server.url)).toMatchObject([{ protocol: 'mse' }]);
  expect(errors).toEqual([]);
});

test('the next page goes the way that worked at once; when WebRTC works again, it goes back', async () => {
  await using opened = await browser.openPage();
  const { page } = opened;
  const open = await block(page, 'udp|tcp');
  await openStream(page, server.url);
  await page.goto('about:blank');
  const startMs = performance.now();
  await openStream(page, server.url);
  expect(performance.now() - startMs).toBeLessThan(3_000);
  expect(await readTextFigure(page, 'transport')).toBe('MSE');
  open();
  const state = page.getByTestId('figure-transport');
  await until(async () => (await state.getAttribute('data-value')) === 'UDP', {
    what: 'the page to go back to WebRTC',
    withinMs: BETTER_WITHIN_MS,
  });
  const { framesDecoded } = await watchPicture(page, 1_000);
  expect(framesDecoded).toBeGreaterThan(15);
  await until(async () => (await listViewers(server.url)).length === 1, { what: 'one viewer' });
  expect(await listViewers(server.url)).toMatchObject([{ protocol: 'ws', path: 'udp' }]);
});
