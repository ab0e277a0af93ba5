// The live picture in a real browser: it comes soon, it flows, and what it shows is what was sent.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { LOOP_FRAMES } from '../../src/adapters/test-source/picture.ts';
import { TestBrowser } from '../support/browser.ts';
import {
  longestGapMs,
  type PictureWatch,
  watchPicture,
  worstDriftMs,
} from '../support/picture-watch.ts';
import { ServerProcess } from '../support/server-process.ts';
import { listViewers } from '../support/viewer-count.ts';
import {
  measureJoin,
  noteFirstFrames,
  openStream,
  readTextFigure,
} from '../support/viewer-page.ts';

/** A whole loop of the clip and a bit, so that its seam is always inside. */
const WATCH_MS = 11_000;
/** The picture is late by some frames where the processor is shared. */
const MAX_DRIFT_MS = 500;
const MAX_GAP_MS = 500;
/** A viewer starts with the last key frame, which is up to 2 s old, and catches up. */
const CATCH_UP_MS = 1_000;
/** The hand's width, and the step in which its direction is read. */
const MAX_HAND_ERROR = 6 / 360;

let server: ServerProcess;
let browser: TestBrowser;

beforeAll(async () => {
  server = await ServerProcess.start({ npm: true });
  browser = await TestBrowser.launch();
});

afterAll(async () => {
  await browser?.close();
  await server?.dispose();
});

test('the first frame is on screen within 5 s of opening the page that npm start serves', async () => {
  await using opened = await browser.openPage();
  const { page } = opened;
  await noteFirstFrames(page);
  const { navigationMs, ownMs } = await measureJoin(page, server.url);
  expect(navigationMs).toBeLessThan(5_000);
  expect(ownMs).toBeGreaterThan(0);
  expect(ownMs).toBeLessThan(navigationMs);
});

test('the sound comes with the picture, and the panel says how', async () => {
  await using opened = await browser.openPage();
  const { page } = opened;
  await openStream(page, server.url);
  expect(await readTextFigure(page, 'codec')).toBe('H264 + opus');
  expect(await readTextFigure(page, 'resolution')).toBe('1280 × 720');
  expect(await readTextFigure(page, 'transport')).toBe('UDP');
});

test('without UDP the picture comes over TCP, also by WHEP', async () => {
  await using opened = await browser.openPage();
  const { page } = opened;
  await page.routeWebSocket(/\/ws\//, (socket) => socket.close());
  await page.route('**/whep/**', async (route) => {
    // Told of no address of ours, the server cannot open a path over UDP either.
    if (route.request().method() === 'PATCH') return route.fulfill({ status: 204 });
    if (route.request().method() !== 'POST') return route.continue();
    const response = await route.fetch();
    const answer = await response.text();
    expect(answer).toMatch(/^a=candidate:.* udp /im);
    const body = answer.replace(/^a=candidate:\S+ \d udp .*\r\n/gim, '');
    return route.fulfill({ response, body });
  });
  await openStream(page, server.url);
  expect(await readTextFigure(page, 'transport')).toBe('TCP');
  const [viewer] = await listViewers(server.url);
  expect(viewer).toMatchObject({ path: 'tcp', state: 'connected' });
  const { framesDecoded } = await watchPicture(page, 1_000);
  expect(framesDecoded).toBeGreaterThan(15);
});

describe('for more than a whole loop', () => {
  let watch: PictureWatch;

  beforeAll(async () => {
    await using opened = await browser.openPage();
    await openStream(opened.page, server.url);
    watch = await watchPicture(opened.page, WATCH_MS);
  });

  test('the browser decodes at least 25 frames a second', () => {
    expect(watch.elapsedMs).toBeGreaterThan(10_000);
    expect((watch.framesDecoded * 1_000) / watch.elapsedMs).toBeGreaterThan(25);
  });

  test('the frame numbers in the picture advance like wall time, also over the seam', () => {
    const frames = watch.samples.map(({ frame }) => frame);
    expect(Math.max(...frames)).toBeLessThan(LOOP_FRAMES);
    expect(frames.some((frame, index) => frame < (frames[index - 1] ?? 0))).toBe(true);
    const live = watch.samples.filter(({ atMs }) => atMs > CATCH_UP_MS);
    expect(worstDriftMs(live)).toBeLessThan(MAX_DRIFT_MS);
    expect(longestGapMs(watch)).toBeLessThan(MAX_GAP_MS);
  });

  test('the hand of the clock points where the frame number says', () => {
    const errors = watch.samples.map(({ frame, handTurn }) => {
      const error = Math.abs(handTurn - frame / LOOP_FRAMES);
      return Math.min(error, 1 - error);
    });
    expect(Math.max(...errors)).toBeLessThan(MAX_HAND_ERROR);
    expect(new Set(watch.samples.map(({ handTurn }) => handTurn)).size).toBeGreaterThan(50);
  });
});
