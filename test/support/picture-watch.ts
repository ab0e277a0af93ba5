// What a page shows of the test picture, read from the pixels of its video element.

import type { Page } from 'playwright-core';
import {
  CLOCK,
  FRAMES_PER_SECOND,
  LOOP_FRAMES,
  PICTURE_HEIGHT,
  PICTURE_WIDTH,
  readFrameNumber,
  STRIP,
} from '../../src/adapters/test-source/picture.ts';
import { until } from './until.ts';

/** On the clock's face, well inside its marks and outside the hub. */
const HAND_RADIUS = 150;
const HAND_DIRECTIONS = 120;
/** Reading pixels of every frame would take the processor from the decoder. */
const FRAMES_PER_SAMPLE = 3;
/**
 * A picture that flows has so many frames in so much time, without such a gap: a viewer's first frames
 * come in a burst, after which the stream itself may still stand.
 */
const FLOW_MS = 1_000;
const FLOW_FRAMES = 20;
const FLOW_GAP_MS = 250;

interface PictureSample {
  /** Since the start of the watch. */
  readonly atMs: number;
  /** From the strip, 0 to 299. */
  readonly frame: number;
  /** Where the clock's hand points, 0 to 1 clockwise from the top. */
  readonly handTurn: number;
}

export interface PictureWatch {
  readonly elapsedMs: number;
  readonly framesDecoded: number;
  /** When each frame was put on screen, since the start of the watch. */
  readonly shownAtMs: readonly number[];
  readonly samples: readonly PictureSample[];
}

interface RawSample {
  readonly atMs: number;
  readonly strip: readonly number[];
  readonly hand: readonly number[];
}

type Point = readonly [x: number, y: number];

// The little of the DOM that the functions below use; they run in the page.
interface PageVideo {
  requestVideoFrameCallback(callback: (nowMs: number) => void): void;
  getVideoPlaybackQuality(): { totalVideoFrames: number };
}
interface PageCanvas {
  width: number;
  height: number;
  getContext(kind: '2d', options: { willReadFrequently: boolean }): PageDrawing;
}
interface PageDrawing {
  drawImage(video: PageVideo, x: number, y: number, width: number, height: number): void;
  getImageData(x: number, y: number, width: number, height: number): { data: Uint8ClampedArray };
}
declare const document: {
  querySelector(selector: string): PageVideo | null;
  createElement(name: 'canvas'): PageCanvas;
};

/** Watches the picture on screen for so long, whether frames come or not. */
export async function watchPicture(page: Page, durationMs: number): Promise<PictureWatch> {
  const points = { strip: stripPoints(), hand: handPoints() };
  const size = { width: PICTURE_WIDTH, height: PICTURE_HEIGHT };
  const { samples, ...watch } = await page.evaluate(watchInPage, {
    durationMs,
    points,
    size,
    framesPerSample: FRAMES_PER_SAMPLE,
  });
  return { ...watch, samples: samples.map(readSample) };
}

/** Waits until frames come one after the other, with the page left alone. Returns how long it took. */
export async function untilFlowing(page: Page, withinMs: number): Promise<number> {
  const startMs = performance.now();
  const flows = async () => {
    const watch = await watchPicture(page, FLOW_MS);
    return watch.framesDecoded >= FLOW_FRAMES && longestGapMs(watch) <= FLOW_GAP_MS;
  };
  // The element may be exchanged for that of a new connection at any time.
  await until(() => flows().catch(() => false), { what: 'a flowing picture', withinMs });
  return performance.now() - startMs - FLOW_MS;
}

/** How far the frame numbers stray from the page's clock, set by the last one. */
export function worstDriftMs(samples: readonly PictureSample[]): number {
  const last = samples.at(-1);
  if (!last) return Number.POSITIVE_INFINITY;
  const drifts = samples.map(({ atMs, frame }) => {
    const expected = last.frame - ((last.atMs - atMs) * FRAMES_PER_SECOND) / 1_000;
    return Math.abs(distanceOnLoop(expected, frame)) * (1_000 / FRAMES_PER_SECOND);
  });
  return Math.max(...drifts);
}

