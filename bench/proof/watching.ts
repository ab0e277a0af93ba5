// A server of its own and a browser that shows its test stream, for one measurement.

import type { Page } from 'playwright-core';
import { TestBrowser } from '../../test/support/browser.ts';
import { ServerProcess } from '../../test/support/server-process.ts';
import { openStream } from '../../test/support/viewer-page.ts';
import type { Figure } from './figure.ts';

interface Watching {
  readonly server: ServerProcess;
  readonly browser: TestBrowser;
  /** Has the picture on screen. */
  readonly page: Page;
}

export async function watching(
  measure: (watching: Watching) => Promise<Figure[]>,
): Promise<Figure[]> {
  const server = await ServerProcess.start();
  const browser = await TestBrowser.launch();
  try {
    const { page } = await browser.openPage();
    await openStream(page, server.url);
    return await measure({ server, browser, page });
  } finally {
    await browser.close();
    await server.dispose();
  }
}
