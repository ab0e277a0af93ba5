// The page that the QR codes lead phones to: what it says of the console's sound, without a login.

import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { type OpenPage, TestBrowser } from '../support/browser.ts';
import { ADMIN_YAML, ConsoleAdmin } from '../support/console-admin.ts';
import { openEar } from '../support/ear.ts';
import { freePort } from '../support/free-port.ts';
import { ServerProcess } from '../support/server-process.ts';

const ALL = Array.from({ length: 32 }, (_, index) => index + 1);
const PHONE = { width: 360, height: 740 };
/** How often a page that is seen asks, and how long one that is not goes on. */
const POLL_PERIOD_MS = 2_000;
const LINGER_MS = 5_000;

let server: ServerProcess;
let admin: ConsoleAdmin;
let browser: TestBrowser;
let opened: OpenPage;
let page: Page;

beforeAll(async () => {
  server = await ServerProcess.start({ yaml: ADMIN_YAML, console: '' });
  admin = new ConsoleAdmin(server);
  browser = await TestBrowser.launch();
});

afterAll(async () => {
  await browser?.close();
  await server?.dispose();
});

beforeEach(async () => {
  await admin.map(ALL);
  opened = await browser.openPage({ viewport: PHONE });
  page = opened.page;
});

afterEach(async () => {
  await opened?.[Symbol.asyncDispose]();
});

const state = (name: string) => page.locator(`[data-testid=sound-state][data-state=${name}]`);
const shownChannels = () => page.getByRole('listitem').allTextContents();

test('channels stand in their order with names and colours, and follow the admin', async () => {
  await admin.map([3, 1, 32]);
  await page.goto(`${server.url}/mix`);
  await page.getByText('CH32').waitFor();
  expect(await shownChannels()).toEqual(['CH03', 'CH01', 'CH32']);
  const { channels } = await admin.view();
  await admin.setChannels(
    channels.map((each) => (each.id === 1 ? { ...each, name: '보컬', color: 'magenta' } : each)),
  );
  await page.getByText('보컬').waitFor();
  expect(await shownChannels()).toEqual(['CH03', '보컬', 'CH32']);
  expect(await page.locator('li', { hasText: '보컬' }).locator('.swatch.magenta').count()).toBe(1);
  await admin.map([]);
  await page.getByText('None goes out now.').waitFor();
});

test('it says when sound is there, and how many listen', async () => {
  await page.goto(`${server.url}/mix`);
  await state('idle').getByText('Ready: it starts when somebody listens').waitFor();
  await page.getByText('0 of at most 20').waitFor();
  const { socket } = await openEar(server.url, await freePort());
  await state('live').getByText('Sound is there').waitFor();
  await page.getByText('1 of at most 20').waitFor();
  socket.socket.terminate();
  await state('idle').waitFor();
});

test('test mode has a banner while it is on', async () => {
  await admin.change({ test_mode: true });
  await page.goto(`${server.url}/mix`);
  await page.getByTestId('test-mode').getByText('test signal').waitFor();
  await admin.change({ test_mode: false });
  await page.getByTestId('test-mode').waitFor({ state: 'detached' });
});

test('a capture that fails is told with its reason', async () => {
  await admin.change({ device: 'hw:NoSuchCard' });
  const { socket } = await openEar(server.url, await freePort());
  try {
    await page.goto(`${server.url}/mix`);
    await state('failed').getByText('No sound comes from the console').waitFor();
    const reason = page.getByTestId('sound-reason').locator('[lang=en]');
    expect(await reason.textContent()).toContain('NoSuchCard');
  } finally {
    socket.socket.terminate();
    await admin.change({ device: 'auto' });
  }
});

test('the command for the native listener is copied', async () => {
  await page.context().grantPermissions(['clipboard-read']);
  await page.goto(`${server.url}/mix`);
  await page.getByRole('button', { name: 'Copy' }).click();
  await page.getByRole('button', { name: 'Copied' }).waitFor();
  const copied = await page.evaluate('navigator.clipboard.readText()');
  expect(copied).toBe(`npm run listen -- --server ${server.url}`);
});

test.each([
  ['en-US', 'the console is turned off', 'Mix · Yeoul'],
  ['ko-KR', '콘솔을 꺼 두었으므로', '믹스 · Yeoul'],
])('a console that is turned off is said to be (%s)', async (locale, message, title) => {
  const other = await ServerProcess.start({ yaml: ADMIN_YAML, console: 'enabled: false' });
  try {
    await using korean = await browser.openPage({ viewport: PHONE, locale });
    await korean.page.goto(`${other.url}/mix`);
    await korean.page.getByTestId('mix-failure').getByText(message).waitFor();
    expect(await korean.page.title()).toBe(title);
    expect(await korean.page.locator('code').count()).toBe(0);
  } finally {
    await other.dispose();
  }
});

test('a server that is gone is said to be, and the page comes back with it', async () => {
  await page.goto(`${server.url}/mix`);
  await state('idle').waitFor();
  await page.route('**/audio-meta', (route) => route.abort());
  await page.getByTestId('mix-failure').getByText('The server cannot be reached.').waitFor();
  expect(await page.getByTestId('sound-state').count()).toBe(0);
  await page.unroute('**/audio-meta');
  await state('idle').waitFor();
});

test('a page that nobody sees stops asking, and asks at once when it is seen again', async () => {
  let asked = 0;
  page.on('request', (request) => {
    if (request.url().endsWith('/audio-meta')) asked++;
  });
  await page.clock.install();
  await page.goto(`${server.url}/mix`);
  await state('idle').waitFor();
  await setHidden(true);
  await page.clock.runFor(LINGER_MS + 100);
  const before = asked;
  await page.clock.runFor(5 * POLL_PERIOD_MS);
  expect(asked).toBe(before);
  const answer = page.waitForResponse('**/audio-meta');
  await setHidden(false);
  await answer;
});

test.each([
  ['en-US', 'Ready: it starts when somebody listens', 'This version does not play in the browser'],
  ['ko-KR', '준비됨: 누군가 들으면 시작합니다', '이 버전은 브라우저에서 소리가 나지 않고'],
])('a phone shows it all, and nothing scrolls sideways (%s)', async (locale, ready, only) => {
  await using phone = await browser.openPage({ viewport: PHONE, locale });
  await phone.page.goto(`${server.url}/mix`);
  await phone.page.getByText(ready).waitFor();
  await phone.page.getByText(only).waitFor();
  expect(await phone.page.getByRole('listitem').count()).toBe(32);
  expect(await phone.page.evaluate('document.documentElement.scrollWidth')).toBe(PHONE.width);
  expect(phone.errors).toEqual([]);
});

/** As when another tab comes before this one. */
async function setHidden(hidden: boolean): Promise<void> {
  await page.evaluate(`
    Object.defineProperty(document, 'hidden', { value: ${hidden}, configurable: true });
    document.dispatchEvent(new Event('visibilitychange'));
  `);
}
