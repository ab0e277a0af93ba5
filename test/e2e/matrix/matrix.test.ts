// Every kind of camera with every kind of reader, each cell as docs/reference/matrix.md has it.

import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type OpenPage, TestBrowser } from '../../support/browser.ts';
import { Firefox } from '../../support/firefox.ts';
import { ServerProcess } from '../../support/server-process.ts';
import {
  BATCHES,
  cellsOf,
  expectationOf,
  formatTable,
  idOf,
  OFFERS,
  type Reader,
  SOURCES,
  type Source,
} from './expectations.ts';
import { readByFfmpeg } from './ffmpeg-reader.ts';
import { digestClip } from './frame-digests.ts';
import { serveOtherPage, watchInPage } from './other-page.ts';
import { readByPeer } from './peer-reader.ts';
import type { Receipt } from './receipt.ts';
import { type Cameras, clipOf, openCameras } from './sources.ts';

/** Nearly 3 s of a camera: three groups of pictures begin in them. */
const FRAMES = 40;
/** More than 1 s. */
const SOUND_PACKETS = 60;
/** 4 s of AAC have 62 frames. */
const SOUND_FRAMES = 50;
/** The slowest are conversions that start together. */
const WITHIN_MS = 30_000;

let cameras: Cameras;
let server: ServerProcess;
let otherPage: Awaited<ReturnType<typeof serveOtherPage>>;
let chromium: TestBrowser;
let opened: OpenPage;
let firefox: Firefox;

beforeAll(async () => {
  cameras = await openCameras();
  // Those of a batch, and those of the batch before it that are not wound up yet.
  const yaml = `${cameras.yaml}transcoding: { max: 12 }`;
  server = await ServerProcess.start({ yaml });
  otherPage = await serveOtherPage();
  chromium = await TestBrowser.launch();
  opened = await chromium.openPage();
  await opened.page.goto(otherPage.url);
  firefox = await Firefox.launch({ h264: true });
  await firefox.open(otherPage.url);
});

afterAll(async () => {
  await chromium?.close();
  await firefox?.close();
  await server?.dispose();
  await cameras?.close();
  otherPage?.server.close();
});

async function readAll(sources: readonly Source[]): Promise<Map<string, Receipt>> {
  const [source] = sources;
  if (!source) throw new Error('nothing to read');
  const loop = await digestClip(await clipOf({ video: source.video, sound: 'none' }));
  const enough = { frames: FRAMES, soundPackets: SOUND_PACKETS, withinMs: WITHIN_MS };
  const streams = sources.map((each) => ({ id: idOf(each), sound: each.sound !== 'none' }));
  const request = { url: server.url, streams, ...enough };
  const offers = Object.entries(OFFERS) as [keyof typeof OFFERS, string][];
  const byReader: [Reader, Promise<Receipt[]>][] = [
    ['Chromium', opened.page.evaluate(watchInPage, request)],
    ['Firefox', firefox.evaluate(watchInPage, request)],
    ['ffmpeg', readEach(streams, ({ id }) => readByFfmpeg(`${rtspUrl()}/${id}`, loop))],
    ...offers.map(([reader, offer]): [Reader, Promise<Receipt[]>] => [
      reader,
      readEach(streams, ({ id, sound }) =>
        readByPeer({ ...request, id, offer, loop, soundPackets: sound ? SOUND_PACKETS : 0 }),
      ),
    ]),
  ];
  const receipts = new Map<string, Receipt>();
  for (const [reader, reading] of byReader) {
    const results = await reading.catch((error) => streams.map(() => failure(error)));
    for (const [at, { id }] of streams.entries()) {
      receipts.set(`${id} ${reader}`, results[at] ?? {});
    }
  }
  return receipts;
}

/** One cell that fails must not take the others with it. */
function failure(error: unknown): Receipt {
  return { faults: [String(error)] };
}

function readEach<Stream>(
  streams: readonly Stream[],
  read: (stream: Stream) => Promise<Receipt>,
): Promise<Receipt[]> {
  return Promise.all(streams.map((stream) => read(stream).catch(failure)));
}

function rtspUrl(): string {
  return `rtsp://127.0.0.1:${server.rtspPort}`;
}

describe.each(BATCHES)('$video by $transport', ({ sources }) => {
  let receipts: Map<string, Receipt>;

  beforeAll(async () => {
    receipts = await readAll(sources);
  });

  test.each(cellsOf(sources))('with $sound sound: $reader gets $gets', ({ reader, ...source }) => {
    const receipt = receipts.get(`${idOf(source)} ${reader}`);
    const { video, audio } = expectationOf(source, reader);
    expect(receipt?.faults ?? []).toEqual([]);
    expect(receipt?.refusal).toBeUndefined();
    expect(receipt?.video).toMatchObject({ codec: video.codec, lost: 0 });
    expect(receipt?.video?.frames).toBeGreaterThanOrEqual(FRAMES);
    expect(receipt?.audio?.codec).toBe(audio?.codec);
    if (audio) {
      expect(receipt?.audio?.lost).toBe(0);
      expect(receipt?.audio?.frames).toBeGreaterThanOrEqual(SOUND_FRAMES);
      expect(receipt?.audio?.sounds).not.toBe(false);
    }
    if (reader === 'ffmpeg') return;
    expect(/sends H26\d.*\bconverted to H264/.test(receipt?.words ?? '')).toBe(video.converted);
    expect(/\(AAC.*\bconverted to opus/.test(receipt?.words ?? '')).toBe(audio?.converted ?? false);
  });
});

test('nothing was lost on the way from the cameras', async () => {
  const response = await fetch(`${server.url}/api/v1/streams`);
  const { streams } = (await response.json()) as {
    streams: { id: string; state: string; tracks: { lostPackets: number; packets: number }[] }[];
  };
  expect(streams.map(({ id }) => id).toSorted()).toEqual(SOURCES.map(idOf).toSorted());
  for (const { id, state, tracks } of streams) {
    expect(state, id).toBe('live');
    expect(tracks.every(({ packets, lostPackets }) => packets > 0 && lostPackets === 0)).toBe(true);
  }
});

test('docs/reference/matrix.md has the table that is tested here', () => {
  const path = new URL('../../../docs/reference/matrix.md', import.meta.url);
  expect(readFileSync(path, 'utf8')).toContain(`\n\n${formatTable()}\n\n`);
});
