// When a viewer begins and ends, as the server counts them, whatever the page or its browser does.

import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { TestBrowser } from '../support/browser.ts';
import { ServerProcess } from '../support/server-process.ts';
import { listViewers, untilViewers } from '../support/viewer-count.ts';
import { openStream } from '../support/viewer-page.ts';

const RELOADS = 20;
/** A page says goodbye while it is left; this is far below the time after which silence counts. */
const GOODBYE_WITHIN_MS = 2_000;
/** 15 s of silence, the second in which the server looks, and the last report before the end. */
const REAPED_WITHIN_MS = 20_000;

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

beforeEach(async () => {
  await untilViewers(server.url, 0, REAPED_WITHIN_MS);
});

test('20 reloads leave exactly one viewer', async () => {
  await using opened = await browser.openPage();
  const { page } = opened;
  await openStream(page, server.url);
  for (let reload = 0; reload < RELOADS; reload++) {
    await page.reload();
    await page.getByTestId('video').waitFor();
  }
  await untilViewers(server.url, 1, GOODBYE_WITHIN_MS);
});

test('a page that is left ends its viewer at once, and starts one when it is returned to', async () => {
  await using opened = await browser.openPage();
  const { page } = opened;
  await openStream(page, server.url);
  await page.goto('about:blank');
  await untilViewers(server.url, 0, GOODBYE_WITHIN_MS);
  await page.goBack();
  await page.getByTestId('video').waitFor();
  await untilViewers(server.url, 1, GOODBYE_WITHIN_MS);
  await page.getByRole('link', { name: 'API' }).click();
  await untilViewers(server.url, 0, GOODBYE_WITHIN_MS);
});

test('a closed tab ends its viewer at once', async () => {
  const { page } = await browser.openPage();
  await openStream(page, server.url);
  await page.close({ runBeforeUnload: true });
  await untilViewers(server.url, 0, GOODBYE_WITHIN_MS);
});

test('Disconnect ends the viewer and the picture, Connect brings both back', async () => {
  await using opened = await browser.openPage();
  const { page } = opened;
  await openStream(page, server.url);
  await page.getByTestId('disconnect').click();
  await page.locator('[data-testid=state][data-state=closed]').waitFor();
  await untilViewers(server.url, 0, GOODBYE_WITHIN_MS);
  expect(await page.getByTestId('video').count()).toBe(0);
  await page.getByTestId('connect').click();
  await page.getByTestId('video').waitFor();
  expect(await listViewers(server.url)).toMatchObject([{ state: 'connected', path: 'udp' }]);
});

test('the viewer by WHEP of a browser that was killed is reaped', async () => {
  const doomed = await TestBrowser.launch();
  const { page } = await doomed.openPage();
  await page.routeWebSocket(/\/ws\//, (socket) => socket.close());
  await openStream(page, server.url);
  await doomed.kill();
  expect(await listViewers(server.url)).toHaveLength(1);
  await untilViewers(server.url, 0, REAPED_WITHIN_MS);
});