/** The longest time in which no new frame came, from the start of the watch to its end. */
export function longestGapMs({ shownAtMs, elapsedMs }: PictureWatch): number {
  const gaps = [...shownAtMs, elapsedMs].map((atMs, index) => atMs - (shownAtMs[index - 1] ?? 0));
  return Math.max(...gaps);
}

/** From one frame number to another, the short way round: -150 to 150. */
function distanceOnLoop(from: number, to: number): number {
  const ahead = (((to - from) % LOOP_FRAMES) + LOOP_FRAMES) % LOOP_FRAMES;
  return ahead > LOOP_FRAMES / 2 ? ahead - LOOP_FRAMES : ahead;
}

function readSample({ atMs, strip, hand }: RawSample): PictureSample {
  const frame = readFrameNumber((x) => strip[Math.floor(x / STRIP.blockPixels)] ?? 0);
  return { atMs, frame, handTurn: hand.indexOf(Math.max(...hand)) / hand.length };
}

function stripPoints(): Point[] {
  const middle = STRIP.blockPixels / 2;
  return Array.from({ length: STRIP.blocks }, (_, block) => [
    STRIP.left + block * STRIP.blockPixels + middle,
    STRIP.top + middle,
  ]);
}

function handPoints(): Point[] {
  return Array.from({ length: HAND_DIRECTIONS }, (_, direction) => {
    const angle = (direction / HAND_DIRECTIONS) * 2 * Math.PI;
    const x = CLOCK.x + HAND_RADIUS * Math.sin(angle);
    return [Math.round(x), Math.round(CLOCK.y - HAND_RADIUS * Math.cos(angle))];
  });
}

interface WatchArguments {
  readonly durationMs: number;
  readonly framesPerSample: number;
  readonly points: { readonly strip: readonly Point[]; readonly hand: readonly Point[] };
  readonly size: { readonly width: number; readonly height: number };
}

/** Runs in the page, so it must not use anything from outside itself. */
function watchInPage({ durationMs, framesPerSample, points, size }: WatchArguments) {
  const video = document.querySelector('[data-testid=video]');
  if (!video) throw new Error('there is no picture to watch');
  const canvas = Object.assign(document.createElement('canvas'), size);
  const drawing = canvas.getContext('2d', { willReadFrequently: true });
  const shownAtMs: number[] = [];
  const samples: RawSample[] = [];
  const pixel = ([x, y]: Point) => drawing.getImageData(x, y, 1, 1).data;
  const sample = (atMs: number): void => {
    drawing.drawImage(video, 0, 0, size.width, size.height);
    samples.push({
      atMs,
      strip: points.strip.map((point) => pixel(point)[1] ?? 0),
      // The hand is amber; water, face and marks have no more red than blue.
      hand: points.hand.map((point) => (pixel(point)[0] ?? 0) - (pixel(point)[2] ?? 0)),
    });
  };
  const startMs = performance.now();
  const framesBefore = video.getVideoPlaybackQuality().totalVideoFrames;
  const handleFrame = (): void => {
    const atMs = performance.now() - startMs;
    if (atMs > durationMs) return;
    if (shownAtMs.push(atMs) % framesPerSample === 1) sample(atMs);
    video.requestVideoFrameCallback(handleFrame);
  };
  video.requestVideoFrameCallback(handleFrame);
  return new Promise<{
    elapsedMs: number;
    framesDecoded: number;
    shownAtMs: number[];
    samples: RawSample[];
  }>((resolve) => {
    setTimeout(() => {
      const framesDecoded = video.getVideoPlaybackQuality().totalVideoFrames - framesBefore;
      resolve({ elapsedMs: performance.now() - startMs, framesDecoded, shownAtMs, samples });
    }, durationMs);
  });
}
