// A browser publishes its camera, another one watches it: from getUserMedia to the screen.

import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { TestBrowser } from '../support/browser.ts';
import { publishCamera } from '../support/publisher-page.ts';
import { ServerProcess } from '../support/server-process.ts';
import { until } from '../support/until.ts';
import { openStream, readTextFigure } from '../support/viewer-page.ts';

declare const document: {
  querySelector(selector: string): {
    getVideoPlaybackQuality(): { totalVideoFrames: number };
  } | null;
};

/** Two seconds of a camera with 20 frames a second. */
const FRAMES = 40;

let server: ServerProcess;
let browser: TestBrowser;

beforeAll(async () => {
  const yaml =
    'streams: { studio: { source: "publish:" }, test: { source: "test:" } }\naccess: { publish: open }';
  server = await ServerProcess.start({ yaml });
  browser = await TestBrowser.launch({ camera: true });
});

afterAll(async () => {
  await browser?.close();
  await server?.dispose();
});

async function framesOf(page: Page): Promise<number> {
  return page.evaluate(
    () => document.querySelector('video')?.getVideoPlaybackQuality().totalVideoFrames ?? 0,
  );
}

async function untilFramesFlow(page: Page): Promise<void> {
  const before = await framesOf(page);
  const flowing = async () => (await framesOf(page)) >= before + FRAMES;
  await until(flowing, { what: `${FRAMES} more frames`, withinMs: 30_000 });
}

async function stateOf(streamId: string): Promise<{ state: string; reason: string | null }> {
  const response = await fetch(`${server.url}/api/v1/streams/${streamId}`);
  return (await response.json()) as { state: string; reason: string | null };
}

test('a camera that a browser publishes is seen in another, also when it comes back', async () => {
  expect(await stateOf('studio')).toMatchObject({
    reason: expect.stringMatching(/\/whip\/studio/),
  });
  await using viewer = await browser.openPage();
  {
    await using publisher = await browser.openPage();
    const { status, text } = await publishCamera(publisher.page, server.url, 'studio');
    expect(status, text).toBe(201);
    await openStream(viewer.page, server.url, 'studio');
    await untilFramesFlow(viewer.page);
    expect(await readTextFigure(viewer.page, 'codec')).toBe('H264 + opus');
    await using second = await browser.openPage();
    const refused = await publishCamera(second.page, server.url, 'studio');
    expect(refused).toMatchObject({
      status: 409,
      text: expect.stringMatching(/publisher_present/),
    });
  }
  const left = async () => (await stateOf('studio')).state !== 'live';
  await until(left, { what: 'the end of the publisher to be noticed' });
  await using again = await browser.openPage();
  expect((await publishCamera(again.page, server.url, 'studio')).status).toBe(201);
  await untilFramesFlow(viewer.page);
});

test('a stream with another source takes no publisher', async () => {
  const headers = { 'content-type': 'application/sdp' };
  const response = await fetch(`${server.url}/whip/test`, { method: 'POST', headers, body: 'v=0' });
  expect(await response.json()).toMatchObject({ code: 'not_publishable', status: 409 });
});
