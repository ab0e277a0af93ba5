// What the console's page says of the state of things: a device that fails, devices that come, a rate
// that was lowered, gaps.

import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import type { ConsoleView } from '#contract/console.ts';
import { consoleSettingsDefaults } from '#contract/console.ts';
import { type OpenPage, TestBrowser } from '../support/browser.ts';
import { CONSOLE_PAGE_YAML, countMeterColors, openConsolePage } from '../support/console-page.ts';
import { makeConsoleView, makeListenerView } from '../support/console-view.ts';
import { ServerProcess } from '../support/server-process.ts';
import { until } from '../support/until.ts';

let server: ServerProcess;
let browser: TestBrowser;
let opened: OpenPage;
let page: Page;

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
  opened = await browser.openPage();
  page = opened.page;
});

afterEach(async () => {
  await opened?.[Symbol.asyncDispose]();
});

const capture = () => page.getByTestId('capture');

/** The page is told these views, whatever its server does. */
async function tellViews(first: ConsoleView): Promise<(view: ConsoleView) => void> {
  let send = (_: string): void => undefined;
  await page.route('**/api/v1/console', (route) => route.fulfill({ json: first }));
  await page.route('**/api/v1/console/listeners', (route) =>
    route.fulfill({
      json: { listeners: first.listeners.map((each) => ({ ...each, history: [] })) },
    }),
  );
  await page.routeWebSocket('**/api/v1/console/live', (socket) => {
    send = (text) => socket.send(text);
  });
  return (view) => send(JSON.stringify({ type: 'console', payload: view }));
}

test('when a device fails, its reason is shown and the meters are empty, not frozen', async () => {
  await openConsolePage(page, server.url);
  await until(async () => (await countMeterColors(page)) > 1, { what: 'the levels to show' });
  const answer = await page.evaluate(async () => {
    const headers = { 'content-type': 'application/json' };
    const body = '{"device":"hw:NoSuchCard"}';
    return (await fetch('/api/v1/console', { method: 'PATCH', headers, body })).status;
  });
  expect(answer).toBe(200);
  await page.locator('[data-testid=capture-state][data-state=failed]').waitFor();
  const reason = page.getByTestId('capture-reason');
  expect(await reason.locator('[lang=en]').textContent()).toContain('NoSuchCard');
  await until(async () => (await countMeterColors(page)) === 1, { what: 'the levels to be gone' });
});

test('a device of the configuration file cannot be chosen here', async () => {
  const yaml = CONSOLE_PAGE_YAML;
  const other = await ServerProcess.start({ yaml, console: 'device: "hw:NoSuchCard"' });
  try {
    await openConsolePage(page, other.url);
    await page.getByTestId('capture-reason').getByText('NoSuchCard').waitFor();
    expect(await capture().getByLabel('Device').isDisabled()).toBe(true);
    await capture().getByText('Set in the configuration file').waitFor();
    expect(await page.getByTestId('list-devices').count()).toBe(0);
  } finally {
    await other.dispose();
  }
});

test('devices are listed anew for who is about to choose, and when it is asked for', async () => {
  const devices = [{ device: 'hw:XUSB', name: 'X-USB', is_console: true }];
  let listed = 0;
  await page.route('**/api/v1/console/devices', (route) => {
    listed++;
    return route.fulfill({ json: { devices } });
  });
  await openConsolePage(page, server.url);
  await capture().getByText('X-USB (hw:XUSB) · console').waitFor({ state: 'attached' });
  expect(listed).toBe(1);
  devices.push({ device: 'hw:Other', name: 'Other', is_console: false });
  await capture().getByLabel('Device').focus();
  await capture().getByText('Other (hw:Other)').waitFor({ state: 'attached' });
  expect(listed).toBe(2);
  devices.shift();
  await page.getByTestId('list-devices').click();
  await capture().getByText('X-USB (hw:XUSB)').waitFor({ state: 'detached' });
});

test('a rate that the server has lowered is said, and whether it comes back by itself', async () => {
  const settings = { ...consoleSettingsDefaults, sample_rate: 32_000 as const };
  const tell = await tellViews(makeConsoleView({ settings }));
  await openConsolePage(page, server.url);
  const lowered = page.getByTestId('lowered');
  await lowered.getByText('Lowered to 32 kHz by itself').waitFor();
  expect(await lowered.textContent()).toContain('Back up to 48 kHz by itself');
  tell(makeConsoleView({ settings: { ...settings, adaptive: false } }));
  await lowered.getByText('It stays there').waitFor();
  tell(makeConsoleView({ settings, max_sample_rate: 32_000 }));
  await lowered.waitFor({ state: 'detached' });
});

test('gaps are a warning for a minute, and then only a figure', async () => {
  await page.clock.install();
  const view = makeConsoleView();
  const tell = await tellViews(view);
  const gaps = (overruns: number) => ({ ...view, capture: { ...view.capture, overruns } });
  await openConsolePage(page, server.url);
  const figure = capture().getByRole('definition').filter({ hasText: 'samples lost' });
  expect(await figure.textContent()).toBe('40, 41 samples lost');
  tell(gaps(43));
  await capture().getByText('43, 41 samples lost · some of them in the last minute').waitFor();
  expect(await figure.getAttribute('class')).toBe('reason');
  await page.clock.runFor(61_000);
  await capture().getByText('43, 41 samples lost', { exact: true }).waitFor();
  expect(await figure.getAttribute('class')).toBeNull();
});

test('what the server says in English is marked as such in the Korean page', async () => {
  await using korean = await browser.openPage({ locale: 'ko-KR' });
  page = korean.page;
  const { history: _, ...listener } = makeListenerView({ adapted: '10 ms packets: loss 3 %' });
  const view = makeConsoleView({ listeners: [listener] });
  await tellViews({ ...view, capture: { ...view.capture, reason: 'the card is set to 2/2' } });
  await openConsolePage(page, server.url);
  await page.locator('[data-testid=capture-reason] [lang=en]', { hasText: '2/2' }).waitFor();
  const adapted = page.getByTestId('listener-ear-1').locator('.reason');
  expect(await adapted.textContent()).toBe('네트워크에 맞춰 낮춤: 10 ms packets: loss 3 %');
  expect(await adapted.locator('[lang=en]').textContent()).toBe('10 ms packets: loss 3 %');
});
