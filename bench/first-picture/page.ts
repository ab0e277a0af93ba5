// What is measured within the page of a stream: clicks, first frames, flashes and beeps.

import type { Page } from 'playwright-core';

// The little of the browser that the functions below use; they run in the page.
interface PageVideo {
  known?: boolean;
  requestVideoFrameCallback(
    callback: (nowMs: number, frame: { expectedDisplayTime: number }) => void,
  ): void;
}
interface PageStats {
  readonly type: string;
  readonly kind?: string;
  readonly estimatedPlayoutTimestamp?: number;
}
interface PagePeer {
  readonly connectionState: string;
  getStats(): Promise<Map<string, PageStats>>;
  getReceivers(): { readonly track: { readonly kind: string } }[];
}
interface PageDrawing {
  drawImage(video: PageVideo, ...area: number[]): void;
  getImageData(x: number, y: number, width: number, height: number): { data: Uint8ClampedArray };
}
interface PageAnalyser {
  fftSize: number;
  getFloatTimeDomainData(samples: Float32Array): void;
}
declare const document: {
  querySelector(selector: '[data-testid=video]'): PageVideo | null;
  querySelector(selector: string): { click(): void } | null;
  querySelectorAll(selector: 'video'): Iterable<PageVideo>;
  createElement(name: 'canvas'): {
    width: number;
    height: number;
    getContext(kind: '2d', options: { willReadFrequently: boolean }): PageDrawing;
  };
};
declare const AudioContext: new () => {
  readonly sampleRate: number;
  createMediaStreamSource(stream: unknown): { connect(node: PageAnalyser): void };
  createAnalyser(): PageAnalyser;
  close(): Promise<void>;
};
declare const MediaStream: new (tracks: unknown[]) => unknown;
declare function requestAnimationFrame(callback: () => void): void;
declare const window: { RTCPeerConnection: new (...words: unknown[]) => PagePeer };
interface Noted {
  peers?: PagePeer[];
}

/** Has every later document of the page remember its connections. */
export async function noteConnections(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const peers: PagePeer[] = [];
    (globalThis as Noted).peers = peers;
    window.RTCPeerConnection = class extends window.RTCPeerConnection {
      constructor(...words: unknown[]) {
        super(...words);
        peers.push(this);
      }
    };
  });
}

/** Clicks on Connect and waits for the first frame on screen. Returns how long it took. */
export function connect(page: Page): Promise<number> {
  return page.evaluate(() => {
    for (const video of document.querySelectorAll('video')) video.known = true;
    return new Promise<number>((resolve) => {
      const startMs = performance.now();
      let shown = false;
      const handleFrame = (): void => {
        shown = true;
        resolve(performance.now() - startMs);
      };
      // A path that does not work takes its element with it.
      const look = (): void => {
        for (const video of document.querySelectorAll('video')) {
          if (!video.known) video.requestVideoFrameCallback(handleFrame);
          video.known = true;
        }
        if (!shown) requestAnimationFrame(look);
      };
      document.querySelector('[data-testid=connect]')?.click();
      look();
    });
  });
}

/** How far what is heard is ahead of what is seen, by the browser's own estimate. */
export function readSkewMs(page: Page): Promise<number> {
  return page.evaluate(async () => {
    const peer = (globalThis as Noted).peers?.findLast(
      ({ connectionState }) => connectionState === 'connected',
    );
    const stats = [...((await peer?.getStats())?.values() ?? [])];
    const playout = (kind: string) =>
      stats.find((each) => each.type === 'inbound-rtp' && each.kind === kind)
        ?.estimatedPlayoutTimestamp ?? Number.NaN;
    return playout('audio') - playout('video');
  });
}

export interface Moments {
  readonly flashesMs: readonly number[];
  readonly beepsMs: readonly number[];
}

/** When flashes are shown and beeps begin, for so long, on one clock. */
export function watchMoments(page: Page, durationMs: number): Promise<Moments> {
  return page.evaluate(async (durationMs) => {
    const video = document.querySelector('[data-testid=video]');
    const receivers = (globalThis as Noted).peers?.at(-1)?.getReceivers() ?? [];
    const sound = receivers.find(({ track }) => track.kind === 'audio');
    if (!video || !sound) throw new Error('there is nothing to watch or hear');
    const canvas = Object.assign(document.createElement('canvas'), { width: 16, height: 16 });
    const drawing = canvas.getContext('2d', { willReadFrequently: true });
    const context = new AudioContext();
    const analyser = Object.assign(context.createAnalyser(), { fftSize: 512 });
    context.createMediaStreamSource(new MediaStream([sound.track])).connect(analyser);
    const samples = new Float32Array(analyser.fftSize);
    const endMs = performance.now() + durationMs;
    const flashesMs: number[] = [];
    const beepsMs: number[] = [];
    let bright = true;
    let loud = true;

    const look = (_: number, { expectedDisplayTime }: { expectedDisplayTime: number }): void => {
      drawing.drawImage(video, 0, 0, 16, 16);
      // In the upper half, which is white in a flash and has dark bars otherwise.
      const { data } = drawing.getImageData(0, 1, 16, 4);
      const isBright = data.every((value) => value > 200);
      if (isBright && !bright) flashesMs.push(expectedDisplayTime);
      bright = isBright;
      if (performance.now() < endMs) video.requestVideoFrameCallback(look);
    };
    const listen = (): void => {
      analyser.getFloatTimeDomainData(samples);
      const first = samples.findIndex((sample) => Math.abs(sample) > 0.1);
      const sinceMs = ((samples.length - first) * 1_000) / context.sampleRate;
      if (first >= 0 && !loud) beepsMs.push(performance.now() - sinceMs);
      loud = first >= 0;
    };
    video.requestVideoFrameCallback(look);
    const timer = setInterval(listen, 4);
    await new Promise((resolve) => setTimeout(resolve, durationMs));
    clearInterval(timer);
    await context.close();
    return { flashesMs, beepsMs };
  }, durationMs);
}
