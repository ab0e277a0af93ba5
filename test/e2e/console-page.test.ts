// The console's page in a real browser, against the real server with its test console: the mapping by
// mouse, finger and keys; names; settings; listeners; levels.

import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { type OpenPage, TestBrowser } from '../support/browser.ts';
import { CONSOLE_PAGE_YAML, logInToConsole, openConsolePage } from '../support/console-page.ts';
import { type Ear, openEar } from '../support/ear.ts';
import { freePort } from '../support/free-port.ts';
import { factoryConsole, ScriptedConsole } from '../support/scripted-console.ts';
import { ServerProcess } from '../support/server-process.ts';
import { until } from '../support/until.ts';

let server: ServerProcess;
let browser: TestBrowser;
let opened: OpenPage;
let page: Page;
let ears: Ear[];

beforeAll(async () => {
  // No device in the file: the admin chooses.
  server = await ServerProcess.start({ yaml: CONSOLE_PAGE_YAML, console: '' });
  browser = await TestBrowser.launch();
});

afterAll(async () => {
  await browser?.close();
  await server?.dispose();
});

beforeEach(async () => {
  ears = [];
  opened = await browser.openPage();
  page = opened.page;
});

afterEach(async () => {
  for (const { socket } of ears) socket.socket.terminate();
  await opened?.[Symbol.asyncDispose]();
});

const openConsole = (): Promise<void> => openConsolePage(page, server.url);

async function listen(): Promise<Ear> {
  const ear = await openEar(server.url, await freePort());
  ears.push(ear);
  return ear;
}

/** What all listeners would get, in its order. */
async function mapping(): Promise<number[]> {
  const answer = await fetch(`${server.url}/audio-meta`);
  const { channels } = (await answer.json()) as { channels: { id: number }[] };
  return channels.map(({ id }) => id);
}

const row = (id: number) => page.getByTestId(`channel-${id}`);
const handle = (id: number) => row(id).locator('.handle');
const section = (name: string) => page.getByTestId(name);

/** Where the middle of a channel's handle is. */
async function middle(id: number): Promise<{ x: number; y: number }> {
  await handle(id).scrollIntoViewIfNeeded();
  const box = await handle(id).boundingBox();
  if (!box) throw new Error(`the handle of channel ${id} is not shown`);
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
}

async function save(name: string): Promise<void> {
  await section(name).getByTestId('save').click();
  await section(name).getByTestId('save-bar').waitFor({ state: 'detached' });
}

test('the arrow keys change the order, say it, and keep the focus; listeners get the new one', async () => {
  await openConsole();
  const ear = await listen();
  expect(await ear.channels()).toEqual(await mapping());
  await handle(1).focus();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowDown');
  expect(await page.getByTestId('said').textContent()).toBe('CH01: place 3 of 32');
  expect(await handle(1).evaluate((element) => element.matches(':focus'))).toBe(true);
  await row(4).getByRole('checkbox').uncheck();
  await section('channels').getByTestId('interrupts').getByText('1 listener').waitFor();
  await save('channels');
  expect((await ear.socket.get('event')).payload).toMatchObject({ type: 'config_changed' });
  const again = await listen();
  expect((await again.channels()).slice(0, 5)).toEqual([2, 3, 1, 5, 6]);
});

test('a row is dragged by mouse, and Escape puts it back', async () => {
  await openConsole();
  const before = await mapping();
  const [first = 0, , third = 0] = before;
  const from = await middle(first);
  const to = await middle(third);
  await page.mouse.move(from.x, from.y);
  await page.mouse.down();
  await page.mouse.move(to.x, to.y, { steps: 5 });
  await page.keyboard.press('Escape');
  await page.mouse.up();
  expect(await section('channels').getByTestId('save-bar').count()).toBe(0);
  await page.mouse.move(from.x, from.y);
  await page.mouse.down();
  await page.mouse.move(to.x, to.y + 2, { steps: 5 });
  await page.mouse.up();
  await save('channels');
  const [, second, , ...rest] = before;
  expect(await mapping()).toEqual([second, third, first, ...rest]);
});

