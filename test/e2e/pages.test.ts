// The pages as such: both languages, small displays, what they say when something is not there.

import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { TestBrowser } from '../support/browser.ts';
import { ServerProcess } from '../support/server-process.ts';
import { openStream } from '../support/viewer-page.ts';

const PHONE = { width: 360, height: 740 };
const PATHS = ['/', '/view/test', '/docs'];

// Of the DOM, what the functions that run in the page use.
declare const document: { documentElement: { scrollWidth: number } };

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
  const content = path === '/docs' ? '.docs .tag' : '[data-testid=video]';
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
  ['en-US', 'There is no stream'],
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
  const text = await opened.page.locator('.docs .text').textContent();
  for (const path of Object.keys(paths)) expect(text).toContain(path);
});
