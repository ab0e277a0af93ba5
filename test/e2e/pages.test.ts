// The pages as such: both languages, small displays, what they say when something is not there.

import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { TestBrowser } from '../support/browser.ts';
import { freePort } from '../support/free-port.ts';
import { ServerProcess } from '../support/server-process.ts';
import { openStream } from '../support/viewer-page.ts';

const PHONE = { width: 360, height: 740 };
const LAPTOP = { width: 1440, height: 900 };
const PATHS = ['/', '/view/test', '/docs'];
/** The page gives media 5.5 s to arrive. */
const NO_MEDIA_WITHIN_MS = 7_000;

// Of the DOM, what the functions that run in the page use.
interface PageElement {
  readonly scrollWidth: number;
  readonly scrollHeight: number;
}
declare const document: {
  readonly documentElement: PageElement;
  readonly fullscreenElement: PageElement | null;
};
declare const innerHeight: number;

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

/** Opens a page and waits until it shows what it is for. */
async function openPath(page: Page, path: string): Promise<void> {
  await page.goto(`${server.url}${path}`);
  const content = path === '/docs' ? 'nav.contents .method' : '[data-testid=video]';
  await page.locator(content).first().waitFor();
}

test.each(PATHS)('%s opens without an error in the console', async (path) => {
  await using opened = await browser.openPage();
  await openPath(opened.page, path);
  expect(opened.errors).toEqual([]);
});

test.each(['en-US', 'ko-KR'])('no page scrolls sideways on a phone (%s)', async (locale) => {
  await using opened = await browser.openPage({ viewport: PHONE, locale });
  for (const path of PATHS) {
    await openPath(opened.page, path);
    const width = await opened.page.evaluate(() => document.documentElement.scrollWidth);
    expect(width, path).toBeLessThanOrEqual(PHONE.width);
  }
});

test('the picture lies whole within its frame, also on a phone', async () => {
  await using opened = await browser.openPage({ viewport: PHONE });
  await openStream(opened.page, server.url);
  const video = await opened.page.getByTestId('video').boundingBox();
  expect(video?.x).toBeGreaterThanOrEqual(0);
  expect((video?.x ?? 0) + (video?.width ?? 0)).toBeLessThanOrEqual(PHONE.width);
  expect((video?.width ?? 0) / (video?.height ?? 1)).toBeCloseTo(16 / 9, 1);
});

test('the wall shows the stream live in its tile, which leads to its page', async () => {
  await using opened = await browser.openPage();
  const { page } = opened;
  await openPath(page, '/');
  const tile = page.getByTestId('tile-test');
  await tile.getByTestId('video').waitFor();
  expect(await tile.getByTestId('state').getAttribute('data-state')).toBe('connected');
  await tile.getByRole('link').click();
  await page.waitForURL('**/view/test');
  await page.getByTestId('disconnect').waitFor();
});

test.each([1, 4, 12])(
  'a wall does not scroll where it can fit, nor in full screen (%i)',
  async (count) => {
    const ids = Array.from({ length: count }, (_, index) => `s${index}`);
    const streams = ids.map((id) => `${id}: { source: "test:" }`).join(', ');
    const walled = await ServerProcess.start({ yaml: `streams: { ${streams} }` });
    try {
      await using opened = await browser.openPage({ viewport: LAPTOP });
      const { page } = opened;
      await page.goto(walled.url);
      await page
        .getByTestId(`tile-s${count - 1}`)
        .getByTestId('video')
        .waitFor();
      await page.waitForFunction(() => document.documentElement.scrollHeight <= innerHeight);
      await page.getByRole('button', { name: 'Wall display' }).click();
      await page.waitForFunction(
        () => (document.fullscreenElement?.scrollHeight ?? Number.NaN) <= innerHeight,
      );
    } finally {
      await walled.dispose();
    }
  },
);

test('a wall that has neither server nor streams offers no wall display', async () => {
  await using opened = await browser.openPage();
  const { page } = opened;
  await page.route('**/api/v1/streams', (route) => route.abort());
  await page.goto(server.url);
  await page.getByText('The server cannot be reached.').waitFor();
  expect(await page.getByRole('button', { name: 'Wall display' }).count()).toBe(0);
});

test.each([
  ['en-US', 'Media does not get through.'],
  ['ko-KR', '영상이 통과하지 못합니다.'],
])('a media port that cannot be reached is named as the reason (%s)', async (locale, message) => {
  const closedPort = await freePort();
  await using opened = await browser.openPage({ locale });
  const { page } = opened;
  await page.routeWebSocket(/\/ws\//, (socket) => socket.close());
  await page.route('**/whep/test', async (route) => {
    const response = await route.fetch();
    const answer = (await response.text()).replaceAll(` ${server.mediaPort} `, ` ${closedPort} `);
    await route.fulfill({ response, body: answer });
  });
  // The server would reach the page by the page's own candidates.
  await page.route('**/whep/test/*', async (route) => {
    if (route.request().method() === 'PATCH') await route.fulfill({ status: 204 });
    else await route.continue();
  });
  await page.goto(`${server.url}/view/test`);
  const reason = page.getByTestId('state').locator('.reason');
  await reason.waitFor({ timeout: NO_MEDIA_WITHIN_MS });
  expect(await reason.textContent()).toContain(message);
});

test('the pages speak the language of the browser until somebody chooses the other', async () => {
  await using opened = await browser.openPage({ locale: 'ko-KR' });
  const { page } = opened;
  await openPath(page, '/view/test');
  expect(await page.locator('html').getAttribute('lang')).toBe('ko');
  expect(await page.getByTestId('disconnect').textContent()).toBe('연결 끊기');
  await page.getByTestId('language').click();
  expect(await page.locator('html').getAttribute('lang')).toBe('en');
  expect(await page.getByTestId('disconnect').textContent()).toBe('Disconnect');
  await openPath(page, '/view/test');
  expect(await page.getByTestId('disconnect').textContent()).toBe('Disconnect');
});

test.each([
  ['en-US', 'There is no stream with this id.'],
  ['ko-KR', '이 이름의 영상이 없습니다'],
])('a stream that does not exist is named as such (%s)', async (locale, message) => {
  await using opened = await browser.openPage({ locale });
  await opened.page.goto(`${server.url}/view/nobody`);
  await opened.page.getByTestId('try-now').waitFor();
  expect(await opened.page.getByTestId('state').textContent()).toContain(message);
});

test('/docs lists every operation of the API', async () => {
  const response = await fetch(`${server.url}/api/v1/openapi.json`);
  const { paths } = (await response.json()) as { paths: Record<string, Record<string, unknown>> };
  const operations = Object.values(paths).flatMap((methods) => Object.keys(methods));
  await using opened = await browser.openPage();
  await openPath(opened.page, '/docs');
  const listed = opened.page.locator('nav.contents .method');
  expect((await listed.allTextContents()).sort()).toEqual(operations.sort());
  const addresses = await opened.page.locator('nav.contents .address').allTextContents();
  expect(new Set(addresses)).toEqual(new Set(Object.keys(paths)));
  const text = await opened.page.locator('.docs .text').textContent();
  for (const path of Object.keys(paths)) expect(text).toContain(path);
});
