// Logging in as the admin in a real browser: by the secret, by a password, too often, and out again.

import type { Page } from 'playwright-core';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type OpenPage, TestBrowser } from '../support/browser.ts';
import { ServerProcess } from '../support/server-process.ts';

const SECRET = 'correct-horse-battery-staple';
const PASSWORD = '여울 물소리 하나 둘';
/** The next wrong one is not looked at. */
const TRIES = 10;

let server: ServerProcess;
let browser: TestBrowser;
let opened: OpenPage;
let page: Page;

beforeEach(async () => {
  server = await ServerProcess.start({ yaml: `access: { admin_secret: ${SECRET} }` });
  browser = await TestBrowser.launch();
  opened = await browser.openPage();
  page = opened.page;
  await page.goto(`${server.url}/admin`);
});

afterEach(async () => {
  await opened?.[Symbol.asyncDispose]();
  await browser?.close();
  await server?.dispose();
});

async function logIn(password: string, label = 'Admin secret'): Promise<void> {
  await page.getByLabel(label, { exact: true }).fill(password);
  await page.getByRole('button', { name: 'Log in' }).click();
}

const inside = () => page.getByTestId('add').waitFor();

test('a login lasts over a reload and in other tabs, until somebody logs out', async () => {
  await logIn(SECRET);
  await inside();
  await page.reload();
  await inside();
  const other = await page.context().newPage();
  await other.goto(`${server.url}/admin`);
  await other.getByTestId('log-out').click();
  await other.getByTestId('login').waitFor();
  await page.getByTestId('enable').first().click();
  await page.getByTestId('login').waitFor();
  expect(await page.evaluate('JSON.stringify([localStorage, sessionStorage])')).not.toContain(
    SECRET,
  );
});

test('a wrong password is said to be wrong, and after ten of them to wait', async () => {
  await logIn('not-the-secret-at-all');
  await page.getByText('The password is wrong.').waitFor();
  expect(await page.getByTestId('add').count()).toBe(0);
  const wrong = { method: 'POST', headers: { 'content-type': 'application/json' } };
  const body = JSON.stringify({ password: 'guessed' });
  for (let tries = 1; tries < TRIES; tries++) {
    await fetch(`${server.url}/api/v1/session`, { ...wrong, body });
  }
  await logIn(SECRET);
  await page.getByText('Too many wrong passwords came from your address.').waitFor();
  await page.getByTestId('language').click();
  await page.getByRole('button', { name: '로그인' }).click();
  await page.getByText('몇 초 기다리세요').waitFor();
});

test('a password is chosen, used and changed', async () => {
  await logIn(SECRET);
  await page.getByRole('link', { name: 'Password' }).click();
  const form = page.getByTestId('password-form');
  expect(await form.getByLabel('Present password').count()).toBe(0);
  await form.getByLabel('New password', { exact: true }).fill(PASSWORD);
  await form.getByLabel('New password again').fill('something else');
  await form.getByText('The two are not the same.').waitFor();
  expect(await form.getByRole('button', { name: 'Save' }).isDisabled()).toBe(true);
  await form.getByLabel('New password again').fill(PASSWORD);
  await form.getByRole('button', { name: 'Save' }).click();
  await form.getByText('The password is changed.').waitFor();

  await form.getByLabel('Present password').fill('wrong password');
  for (const label of ['New password', 'New password again']) {
    await form.getByLabel(label, { exact: true }).fill('another long password');
  }
  await form.getByRole('button', { name: 'Save' }).click();
  await form.getByText('The password is wrong.').waitFor();

  await page.getByTestId('log-out').click();
  await page.goto(`${server.url}/admin`);
  await logIn(PASSWORD, 'Password');
  await inside();
});

test('too short a password is refused in words', async () => {
  await logIn(SECRET);
  await page.getByRole('link', { name: 'Password' }).click();
  const form = page.getByTestId('password-form');
  for (const label of ['New password', 'New password again']) {
    await form.getByLabel(label, { exact: true }).fill('short');
  }
  await form.getByRole('button', { name: 'Save' }).click();
  await form.getByText('must be text of 10 to 256 characters').waitFor();
});
