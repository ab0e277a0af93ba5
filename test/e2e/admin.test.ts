// The settings in a real browser: a camera added by the form, and what is said when it cannot be played.

import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { type OpenPage, TestBrowser } from '../support/browser.ts';
import { makeClip } from '../support/scripted-camera/make-clip.ts';
import {
  openScriptedCamera,
  type ScriptedCamera,
} from '../support/scripted-camera/scripted-camera.ts';
import { ServerProcess } from '../support/server-process.ts';
import { until } from '../support/until.ts';
import { listViewers } from '../support/viewer-count.ts';

const SECRET = 'correct-horse-battery-staple';
const LOGIN = { username: 'viewer', password: 'pa:ss word' };

let server: ServerProcess;
let browser: TestBrowser;
let camera: ScriptedCamera;
let opened: OpenPage;
let page: Page;

beforeAll(async () => {
  const yaml = `access: { admin_secret: ${SECRET} }\nstreams: { test: { source: "test:" } }`;
  server = await ServerProcess.start({ yaml });
  browser = await TestBrowser.launch();
  const sub = await makeClip({ width: 160, height: 90 });
  camera = await openScriptedCamera({ clip: await makeClip({ audio: 'pcmu' }), sub, login: LOGIN });
});

afterAll(async () => {
  await browser?.close();
  await camera?.close();
  await server?.dispose();
});

beforeEach(async () => {
  opened = await browser.openPage();
  page = opened.page;
});

afterEach(async () => {
  await opened?.[Symbol.asyncDispose]();
});

async function enter(secret: string): Promise<void> {
  await page.goto(`${server.url}/admin`);
  await page.getByLabel('Admin secret').fill(secret);
  await page.getByRole('button', { name: 'Log in' }).click();
}

/** Fills the form in like a person who reads the labels. */
async function describeCamera(fields: Readonly<Record<string, string>>): Promise<void> {
  await page.getByTestId('add').click();
  for (const [label, text] of Object.entries(fields)) {
    await page.getByLabel(label, { exact: true }).fill(text);
  }
}

function gate(changes: Readonly<Record<string, string>> = {}) {
  return {
    Name: 'Front gate',
    'Address of the main picture': camera.address,
    'User name': LOGIN.username,
    Password: LOGIN.password,
    ...changes,
  };
}

test('a server that only the admin may read asks who it is before it shows anything', async () => {
  const yaml = `access: { admin_secret: ${SECRET}, read: admin }`;
  const closed = await ServerProcess.start({ yaml });
  try {
    await page.goto(closed.url);
    await page.getByLabel('Admin secret').fill(SECRET);
    expect(await page.locator('.tile').count()).toBe(0);
    await page.getByRole('button', { name: 'Log in' }).click();
    await page.getByTestId('tile-test').getByText('Live', { exact: true }).waitFor();
    const answered = page
      .waitForEvent('websocket')
      .then((socket) =>
        socket.waitForEvent('framereceived', ({ payload }) => `${payload}`.includes('"answer"')),
      );
    await page.goto(`${closed.url}/view/test`);
    await answered;
    await page.getByTestId('video').waitFor();
    await page.getByRole('link', { name: 'API' }).click();
    await page.locator('.docs .tag').first().waitFor();
  } finally {
    await closed.dispose();
  }
});

test('a stream of the configuration file is shown with its place, and nothing to change it', async () => {
  await enter(SECRET);
  const row = page.getByTestId('row-test');
  await row.getByText(/In .*yeoul\.yaml, line \d+: change it there/).waitFor();
  expect(await row.getByRole('button').count()).toBe(0);
});

