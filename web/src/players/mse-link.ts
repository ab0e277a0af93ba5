// One viewer over the WebSocket itself: MP4 into a media element, alive while bytes arrive.

import type { DialContext } from '#client/connection.ts';
import { MseFeed } from '#client/mse-feed.ts';
import { mseSnapshot } from '#client/mse-snapshot.ts';
import type { QualityWish } from '#client/negotiation.ts';
import { SignallingClient, type StreamNews } from '#client/signalling-client.ts';
import type { StatsSnapshot } from '#client/stats-snapshot.ts';
import type { Timer } from '#std/clock.ts';
import { UnavailableError } from '#std/errors.ts';
import { browserClock } from './browser-clock.ts';
import { openBrowserSocket } from './browser-socket.ts';
import { ElementBuffer } from './media-buffer.ts';
import { mediaSourceClass, playableCodecs } from './media-source.ts';
import type { PlayerLink, PlayerLinkEvents } from './player-link.ts';
import type { Medium } from './video-stage.ts';

const STEER_PERIOD_MS = 200;
/** How often a heartbeat looks whether bytes have arrived. */
const PROGRESS_PERIOD_MS = 250;
/** 8 s at 4 Mb/s: an element that is not ready by then never will be. */
const MAX_EARLY_BYTES = 4 * 1024 * 1024;

interface MseLinkOptions {
  readonly url: string;
  readonly quality: QualityWish;
  readonly events: PlayerLinkEvents;
}

export class MseLink implements PlayerLink {
  readonly #options: MseLinkOptions;
  readonly #client: SignallingClient;
  readonly medium: Medium = { attach: (video) => this.#attach(video) };
  #context: DialContext | undefined;
  #video: HTMLVideoElement | undefined;
  #mime = '';
  /** What comes before the element is ready. */
  #early: Uint8Array[] = [];
  #feed: MseFeed | undefined;
  #source: MediaSource | undefined;
  #steering: Timer | undefined;
  #mediaStartMs: number | null = null;
  #stream: StreamNews | undefined;
  #fragments = 0;
  #bytes = 0;
  #bytesSeen = 0;
  #behindMs = 0;
  #looks = 0;
  #closed = false;

  constructor(options: MseLinkOptions) {
    this.#options = options;
    const { url, events } = options;
    this.#client = new SignallingClient({
      url,
      // The session's cookie goes along by itself.
      secret: null,
      openSocket: openBrowserSocket,
      clock: browserClock,
      events: {
        onMse: (mime) => this.#takeType(mime),
        onBytes: (bytes) => this.#take(bytes),
        onStream: (news) => {
          this.#stream = news;
          events.onStream(news);
        },
        onStats: (stats) => {
          this.#mediaStartMs = stats.mediaStartMs;
          events.onStats(stats);
        },
        onEnd: (reason) => this.#context?.lost(reason),
      },
    });
  }

  async open(context: DialContext): Promise<this> {
    this.#context = context;
    context.signal.addEventListener('abort', () => this.close(), { once: true });
    try {
      await this.#client.open();
      this.#client.sendQuality(this.#options.quality);
      await this.#client.startMse(playableCodecs());
      return this;
    } catch (cause) {
      this.close();
      throw cause;
    }
  }

  async ping(signal: AbortSignal): Promise<void> {
    let answered = false;
    this.#client.ping().then(() => {
      answered = true;
    });
    while (!signal.aborted) {
      const isAway = this.#stream !== undefined && this.#stream.state !== 'live';
      if (this.#bytes > this.#bytesSeen || (answered && isAway)) {
        this.#bytesSeen = this.#bytes;
        return;
      }
      await new Promise<void>((resolve) => browserClock.after(PROGRESS_PERIOD_MS, resolve));
    }
  }

  snapshot(): Promise<StatsSnapshot> {
    const quality = this.#video?.getVideoPlaybackQuality();
    const position = this.#video?.currentTime ?? 0;
    const start = this.#mediaStartMs;
    this.#behindMs += (this.#feed?.behindS ?? 0) * 1_000;
    this.#looks++;
    return Promise.resolve(
      mseSnapshot({
        atMs: browserClock.nowMs(),
        mime: this.#mime,
        fragments: this.#fragments,
        bytes: this.#bytes,
        framesDecoded: quality?.totalVideoFrames ?? null,
        framesDropped: quality?.droppedVideoFrames ?? null,
        width: this.#video?.videoWidth ?? 0,
        height: this.#video?.videoHeight ?? 0,
        behindMs: this.#behindMs,
        looks: this.#looks,
        playoutTimestampMs: start === null ? null : start + position * 1_000,
      }),
    );
  }

  setQuality(wish: QualityWish): void {
    this.#client.sendQuality(wish);
  }

  /** Idempotent. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#steering?.cancel();
    this.#options.events.onClosing(this.medium);
    this.#client.close();
  }

  #attach(video: HTMLVideoElement): void {
    const Source = mediaSourceClass();
    if (!Source) return;
    this.#video = video;
    // Safari's managed kind plays only where nothing else could take the picture away.
    video.disableRemotePlayback = true;
    const source = new Source();
    this.#source = source;
    const url = URL.createObjectURL(source);
    source.addEventListener('sourceopen', () => {
      URL.revokeObjectURL(url);
      this.#begin();
    });
    video.addEventListener('error', () => this.#fail(video.error?.message ?? 'unknown'));
    video.src = url;
  }

  /** The same type again: another beginning, for which the buffer needs nothing. */
  #takeType(mime: string): void {
    const isNew = mime !== this.#mime;
    this.#mime = mime;
    if (this.#feed && isNew) this.#guard(() => this.#feed?.takeType(mime));
    if (this.#feed) return;
    this.#early = [];
    this.#begin();
  }

  #take(bytes: Uint8Array): void {
    this.#fragments++;
    this.#bytes += bytes.length;
    if (this.#feed) this.#guard(() => this.#feed?.take(bytes));
    else if (this.#bytes > MAX_EARLY_BYTES) this.#fail('it does not open its buffer');
    else this.#early.push(bytes);
  }

  /** Both are needed: an open source and the type. */
  #begin(): void {
    const [source, video] = [this.#source, this.#video];
    if (this.#feed || this.#closed || this.#mime === '') return;
    if (!video || source?.readyState !== 'open') return;
    this.#guard(() => {
      const buffer = source.addSourceBuffer(this.#mime);
      const feed = new MseFeed(new ElementBuffer(video, buffer), () => {
        this.#context?.lost('The page did not keep up with its picture.');
      });
      this.#feed = feed;
      buffer.addEventListener('updateend', () => this.#guard(() => feed.pump()));
      for (const bytes of this.#early.splice(0)) feed.take(bytes);
      this.#steering = browserClock.every(STEER_PERIOD_MS, () => this.#guard(() => feed.steer()));
    });
  }

  /** What a media element has against it ends the link, not the page. */
  #guard(action: () => void): void {
    try {
      if (!this.#closed) action();
    } catch (error) {
      this.#fail(String(error));
    }
  }

  #fail(reason: string): void {
    if (this.#closed) return;
    const cause = new UnavailableError(`The browser cannot play it: ${reason}`);
    this.#context?.lost(cause.message);
  }
}
