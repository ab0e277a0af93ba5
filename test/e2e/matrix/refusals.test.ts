// Browsers that cannot get a picture by WebRTC: the server says in words why not, and what would help;
// its own page then shows it by MSE.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { TestBrowser } from '../../support/browser.ts';
import { Firefox } from '../../support/firefox.ts';
import {
  openScriptedCamera,
  type ScriptedCamera,
} from '../../support/scripted-camera/scripted-camera.ts';
import { ServerProcess } from '../../support/server-process.ts';
import { until } from '../../support/until.ts';
import { serveOtherPage, watchInPage } from './other-page.ts';
import { clipOf } from './sources.ts';

declare const document: {
  querySelector(selector: 'video'): {
    getVideoPlaybackQuality(): { totalVideoFrames: number };
  } | null;
};

/** More than the group of pictures that a joiner gets at once. */
const MSE_FRAMES = 40;
const WITHIN_MS = 30_000;

let cameras: ScriptedCamera[];
let server: ServerProcess;
let otherPage: Awaited<ReturnType<typeof serveOtherPage>>;

beforeAll(async () => {
  cameras = await Promise.all(
    (['H.264', 'H.265'] as const).map(async (video) =>
      openScriptedCamera({ clip: await clipOf({ video, sound: 'AAC' }) }),
    ),
  );
  const [h264, h265] = cameras.map(({ address }) => address);
  const yaml = `streams:
  h264: { source: "${h264}" }
  h265: { source: "${h265}" }
  h265-as-is: { source: "${h265}", transcode: false }
`;
  server = await ServerProcess.start({ yaml });
  otherPage = await serveOtherPage();
});

afterAll(async () => {
  await server?.dispose();
  await Promise.all(cameras?.map((camera) => camera.close()) ?? []);
  otherPage?.server.close();
});

function requestFor(...ids: string[]) {
  const streams = ids.map((id) => ({ id, sound: true }));
  return { url: server.url, streams, frames: 1, soundPackets: 1, withinMs: 10_000 };
}

test('H.265 that must not be converted is refused in Chromium, with the setting to change', async () => {
  const chromium = await TestBrowser.launch();
  try {
    await using opened = await chromium.openPage();
    await opened.page.goto(otherPage.url);
    const [receipt] = await opened.page.evaluate(watchInPage, requestFor('h265-as-is'));
    expect(receipt?.refusal?.code).toBe('codec_refused');
    expect(receipt?.refusal?.detail).toMatch(
      /^Stream "h265-as-is": main sends H265 Main, level 2\.0, 320×180, .*can receive .*H264.* Set the camera to H\.264/,
    );
  } finally {
    await chromium.close();
  }
});

describe('Firefox without H.264', () => {
  let firefox: Firefox;

  beforeAll(async () => {
    firefox = await Firefox.launch({ h264: false });
  });

  afterAll(async () => {
    await firefox?.close();
  });

  test('is refused, with what it offers', async () => {
    await firefox.open(otherPage.url);
    const receipts = await firefox.evaluate(watchInPage, requestFor('h264', 'h265'));
    expect(receipts.map(({ refusal }) => refusal?.code)).toEqual([
      'codec_refused',
      'codec_refused',
    ]);
    const [h264, h265] = receipts.map(({ refusal }) => refusal?.detail);
    expect(h264).toMatch(/main sends H264 Main, .*can receive video: VP8, VP9, AV1;/);
    expect(h265).toMatch(/main sends H265 Main, .*can receive video: VP8, VP9, AV1;/);
  });

  test.each([
    ['h264', 'H264'],
    ['h265', 'H265'],
  ])('shows %s on the page of the server by MSE, as it is', async (id, codec) => {
    await firefox.open(`${server.url}/view/${id}`);
    const countFrames = async () =>
      document.querySelector('video')?.getVideoPlaybackQuality().totalVideoFrames ?? 0;
    const flowing = async () => (await firefox.evaluate(countFrames, null)) >= MSE_FRAMES;
    await until(flowing, { what: `${MSE_FRAMES} frames`, withinMs: WITHIN_MS });
    const response = await fetch(`${server.url}/api/v1/streams/${id}/viewers`);
    const { viewers } = (await response.json()) as {
      viewers: { protocol: string; tracks: { codec: string }[] }[];
    };
    const mse = viewers.filter(({ protocol }) => protocol === 'mse');
    expect(mse.map(({ tracks }) => tracks.map((track) => track.codec))).toEqual([[codec, 'AAC']]);
  });
});
