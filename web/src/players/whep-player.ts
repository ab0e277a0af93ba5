// A live picture that keeps itself alive: connects, shows figures, survives the network and the server.

import { Connection } from '#client/connection.ts';
import type { ConnectionState } from '#client/connection-state.ts';
import { frameAgeMs } from '#client/frame-age.ts';
import type { StatsSnapshot } from '#client/stats-snapshot.ts';
import { computeFigures, type StreamFigures } from '#client/stream-figures.ts';
import type { Timer } from '#std/clock.ts';
import { browserClock } from './browser-clock.ts';
import type { PagePresence } from './page-presence.ts';
import { VideoStage } from './video-stage.ts';
import { WhepLink } from './whep-link.ts';

/** Offer, ICE and DTLS are a handful of round trips, and DTLS waits 1 s, then 2 s after a loss. */
const CONNECT_TIMEOUT_MS = 6_000;

/** Media that stands still for 3 s is lost; with the looks' spacing it takes up to 3.75 s to tell. */
const PING_INTERVAL_MS = 500;
const PING_TIMEOUT_MS = 3_000;

const FIGURES_PERIOD_MS = 1_000;

export interface PlayerView {
  readonly connection: ConnectionState;
  /** Seconds until the next attempt, while waiting. */
  readonly retryInS: number | null;
  /** A frame of the present link is on screen. */
  readonly playing: boolean;
  /** Some picture is on screen, perhaps the last one of a link that was lost. */
  readonly picture: boolean;
  readonly muted: boolean;
  readonly figures: StreamFigures | null;
  readonly firstFrameMs: number | null;
  readonly frameAgeMs: number | null;
}

export class WhepPlayer {
  readonly #url: string;
  readonly #presence: PagePresence;
  readonly #stage = new VideoStage();
  readonly #listeners = new Set<(view: PlayerView) => void>();
  readonly #connection: Connection<WhepLink>;
  readonly #detach: () => void;
  readonly #ticker: Timer;
  #snapshot: StatsSnapshot | null = null;
  #figures: StreamFigures | null = null;
  #playing = false;
  #firstFrameMs: number | null = null;

  constructor(url: string, presence: PagePresence) {
    this.#url = url;
    this.#presence = presence;
    this.#connection = new Connection<WhepLink>({
      clock: browserClock,
      random: Math.random,
      connectTimeoutMs: CONNECT_TIMEOUT_MS,
      pingIntervalMs: PING_INTERVAL_MS,
      pingTimeoutMs: PING_TIMEOUT_MS,
      dial: (context) => this.#dial().open(context),
    });
    this.#connection.subscribe((state) => this.#handleState(state));
    this.#detach = presence.attach(this.#connection);
    this.#ticker = browserClock.every(FIGURES_PERIOD_MS, () => void this.#look());
  }

  /** Put it into the page; it holds the picture. */
  get element(): HTMLElement {
    return this.#stage.element;
  }

  /** The element that plays, for full screen and picture in picture. */
  get video(): HTMLVideoElement | undefined {
    return this.#stage.video;
  }

  get view(): PlayerView {
    const { state } = this.#connection;
    const waitMs = state.kind === 'waiting' ? state.retryAtMs - browserClock.nowMs() : null;
    return {
      connection: state,
      retryInS: waitMs === null ? null : Math.max(0, Math.ceil(waitMs / 1_000)),
      playing: this.#playing,
      picture: this.#stage.hasPicture,
      muted: this.#stage.muted,
      figures: this.#figures,
      firstFrameMs: this.#firstFrameMs,
      frameAgeMs: this.#frameAge(),
    };
  }

  /** Calls `listener` after every change, and once a second for the figures. */
  subscribe(listener: (view: PlayerView) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  connect(): void {
    this.#connection.connect();
  }

  /** Ends the viewer and removes the picture; `connect` starts again. */
  disconnect(): void {
    this.#connection.close('disconnected by hand');
    this.#stage.clear();
    this.#emit();
  }

  retryNow(): void {
    this.#connection.retryNow();
  }

  /** The stream may be ready now: do not wait any longer. */
  wake(): void {
    this.#connection.wake();
  }

  setMuted(muted: boolean): void {
    this.#stage.setMuted(muted);
    this.#emit();
  }

  /** For good. */
  close(): void {
    this.#ticker.cancel();
    this.#listeners.clear();
    this.#connection.close();
    this.#detach();
    this.#stage.clear();
  }

  #dial(): WhepLink {
    const link = new WhepLink({
      url: this.#url,
      onClosing: (stream) => this.#stage.release(stream),
    });
    const startedMs = browserClock.nowMs();
    this.#stage.prepare(link.stream, {
      onFirstFrame: () => {
        this.#playing = true;
        this.#firstFrameMs = browserClock.nowMs() - startedMs;
        this.#emit();
      },
    });
    return link;
  }

  #handleState({ kind }: ConnectionState): void {
    if (kind !== 'connected') {
      this.#playing = false;
      this.#snapshot = null;
      this.#figures = null;
    }
    this.#emit();
  }

  async #look(): Promise<void> {
    const { link } = this.#connection;
    const snapshot = await link?.snapshot();
    if (snapshot && this.#connection.link === link) {
      this.#figures = computeFigures(this.#snapshot, snapshot);
      this.#snapshot = snapshot;
    }
    this.#emit();
  }

  /** A picture that stands still has no age worth telling: what the clocks give is of no frame. */
  #frameAge(): number | null {
    if (!this.#playing || this.#figures?.framesPerSecond === 0) return null;
    return frameAgeMs({
      captureTimeMs: this.#stage.captureTimeMs,
      nowMs: browserClock.nowMs(),
      playoutTimestampMs: this.#snapshot?.video?.playoutTimestampMs ?? null,
      wallMs: browserClock.wallMs(),
      serverOffsetMs: this.#presence.serverOffsetMs,
    });
  }

  #emit(): void {
    const { view } = this;
    for (const listener of this.#listeners) listener(view);
  }
}
