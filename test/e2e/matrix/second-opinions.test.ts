// What other people's programs make of it: GStreamer reads and publishes, ffmpeg publishes.

import { type ChildProcess, spawn } from 'node:child_process';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { TestBrowser } from '../../support/browser.ts';
import {
  openScriptedCamera,
  type ScriptedCamera,
} from '../../support/scripted-camera/scripted-camera.ts';
import { ServerProcess } from '../../support/server-process.ts';
import { until } from '../../support/until.ts';
import { serveOtherPage, watchInPage } from './other-page.ts';
import { clipOf } from './sources.ts';

const FRAMES = 40;
const WITHIN_MS = 30_000;
/** Prints a line for each frame that comes out of the decoder, with this name. */
const shown = (name: string) => `identity name=${name} silent=false ! fakesink`;

let cameras: ScriptedCamera[];
let server: ServerProcess;
let rtspUrl: string;
let publisher: ChildProcess | undefined;

beforeAll(async () => {
  cameras = await Promise.all([
    openScriptedCamera({ clip: await clipOf({ video: 'H.264', sound: 'AAC' }) }),
    openScriptedCamera({ clip: await clipOf({ video: 'H.265', sound: 'Opus' }) }),
  ]);
  const [h264, h265] = cameras.map(({ address }) => address);
  const yaml = `streams:
  h264: { source: "${h264}" }
  h265: { source: "${h265}" }
  from-gstreamer: { source: "publish:" }
  from-ffmpeg: { source: "publish:" }
access: { publish: open }
`;
  server = await ServerProcess.start({ yaml });
  rtspUrl = `rtsp://127.0.0.1:${server.rtspPort}`;
});

afterEach(() => {
  publisher?.kill('SIGKILL');
});

afterAll(async () => {
  await server?.dispose();
  await Promise.all(cameras?.map((camera) => camera.close()) ?? []);
});

/** Resolves when the pipeline has decoded enough of both picture and sound. */
async function play(pipeline: string): Promise<void> {
  const player = spawn('gst-launch-1.0', ['-v', ...pipeline.split(/\s+/)]);
  let log = '';
  for (const stream of [player.stdout, player.stderr]) {
    stream.on('data', (text) => {
      log += text;
    });
  }
  const decoded = (name: string) => log.split(`${name}: last-message = chain`).length - 1;
  const enough = () => decoded('picture') >= FRAMES && decoded('sound') >= FRAMES;
  try {
    await until(() => enough() || player.exitCode !== null, {
      what: `${FRAMES} frames of picture and sound from GStreamer`,
      withinMs: WITHIN_MS,
    });
    if (!enough()) throw new Error(`GStreamer gave up: ${log.slice(-1000)}`);
  } finally {
    player.kill('SIGKILL');
  }
}

function publish(command: string, words: string): void {
  publisher = spawn(command, words.split(/\s+/), { stdio: 'ignore' });
}

async function untilLive(id: string): Promise<void> {
  const isLive = async () => {
    const response = await fetch(`${server.url}/api/v1/streams/${id}`);
    return ((await response.json()) as { state: string }).state === 'live';
  };
  await until(isLive, { what: `${id} to be live`, withinMs: WITHIN_MS });
}

test.each([
  ['H.264 with AAC', 'tcp', 'h264', 'h264', ['mp4g', 'aac']],
  ['H.264 with AAC', 'udp', 'h264', 'h264', ['mp4g', 'aac']],
  ['H.265 with Opus', 'tcp', 'h265', 'h265', ['opus', 'opus']],
  ['H.265 with Opus', 'udp', 'h265', 'h265', ['opus', 'opus']],
] as const)('GStreamer decodes %s by %s', async (_, protocol, id, video, [payload, audio]) => {
  const source = `rtspsrc location=${rtspUrl}/${id} protocols=${protocol} name=s`;
  const picture = `s. ! rtp${video}depay ! ${video}parse ! avdec_${video} ! ${shown('picture')}`;
  const sound = `s. ! rtp${payload}depay ! ${audio}parse ! avdec_${audio} ! ${shown('sound')}`;
  await play(`${source} ${picture} ${sound}`);
});

test('what GStreamer publishes is decoded by GStreamer', async () => {
  const size = 'video/x-raw,width=320,height=180,framerate=25/1';
  const encoder = 'x264enc tune=zerolatency speed-preset=ultrafast key-int-max=25 ! h264parse';
  publish(
    'gst-launch-1.0',
    `videotestsrc is-live=true ! ${size} ! ${encoder} ! s. audiotestsrc is-live=true ! opusenc ! s. rtspclientsink name=s protocols=tcp location=${rtspUrl}/from-gstreamer`,
  );
  await untilLive('from-gstreamer');
  const source = `rtspsrc location=${rtspUrl}/from-gstreamer protocols=tcp name=s`;
  const picture = `s. ! rtph264depay ! h264parse ! avdec_h264 ! ${shown('picture')}`;
  const sound = `s. ! rtpopusdepay ! opusdec ! ${shown('sound')}`;
  await play(`${source} ${picture} ${sound}`);
});

test('what ffmpeg publishes is seen and heard in Chromium', async () => {
  const input = '-re -f lavfi -i testsrc2=size=320x180:rate=25 -f lavfi -i sine';
  const codecs = '-c:v libx264 -preset ultrafast -tune zerolatency -g 25 -c:a aac';
  publish('ffmpeg', `-nostdin ${input} ${codecs} -f rtsp ${rtspUrl}/from-ffmpeg`);
  await untilLive('from-ffmpeg');
  const otherPage = await serveOtherPage();
  const chromium = await TestBrowser.launch();
  try {
    await using opened = await chromium.openPage();
    await opened.page.goto(otherPage.url);
    const streams = [{ id: 'from-ffmpeg', sound: true }];
    const enough = { frames: FRAMES, soundPackets: FRAMES, withinMs: WITHIN_MS };
    const request = { url: server.url, streams, ...enough };
    const [receipt] = await opened.page.evaluate(watchInPage, request);
    expect(receipt).toMatchObject({
      video: { codec: 'H264', lost: 0 },
      audio: { codec: 'opus', lost: 0, sounds: true },
    });
    expect(receipt?.video?.frames).toBeGreaterThanOrEqual(FRAMES);
  } finally {
    await chromium.close();
    otherPage.server.close();
  }
});