test('a camera is tried, added, watched, edited, turned off and removed', async () => {
  await enter(SECRET);
  const addresses = { 'Address of the small picture': `${camera.address}/sub` };
  await describeCamera(gate(addresses));
  await page.getByTestId('try').click();
  const report = page.getByTestId('try-report');
  await report.getByText('It works.').waitFor();
  expect(await report.getByTestId('profile-main').textContent()).toMatch(/H264 Main.*320 × 180/);
  expect(await report.getByTestId('profile-sub').textContent()).toContain('160 × 90');
  expect(await report.getByTestId('profile-main').textContent()).toContain('PCMU · 8 kHz');
  expect(await page.getByLabel('Id').inputValue()).toBe('front-gate');
  await page.getByTestId('save').click();
  const row = page.getByTestId('row-front-gate');
  await row.getByText('Live', { exact: true }).waitFor();

  await row.getByTestId('edit').click();
  expect(await page.getByLabel('Password').inputValue()).toBe('');
  await page.getByLabel('Name', { exact: true }).fill('Back gate');
  await page.getByTestId('save').click();
  await row.getByRole('link', { name: 'Back gate' }).click();
  await page.getByTestId('video').waitFor();
  expect(await listViewers(server.url, 'front-gate')).toHaveLength(1);
  expect(await page.content()).not.toContain(LOGIN.password);

  await page.getByRole('link', { name: 'Settings' }).click();
  await row.getByTestId('enable').click();
  await row.getByText('Off', { exact: true }).waitFor();
  await row.getByTestId('remove').click();
  await row.getByTestId('remove-sure').click();
  await row.waitFor({ state: 'detached' });
  expect((await fetch(`${server.url}/api/v1/streams/front-gate`)).status).toBe(404);
});

test.each([
  ['a wrong password', { Password: 'wrong' }, /wrong user name or password/i],
  [
    'an address where nothing is',
    { 'Address of the main picture': 'rtsp://127.0.0.1:9/x' },
    /refuses/,
  ],
])('%s is told by the try, in words', async (_, changes, words) => {
  await enter(SECRET);
  await describeCamera(gate(changes));
  await page.getByTestId('try').click();
  const report = page.getByTestId('try-report');
  await report.getByText('It does not work.').waitFor();
  expect(await report.getByTestId('profile-main').textContent()).toMatch(words);
});

test('settings without sense are refused in words, and the form stays as it is', async () => {
  await enter(SECRET);
  await describeCamera(gate({ 'User name': '' }));
  await page.getByTestId('save').click();
  await page.getByTestId('form-failure').waitFor();
  expect(await page.getByTestId('form-failure').textContent()).toContain('password');
  expect(await page.getByLabel('Name', { exact: true }).inputValue()).toBe('Front gate');
});

test('a refused camera says why on its page, and is tried again when somebody says so', async () => {
  await enter(SECRET);
  await describeCamera(gate({ Name: 'Shed', Password: 'wrong' }));
  await page.getByTestId('save').click();
  await page.getByTestId('row-shed').getByText('Refused', { exact: true }).waitFor();
  await page.goto(`${server.url}/view/shed`);
  const profile = page.getByTestId('why').getByTestId('profile-main');
  await profile.waitFor();
  expect(await profile.textContent()).toMatch(/wrong user name or password/i);
  camera.behave({ login: undefined });
  await page.goto(`${server.url}/admin`);
  await page.getByTestId('row-shed').getByTestId('retry').click();
  await page.getByTestId('row-shed').getByText('Live', { exact: true }).waitFor();
  camera.behave({ login: LOGIN });
});

test('the export holds the streams, without passwords', async () => {
  await enter(SECRET);
  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Download as YAML' }).click();
  const stream = await (await download).createReadStream();
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  const yaml = Buffer.concat(chunks).toString();
  expect(yaml).toMatch(/^streams:/m);
  expect(yaml).toContain('test:');
  expect(yaml).not.toContain(LOGIN.password);
});

test('a viewer is sent away from the page of its stream', async () => {
  await enter(SECRET);
  await page.getByTestId('add').waitFor();
  await page.goto(`${server.url}/view/test`);
  await page.getByTestId('video').waitFor();
  const [before] = await listViewers(server.url);
  await page.getByRole('button', { name: `End viewer ${before?.id}` }).click();
  await until(async () => !(await listViewers(server.url)).some(({ id }) => id === before?.id), {
    what: 'the viewer to be gone',
  });
});