test('a row is dragged by a finger, without scrolling the page', async () => {
  await openConsole();
  const before = await mapping();
  const [first = 0, second = 0, ...rest] = before;
  const from = await middle(first);
  const to = await middle(second);
  const devTools = await page.context().newCDPSession(page);
  const touch = (type: 'touchStart' | 'touchMove' | 'touchEnd', y?: number) =>
    devTools.send('Input.dispatchTouchEvent', {
      type,
      touchPoints: y === undefined ? [] : [{ x: from.x, y }],
    });
  const scrolled = await page.evaluate('scrollY');
  await touch('touchStart', from.y);
  await touch('touchMove', (from.y + to.y) / 2);
  await touch('touchMove', to.y + 2);
  await touch('touchEnd');
  await section('channels').getByTestId('save').waitFor();
  expect(await page.evaluate('scrollY')).toBe(scrolled);
  await save('channels');
  expect(await mapping()).toEqual([second, first, ...rest]);
});

test('names and colours are saved without interrupting anybody; what is discarded is not', async () => {
  await openConsole();
  const ear = await listen();
  await page.getByLabel('Name of channel 7').fill(' 보컬 ');
  await page.getByLabel('Colour of channel 7').selectOption('magenta');
  expect(await section('channels').getByTestId('interrupts').count()).toBe(0);
  await save('channels');
  await page.getByLabel('Name of channel 8').fill('Nobody');
  await section('channels').getByTestId('discard').click();
  expect(await page.getByLabel('Name of channel 8').inputValue()).toBe('CH08');
  const { channels } = (await (await fetch(`${server.url}/audio-meta`)).json()) as {
    channels: { id: number; name: string; attributes: { color: string | null } }[];
  };
  const seventh = channels.find(({ id }) => id === 7);
  expect(seventh).toMatchObject({ name: '보컬', attributes: { color: 'magenta' } });
  expect(ear.socket.all('event')).toEqual([]);
});

test('names are taken from the mixing console, after a look at what is different', async () => {
  const mixer = new ScriptedConsole({ ...factoryConsole(), '/-prefs/clockrate': 1 });
  const port = await mixer.listen();
  try {
    await openConsole();
    await page.getByText('Take names from the console').click();
    const panel = page.getByTestId('take-over');
    await panel.getByLabel('Address of the mixing console').fill(`127.0.0.1:${port}`);
    await panel.getByTestId('read-names').click();
    await panel.getByText('From M32 “FOH”').waitFor();
    await panel.getByTestId('findings').getByText('44.1 kHz').waitFor();
    await panel.getByRole('checkbox', { name: /USB 12/ }).uncheck();
    await panel.getByTestId('take-names').click();
    expect(await page.getByLabel('Name of channel 11').inputValue()).toBe('Name 11');
    expect(await page.getByLabel('Name of channel 12').inputValue()).toBe('CH12');
    await save('channels');
    await page.reload();
    await page.getByText('Take names from the console').click();
    const address = panel.getByLabel('Address of the mixing console');
    expect(await address.inputValue()).toBe(`127.0.0.1:${port}`);
    expect(mixer.changes).toEqual([]);
  } finally {
    await mixer.close();
  }
});

test('a mixing console that does not answer is told in words', async () => {
  await openConsole();
  await page.getByText('Take names from the console').click();
  const panel = page.getByTestId('take-over');
  await panel.getByLabel('Address of the mixing console').fill('127.0.0.1:9');
  await panel.getByTestId('read-names').click();
  await panel.getByTestId('failure').waitFor();
  expect(await panel.getByTestId('failure').textContent()).toContain('127.0.0.1');
});

test('settings say before whom they interrupt, and come into force', async () => {
  await openConsole();
  const ear = await listen();
  await section('thresholds').getByLabel('Warn at loss above (%)').fill('2.5');
  await section('thresholds').getByTestId('save-bar').waitFor();
  expect(await section('thresholds').getByTestId('interrupts').count()).toBe(0);
  await save('thresholds');
  await section('format').getByLabel('DSCP of the packets').selectOption('34 · AF41');
  expect(await section('format').getByTestId('interrupts').count()).toBe(0);
  await section('format').getByLabel('Packet time').selectOption('10');
  await section('format').getByTestId('interrupts').getByText('1 listener').waitFor();
  await save('format');
  expect((await ear.socket.get('event')).payload).toMatchObject({ type: 'config_changed' });
  const meta = await (await fetch(`${server.url}/audio-meta`)).json();
  expect(meta).toMatchObject({ packet_time_ms: 10 });
  await page.reload();
  const dscp = section('format').getByLabel('DSCP of the packets');
  expect(await dscp.inputValue()).toBe('34');
  expect(await section('thresholds').getByLabel('Warn at loss').inputValue()).toBe('2.5');
});

