// One stream in the pages of others: the page to embed in a frame, and the element.

import type { Frame, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { TestBrowser } from '../support/browser.ts';
import { openOtherSite } from '../support/other-site.ts';
import { ServerProcess } from '../support/server-process.ts';
import { until } from '../support/until.ts';
import { listViewers, untilViewers } from '../support/viewer-count.ts';

/** Two seconds of the test picture, less what a busy processor costs. */
const FRAMES = 40;
/** Pages of earlier tests were closed without a word: their viewers go once their silence counts. */
const GONE_WITHIN_MS = 25_000;

// Of the DOM, what the functions that run in the pages use.
interface PageElement {
  readonly shadowRoot: PageRoot | null;
  readonly state: string;
  getVideoPlaybackQuality(): { totalVideoFrames: number };
  addEventListener(type: string, listen: (event: { type: string; detail: unknown }) => void): void;
  setAttribute(name: string, value: string): void;
  removeAttribute(name: string): void;
  remove(): void;
  play(): void;
  pause(): void;
}
interface PageRoot {
  querySelector(selector: string): PageElement | null;
}
declare const document: PageRoot & { readonly documentElement: PageElement };
declare function getComputedStyle(element: PageElement): { readonly backgroundColor: string };
interface Noted {
  noted?: { type: string; detail: unknown }[];
}

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

function countFrames(target: Page | Frame): Promise<number> {
  return target.evaluate(() => {
    const root = document.querySelector('yeoul-player')?.shadowRoot ?? document;
    return root.querySelector('video')?.getVideoPlaybackQuality().totalVideoFrames ?? 0;
  });
}

async function untilMoving(target: Page | Frame): Promise<void> {
  const before = await countFrames(target);
  const moving = async () => (await countFrames(target)) >= before + FRAMES;
  await until(moving, { what: `${FRAMES} more frames`, withinMs: 20_000 });
}

function elementPage(attributes: string): string {
  return `<script type="module" src="${server.url}/player.js"></script>
    <script>
      noted = [];
      for (const type of ['statechange', 'error']) {
        addEventListener(type, ({ target, detail }) => {
          if (target.localName === 'yeoul-player') noted.push({ type, detail });
        }, true);
      }
    </script>
    <yeoul-player ${attributes}></yeoul-player>`;
}

function readNotes(page: Page) {
  return page.evaluate(() => (globalThis as Noted).noted ?? []);
}

test('a frame in the page of another site shows the picture, with nothing around it', async () => {
  await using site = await openOtherSite(
    `<iframe src="${server.url}/embed/test" allow="autoplay; fullscreen"></iframe>`,
  );
  await using opened = await browser.openPage();
  await opened.page.goto(site.url);
  await opened.page.frameLocator('iframe').getByTestId('video').waitFor();
  const frame = opened.page.frames()[1];
  if (!frame) throw new Error('there is no frame');
  await untilMoving(frame);
  const background = await frame.evaluate(
    () => getComputedStyle(document.documentElement).backgroundColor,
  );
  expect(background).toBe('rgba(0, 0, 0, 0)');
  expect(await frame.getByRole('navigation').count()).toBe(0);
  expect(opened.errors).toEqual([]);
});

test.each(['/', '/view/test', '/admin'])('%s does not show within another site', async (path) => {
  await using site = await openOtherSite(`<iframe src="${server.url}${path}"></iframe>`);
  await using opened = await browser.openPage();
  await opened.page.goto(site.url);
  await until(async () => opened.errors.some((text) => text.includes('frame-ancestors')), {
    what: 'the browser to refuse the frame',
  });
  expect(await opened.page.frameLocator('iframe').locator('#app').count()).toBe(0);
});

test('the page to embed obeys its parameters', async () => {
  await using opened = await browser.openPage();
  const { page } = opened;
  await page.goto(`${server.url}/embed/test?controls=0&muted=0`);
  await page.getByTestId('video').waitFor();
  expect(await page.getByRole('button').count()).toBe(0);
  await page.goto(`${server.url}/embed/test`);
  await page.getByTestId('video').waitFor();
  await page.getByRole('button', { name: 'Sound on' }).click();
  await page.getByRole('button', { name: 'Mute' }).waitFor();
  await page.getByRole('button', { name: 'Pause' }).click();
  await untilViewers(server.url, 0, GONE_WITHIN_MS);
  await page.getByRole('button', { name: 'Play' }).click();
  await page.getByTestId('video').waitFor();
});

test('a stream that does not exist is said to be missing where it is embedded', async () => {
  await using opened = await browser.openPage({ locale: 'ko-KR' });
  await opened.page.goto(`${server.url}/embed/nobody`);
  await opened.page.getByText('이 이름의 영상이 없습니다').waitFor();
});

test.each([
  ['a module', 'module'],
  ['a plain script', 'text/javascript'],
])('the element, loaded as %s, plays in the page of another site', async (_, type) => {
  const body = elementPage(`src="${server.url}/embed/test" muted`).replace('module', type);
  await using site = await openOtherSite(body);
  await using opened = await browser.openPage();
  const { page } = opened;
  await page.goto(site.url);
  await untilMoving(page);
  const states = (await readNotes(page)).map(({ detail }) => detail);
  expect(states).toEqual([
    { state: 'connecting', playing: false },
    { state: 'connected', playing: expect.any(Boolean) },
    ...(states.length > 2 ? [{ state: 'connected', playing: true }] : []),
  ]);
  expect(states.at(-1)).toEqual({ state: 'connected', playing: true });
  expect(opened.errors).toEqual([]);
});

test('the element pauses, plays, and leaves with the page it stands in', async () => {
  await using site = await openOtherSite(elementPage(`src="${server.url}" stream="test" muted`));
  await using opened = await browser.openPage();
  const { page } = opened;
  await page.goto(site.url);
  await untilMoving(page);
  await page.evaluate(() => document.querySelector('yeoul-player')?.pause());
  await untilViewers(server.url, 0, GONE_WITHIN_MS);
  await page.evaluate(() => document.querySelector('yeoul-player')?.play());
  await untilMoving(page);
  await page.evaluate(() => document.querySelector('yeoul-player')?.remove());
  await untilViewers(server.url, 0, GONE_WITHIN_MS);
});

test('the element has buttons only where it is asked for them, also later', async () => {
  await using site = await openOtherSite(elementPage(`src="${server.url}/embed/test" muted`));
  await using opened = await browser.openPage();
  const { page } = opened;
  await page.goto(site.url);
  await untilMoving(page);
  expect(await page.getByRole('button').count()).toBe(0);
  await page.evaluate(() => document.querySelector('yeoul-player')?.setAttribute('controls', ''));
  await page.getByRole('button', { name: 'Sound on' }).click();
  await page.getByRole('button', { name: 'Mute' }).waitFor();
  await page.getByRole('button', { name: 'Pause' }).click();
  await page.getByRole('button', { name: 'Play' }).waitFor();
  await untilViewers(server.url, 0, GONE_WITHIN_MS);
});

test('the element tells of a stream that does not exist, and plays another when it is given one', async () => {
  await using site = await openOtherSite(elementPage(`src="${server.url}/embed/nobody" muted`));
  await using opened = await browser.openPage();
  const { page } = opened;
  await page.goto(site.url);
  await page.getByText('There is no stream "nobody"').waitFor();
  expect(await readNotes(page)).toContainEqual({
    type: 'error',
    detail: { code: 'stream_not_found', message: expect.stringContaining('"nobody"') },
  });
  const src = `${server.url}/embed/test`;
  await page.evaluate(
    (address) => document.querySelector('yeoul-player')?.setAttribute('src', address),
    src,
  );
  await untilMoving(page);
  expect(await listViewers(server.url)).toHaveLength(1);
});

test('an element that names no stream says so, in the language of the page', async () => {
  await using site = await openOtherSite(elementPage('lang="ko"'));
  await using opened = await browser.openPage();
  await opened.page.goto(site.url);
  await opened.page.getByText('영상이 없습니다').waitFor();
});
