// Watching by WebSocket in a real browser: the offer, the wishes, the end.

import { afterAll, beforeAll, expect, test } from 'vitest';
import { TestBrowser } from '../support/browser.ts';
import { watchPicture } from '../support/picture-watch.ts';
import { ServerProcess } from '../support/server-process.ts';
import { until } from '../support/until.ts';
import { listViewers, untilViewers } from '../support/viewer-count.ts';
import { openStream, readTextFigure } from '../support/viewer-page.ts';

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

test('the page watches by WebRTC over its WebSocket, and says nothing to WHEP', async () => {
  await using opened = await browser.openPage();
  const { page, errors } = opened;
  const asked: string[] = [];
  page.on('request', (request) => asked.push(new URL(request.url()).pathname));
  await openStream(page, server.url);
  expect(await listViewers(server.url)).toMatchObject([{ protocol: 'ws' }]);
  // TCP may be a moment ahead.
  await until(async () => (await readTextFigure(page, 'transport')) === 'UDP', { what: 'UDP' });
  const { framesDecoded } = await watchPicture(page, 1_000);
  expect(framesDecoded).toBeGreaterThan(15);
  expect(asked.filter((path) => path.startsWith('/whep'))).toEqual([]);
  expect(errors).toEqual([]);
});

test('a page that is closed leaves no viewer behind', async () => {
  await untilViewers(server.url, 0, 5_000);
  const opened = await browser.openPage();
  await openStream(opened.page, server.url);
  await untilViewers(server.url, 1, 1_000);
  await opened[Symbol.asyncDispose]();
  await untilViewers(server.url, 0, 1_000);
});

test('a browser that is killed leaves none behind either', async () => {
  const doomed = await TestBrowser.launch();
  const { page } = await doomed.openPage();
  await openStream(page, server.url);
  await doomed.kill();
  await untilViewers(server.url, 0, 2_000);
});

test('where WebSockets do not get through, the page watches by WHEP', async () => {
  await using opened = await browser.openPage();
  const { page } = opened;
  await page.routeWebSocket(/\/ws\//, (socket) => socket.close());
  await openStream(page, server.url);
  expect(await listViewers(server.url)).toMatchObject([{ protocol: 'whep' }]);
});