test('thresholds that contradict each other are refused in words', async () => {
  await openConsole();
  await section('thresholds').getByLabel('Listeners drop later than (ms)').fill('20');
  await section('thresholds').getByTestId('save').click();
  await section('thresholds').getByText('must not be above').waitFor();
  expect(await section('thresholds').getByLabel('Listeners drop').inputValue()).toBe('20');
});

test('test mode has a banner while it is on, and is turned off there', async () => {
  await openConsole();
  await section('capture').getByLabel('Test mode: known signals').check();
  await save('capture');
  await page.getByTestId('test-mode').waitFor();
  await page.getByRole('button', { name: 'Turn it off' }).click();
  await page.getByTestId('test-mode').waitFor({ state: 'detached' });
});

test('without a card it is the test console, and its levels move', async () => {
  await openConsole();
  await page.getByTestId('test-console').getByText('No card found').waitFor();
  const levels = () => page.getByTestId('meters').evaluate(drawing);
  const seen = new Set<string>();
  await until(async () => seen.add(await levels()).size > 3, { what: 'the levels to move' });
});

test('a listener is shown with its figures, is told something, and is sent away', async () => {
  await openConsole();
  const ear = await listen();
  const shown = page.getByTestId(`listener-${ear.id}`);
  await shown.getByText('Listening', { exact: true }).waitFor();
  await ear.report({ lost: 30, jitterMs: 2.5, latencyMs: 15 });
  await shown.getByTestId('loss').getByText('3.00 %').waitFor();
  await shown.getByTestId('latency').getByText('15 ms').waitFor();
  await shown.getByText(/^\d+ channels · Opus · 48 kHz/).waitFor();
  await section('listeners').getByLabel('Message').fill('Five minutes');
  await section('listeners').getByRole('button', { name: 'Send', exact: true }).click();
  await section('listeners').getByText('Sent to 1 listener.').waitFor();
  const events = () => ear.socket.all('event').map(({ payload }) => payload);
  await until(() => events().some(({ type }) => type === 'custom_message'), { what: 'the text' });
  expect(events()).toContainEqual({ type: 'custom_message', message: 'Five minutes' });
  await shown.getByRole('button', { name: /^Send .* away$/ }).click();
  expect((await ear.socket.untilClosed()).code).toBe(4403);
  await shown.waitFor({ state: 'detached' });
});

test('phones get a code for the address that was chosen', async () => {
  const codes = ['10.0.0.2', 'm32-server.local'].map((host) => ({
    url: `http://${host}:8080/mix`,
    svg: `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${host.length} 9"/>`,
  }));
  await page.route('**/api/v1/console/join-codes', (route) => route.fulfill({ json: { codes } }));
  await openConsole();
  await page.getByAltText('QR code for http://10.0.0.2:8080/mix').waitFor();
  await section('join').getByLabel('Address in the code').selectOption('m32-server.local:8080');
  const image = page.getByAltText('QR code for http://m32-server.local:8080/mix');
  expect(await image.getAttribute('src')).toContain(encodeURIComponent('0 0 16 9'));
});

test('a server that only this machine reaches says that phones cannot', async () => {
  await openConsole();
  await section('join').getByText('no address that phones can reach').waitFor();
});

test('a console that is turned off says how to turn it on', async () => {
  const other = await ServerProcess.start({ yaml: CONSOLE_PAGE_YAML, console: 'enabled: false' });
  try {
    await logInToConsole(page, other.url);
    await page.getByTestId('console-failure').getByText('console.enabled').waitFor();
  } finally {
    await other.dispose();
  }
});

test.each(['en-US', 'ko-KR'])(
  'a phone shows it all, and nothing scrolls sideways (%s)',
  async (locale) => {
    await using phone = await browser.openPage({ viewport: { width: 360, height: 740 }, locale });
    await openConsolePage(phone.page, server.url);
    const title = locale === 'ko-KR' ? '청취자' : 'Listeners';
    await phone.page.getByRole('heading', { name: title, exact: true }).waitFor();
    await phone.page.getByTestId('test-console').waitFor();
    expect(await phone.page.evaluate('document.documentElement.scrollWidth')).toBe(360);
    expect(phone.errors).toEqual([]);
  },
);

/** Runs in the page. */
function drawing(canvas: unknown): string {
  return (canvas as { toDataURL(): string }).toDataURL();
}
