// The wall in a real browser: layouts, pages, keys, what stops where nobody looks, and what it says of
// streams that do not flow.

import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type OpenPage, TestBrowser } from '../support/browser.ts';
import { makeClip } from '../support/scripted-camera/make-clip.ts';
import {
  openScriptedCamera,
  type ScriptedCamera,
} from '../support/scripted-camera/scripted-camera.ts';
import { ServerProcess } from '../support/server-process.ts';
import { until } from '../support/until.ts';
import { listViewers } from '../support/viewer-count.ts';

const LAPTOP = { width: 1440, height: 900 };
/** Pages of earlier tests were closed without a word: their viewers go once their silence counts. */
const SETTLED_WITHIN_MS = 25_000;

// Of the DOM, what the functions that run in the page use.
declare const document: {
  readonly fullscreenElement: { readonly className: string } | null;
  dispatchEvent(event: object): void;
};
declare const Event: new (type: string) => object;

let server: ServerProcess;
let browser: TestBrowser;
let camera: ScriptedCamera;

beforeAll(async () => {
  camera = await openScriptedCamera({ clip: await makeClip({ bFrames: 2 }) });
  const ids = Array.from({ length: 9 }, (_, index) => `s${index}`);
  const streams = ids.map((id) => `  ${id}: { source: "test:" }`);
  const yaml = [
    'streams:',
    '  down: { source: "rtsp://127.0.0.1:9/x", name: Back door }',
    `  odd: { source: "${camera.address}", name: Odd }`,
    '  off: { source: "test:", enabled: false }',
    ...streams,
  ].join('\n');
  server = await ServerProcess.start({ yaml });
  browser = await TestBrowser.launch();
});

afterAll(async () => {
  await browser?.close();
  await camera?.close();
  await server?.dispose();
});

async function openWall(options: { locale?: string } = {}): Promise<OpenPage> {
  const opened = await browser.openPage({ viewport: LAPTOP, ...options });
  await opened.page.goto(server.url);
  await opened.page.locator('.tile').first().waitFor();
  return opened;
}

async function untilWatched(streamId: string, count: number): Promise<void> {
  const settled = async () => (await listViewers(server.url, streamId)).length === count;
  await until(settled, { what: `${count} viewers of ${streamId}`, withinMs: SETTLED_WITHIN_MS });
}

async function tileNames(page: Page): Promise<string[]> {
  return page.locator('.tile h2').allTextContents();
}

test('the chosen layout and page survive a reload', async () => {
  await using opened = await openWall();
  const { page } = opened;
  await page.getByTestId('layout-4').click();
  expect(await tileNames(page)).toEqual(['Back door', 'Odd', 'off', 's0']);
  await page.getByRole('button', { name: 'Next page' }).click();
  expect(await tileNames(page)).toEqual(['s1', 's2', 's3', 's4']);
  expect(await page.getByTestId('page').textContent()).toBe('Page 2 of 3');
  await page.reload();
  await page.getByTestId('tile-s1').waitFor();
  expect(await tileNames(page)).toEqual(['s1', 's2', 's3', 's4']);
  expect(await page.getByTestId('layout-4').getAttribute('aria-pressed')).toBe('true');
});

test('pages turn by key, and what was turned away is not watched any more', async () => {
  await using opened = await openWall();
  const { page } = opened;
  await page.getByTestId('layout-4').click();
  await page.keyboard.press('PageDown');
  await untilWatched('s1', 1);
  await page.keyboard.press('PageDown');
  await page.getByTestId('tile-s5').waitFor();
  await untilWatched('s1', 0);
  await page.keyboard.press('PageUp');
  await page.getByTestId('tile-s1').waitFor();
});

test('in the layout with a large one, the first is twice as wide', async () => {
  await using opened = await openWall();
  const { page } = opened;
  await page.getByTestId('layout-focus').click();
  await until(async () => (await page.locator('.tile').count()) === 6, { what: 'six tiles' });
  const widths = await page
    .locator('.tile')
    .evaluateAll((tiles) =>
      tiles.map((tile) => (tile as { clientWidth?: number }).clientWidth ?? 0),
    );
  expect((widths[0] ?? 0) / (widths[1] ?? 1)).toBeCloseTo(2, 0);
  expect(new Set(widths.slice(1)).size).toBe(1);
});

test('a page that nobody sees plays nothing, and everything when it is seen again', async () => {
  await using opened = await openWall();
  const { page } = opened;
  await page.getByTestId('tile-s0').getByTestId('video').waitFor();
  const hide = (hidden: boolean) =>
    page.evaluate((value) => {
      Object.defineProperty(document, 'hidden', { value, configurable: true });
      document.dispatchEvent(new Event('visibilitychange'));
    }, hidden);
  await hide(true);
  await untilWatched('s0', 0);
  await hide(false);
  await page.getByTestId('tile-s0').getByTestId('video').waitFor();
});

test.each([
  ['en-US', /Retry in|Trying/],
  ['ko-KR', /재시도|시도 중/],
])('a camera that does not answer says so and counts down (%s)', async (locale, words) => {
  await using opened = await openWall({ locale });
  const { page } = opened;
  await page.getByTestId('layout-9').click();
  const tile = page.getByTestId('tile-down');
  const state = tile.getByTestId('state');
  await until(async () => words.test((await state.textContent()) ?? ''), { what: 'the countdown' });
  expect(await tile.textContent()).toContain('127.0.0.1:9 refuses the connection');
  expect(await page.getByTestId('tile-off').getByTestId('state').textContent()).toMatch(/Off|꺼짐/);
});

test('what viewers would notice is a sign on the tile, and in words on the page', async () => {
  await using opened = await openWall();
  const { page } = opened;
  const sign = page.getByTestId('tile-odd').getByTestId('warnings');
  await sign.waitFor();
  expect(await sign.getAttribute('aria-label')).toMatch(/^\d warnings?$/);
  await page.getByTestId('tile-odd').getByRole('link').focus();
  await page.keyboard.press('Enter');
  await page.waitForURL('**/view/odd');
  const why = page.getByTestId('why');
  await why.getByText(/It sends B-frames.*set the camera/).waitFor();
  expect(await why.getByTestId('profile-main').textContent()).toMatch(/B-framesyes/);
});

test('one tile fills the display', async () => {
  await using opened = await openWall();
  const { page } = opened;
  await page.getByTestId('tile-s0').getByTestId('video').waitFor();
  await page.getByRole('button', { name: 'Full screen: s0' }).click();
  await page.waitForFunction(() => document.fullscreenElement?.className.includes('picture'));
});

test('a wall without streams leads to the form', async () => {
  await using opened = await browser.openPage();
  const { page } = opened;
  await page.route('**/api/v1/streams', (route) => route.fulfill({ json: { streams: [] } }));
  await page.goto(server.url);
  await page.getByRole('link', { name: 'Add a camera' }).click();
  await page.getByLabel('Admin secret').waitFor();
});
