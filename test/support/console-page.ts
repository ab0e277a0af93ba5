// The console's page in a browser, behind its login.

import type { Page } from 'playwright-core';

const PASSWORD = 'correct-horse-battery-staple';
/** For the server's configuration. */
export const CONSOLE_PAGE_YAML = `access: { admin_secret: ${PASSWORD} }`;

/** Opens the address of the page and logs in; what is shown then is awaited by its test. */
export async function logInToConsole(page: Page, url: string): Promise<void> {
  await page.goto(`${url}/admin#console`);
  await page.locator('input[name=password]').fill(PASSWORD);
  await page.locator('button[type=submit]').click();
}

export async function openConsolePage(page: Page, url: string): Promise<void> {
  await logInToConsole(page, url);
  await page.getByTestId('channels').waitFor();
}

/** How many colours the meters are drawn in: one where nothing but their empty tracks is drawn. */
export function countMeterColors(page: Page): Promise<number> {
  return page.getByTestId('meters').evaluate(countColors);
}

interface DrawnCanvas {
  readonly width: number;
  readonly height: number;
  getContext(kind: '2d'): {
    getImageData(...area: readonly number[]): { readonly data: ArrayLike<number> };
  };
}

/** Runs in the page. */
function countColors(element: unknown): number {
  const canvas = element as DrawnCanvas;
  const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
  const colors = new Set<string>();
  for (let at = 0; at < data.length; at += 4) {
    if (data[at + 3]) colors.add([data[at], data[at + 1], data[at + 2]].join());
  }
  return colors.size;
}
