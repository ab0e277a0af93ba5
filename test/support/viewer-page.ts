// A page that shows one stream, driven like a viewer would: open it, read its figures, wait for it.

import type { Page } from 'playwright-core';

// Of the DOM, what the functions that run in the page use.
interface PageVideo {
  requestVideoFrameCallback(callback: () => void): void;
}
declare const document: { querySelector(selector: string): PageVideo | null };
declare function requestAnimationFrame(callback: () => void): void;
interface FirstFrame {
  firstFrameAtMs?: number;
}

interface Joined {
  /** From the start of the navigation to the first frame on screen, measured beside the page. */
  readonly navigationMs: number;
  /** The page's own figure, from the start of its connection. */
  readonly ownMs: number;
}

/** Opens the stream's page and waits for its first frame. */
export async function openStream(page: Page, url: string, streamId = 'test'): Promise<void> {
  await page.goto(`${url}/view/${streamId}`);
  await page.getByTestId('video').waitFor();
}

/** Opens the stream's page in a fresh document and measures how long the first frame takes. */
export async function measureJoin(page: Page, url: string): Promise<Joined> {
  await page.goto('about:blank');
  await openStream(page, url);
  const handle = await page.waitForFunction(() => (globalThis as FirstFrame).firstFrameAtMs);
  return {
    navigationMs: (await handle.jsonValue()) ?? Number.NaN,
    ownMs: await readFigure(page, 'first-frame'),
  };
}

/** Has every later document of the page note when its first frame is on screen. */
export async function noteFirstFrames(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const look = (): void => {
      const video = document.querySelector('video');
      if (!video) requestAnimationFrame(look);
      else
        video.requestVideoFrameCallback(() => {
          (globalThis as FirstFrame).firstFrameAtMs = performance.now();
        });
    };
    look();
  });
}

/** The number behind one of the live figures, once it is known. */
export async function readFigure(page: Page, name: string): Promise<number> {
  return Number(await readTextFigure(page, name));
}

export async function readTextFigure(page: Page, name: string): Promise<string> {
  const shown = page.locator(`[data-testid=figure-${name}][data-value]`);
  await shown.waitFor();
  return (await shown.getAttribute('data-value')) ?? '';
}

/** `idle`, `connecting`, `connected`, `waiting`, `gave-up` or `closed`. */
export async function readState(page: Page): Promise<string | null> {
  return page.getByTestId('state').getAttribute('data-state');
}
