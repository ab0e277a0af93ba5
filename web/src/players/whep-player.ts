// A live picture that keeps itself alive: connects, finds a way, shows figures, survives the network and
// the server.

import { Connection } from '#client/connection.ts';
import type { ConnectionState } from '#client/connection-state.ts';
import { frameAgeMs } from '#client/frame-age.ts';
import type { Negotiation, QualityWish } from '#client/negotiation.ts';
import { PathChain } from '#client/path-chain.ts';
import type { StreamNews, ViewerStats } from '#client/signalling-client.ts';
import { SignallingNegotiation } from '#client/signalling-negotiation.ts';
import { signallingUrl } from '#client/signalling-url.ts';
import type { StatsSnapshot } from '#client/stats-snapshot.ts';
import { computeFigures, type StreamFigures } from '#client/stream-figures.ts';
import { WhepNegotiation } from '#client/whep-negotiation.ts';
import type { Timer } from '#std/clock.ts';
import { browserClock } from './browser-clock.ts';
import { browserFetch } from './browser-fetch.ts';
import { openBrowserSocket } from './browser-socket.ts';
import { chainMemory } from './chain-memory.ts';
import { playableCodecs } from './media-source.ts';
import { MseLink } from './mse-link.ts';
import type { PagePresence } from './page-presence.ts';
import { PeerLink } from './peer-link.ts';
import type { PlayerLink } from './player-link.ts';
import { watchHeight } from './stage-size.ts';
import { VideoStage } from './video-stage.ts';

/** All ways together; each gives up by itself before that. */
const CONNECT_TIMEOUT_MS = 60_000;

/** An offer by WHEP: the server itself gives a camera 8 s to start, and a conversion 6 s. */
const OFFER_TIMEOUT_MS = 20_000;

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
  /** How the stream itself stands, where the server says so. */
  readonly stream: StreamNews | null;
  /** What the server sends and why, where it says so. */
  readonly sent: ViewerStats['viewer'] | null;
  readonly quality: QualityWish['mode'];
}

export class WhepPlayer {
  readonly #url: string;
  readonly #presence: PagePresence;
  readonly #stage = new VideoStage();
  readonly #listeners = new Set<(view: PlayerView) => void>();
  readonly #chain: PathChain<PlayerLink>;
  readonly #connection: Connection<PlayerLink>;
  readonly #endings: readonly (() => void)[];
  readonly #ticker: Timer;
  #quality: QualityWish = { mode: 'auto' };
  #stream: StreamNews | null = null;
  #sent: ViewerStats['viewer'] | null = null;
  #snapshot: StatsSnapshot | null = null;
  #figures: StreamFigures | null = null;
  #playing = false;
  #dialedAtMs = 0;
  readonly #news = {
    onStream: (news: StreamNews): void => {
      this.#stream = news;
      if (news.state !== 'live') this.#chain.noteStreamAway();
      this.#emit();
    },
    onStats: ({ viewer }: ViewerStats): void => {
      this.#sent = viewer;
    },
  };
  #firstFrameMs: number | null = null;

  /** `url`: the stream's WHEP, absolute. */
  constructor(url: string, presence: PagePresence) {
    this.#url = url;
    this.#presence = presence;
    this.#chain = this.#createChain();
    this.#connection = new Connection<PlayerLink>({
      clock: browserClock,
      random: Math.random,
      connectTimeoutMs: CONNECT_TIMEOUT_MS,
      pingIntervalMs: PING_INTERVAL_MS,
      pingTimeoutMs: PING_TIMEOUT_MS,
      dial: (context) => {
        this.#dialedAtMs = browserClock.nowMs();
        return this.#chain.dial(context);
      },
    });
    this.#connection.subscribe((state) => this.#handleState(state));
    this.#endings = [
      presence.attach(this.#connection),
      watchHeight(this.#stage.element, (heightPixels) => {
        this.#setQuality({ ...this.#quality, heightPixels });
      }),
    ];
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
      stream: this.#stream,
      sent: this.#sent,
      quality: this.#quality.mode,
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
    this.#chain.rest();
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

  /** `auto`: what suits the size of the picture and the link. */
  setQualityMode(mode: QualityWish['mode']): void {
    this.#setQuality({ ...this.#quality, mode });
    this.#emit();
  }

  /** For good. */
  close(): void {
    this.#ticker.cancel();
    this.#listeners.clear();
    this.#connection.close();
    this.#chain.rest();
    for (const end of this.#endings) end();
    this.#stage.clear();
  }

  #createChain(): PathChain<PlayerLink> {
    const canMse = playableCodecs().length > 0;
    return new PathChain<PlayerLink>({
      clock: browserClock,
      memory: chainMemory,
      onBetter: () => this.#connection.retryNow('WebRTC gets through again.'),
      ways: {
        webrtcBySocket: (context) => {
          const onBreak = (livedMs: number) => this.#chain.noteBreak(livedMs);
          const negotiate = (onEnd: (reason: string) => void) => this.#negotiateBySocket(onEnd);
          return this.#show(this.#createPeerLink({ negotiate, onBreak })).open(context);
        },
        webrtcByWhep: (context) => {
          // Without a socket nobody says whether the stream itself stopped.
          const onBreak = () => undefined;
          const negotiate = () => this.#negotiateByWhep();
          return this.#show(this.#createPeerLink({ negotiate, onBreak })).open(context);
        },
        mse: canMse ? (context) => this.#show(this.#createMseLink()).open(context) : undefined,
      },
    });
  }

  #createPeerLink(
    options: Pick<ConstructorParameters<typeof PeerLink>[0], 'negotiate' | 'onBreak'>,
  ): PlayerLink {
    return new PeerLink({ ...options, onClosing: (medium) => this.#stage.release(medium) });
  }

  #createMseLink(): PlayerLink {
    return new MseLink({
      url: signallingUrl(this.#url),
      quality: this.#quality,
      events: { ...this.#news, onClosing: (medium) => this.#stage.release(medium) },
    });
  }

  #negotiateBySocket(onEnd: (reason: string) => void): Negotiation {
    const options = {
      url: signallingUrl(this.#url),
      openSocket: openBrowserSocket,
      clock: browserClock,
      // The session's cookie goes along by itself.
      secret: null,
      events: { ...this.#news, onEnd },
    };
    return new SignallingNegotiation(options, this.#quality);
  }

  #negotiateByWhep(): Negotiation {
    const timeout = () => AbortSignal.timeout(OFFER_TIMEOUT_MS);
    return new WhepNegotiation({ url: this.#url, fetch: browserFetch, timeout });
  }

  #setQuality(quality: QualityWish): void {
    this.#quality = quality;
    this.#connection.link?.setQuality(quality);
  }

  /** Its picture comes on screen as soon as it has one. */
  #show(link: PlayerLink): PlayerLink {
    this.#stage.prepare(link.medium, {
      onFirstFrame: () => {
        this.#playing = true;
        this.#firstFrameMs = browserClock.nowMs() - this.#dialedAtMs;
        this.#emit();
      },
    });
    return link;
  }

  #handleState({ kind }: ConnectionState): void {
    const { link } = this.#connection;
    // A link that was tried beside another has its picture on screen already.
    this.#playing = link !== undefined && this.#stage.shows(link.medium);
    if (kind !== 'connected') {
      this.#snapshot = null;
      this.#figures = null;
      this.#sent = null;
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
