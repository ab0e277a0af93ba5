// All viewers of this server: who may join, who has vanished, and what was sent in all.

import type { ViewerView } from '#contract/streams.ts';
import type { Log } from '#core/ports/log.ts';
import type { PeerTransport } from '#core/ports/peer-transport.ts';
import { type Offer, readOffer } from '#media/sdp/offer.ts';
import { readTrickleFragment } from '#media/sdp/trickle-fragment.ts';
import type { Clock, Timer } from '#std/clock.ts';
import { ClosedError, InputError, NotFoundError, UnavailableError } from '#std/errors.ts';
import { type Agreement, negotiate } from './negotiate.ts';
import type { Outbox } from './outbox.ts';
import { Pacer } from './pacer.ts';
import { assignPlaces, formatAnswer } from './places.ts';
import type { Streams } from './streams.ts';
import { Subscriber } from './subscriber.ts';
import { Viewer } from './viewer.ts';
import { addViewer, emptyTotals, type ViewerTotals } from './viewer-totals.ts';

const TICK_MS = 1_000;

interface ViewersOptions {
  readonly clock: Clock;
  readonly streams: Streams;
  readonly transport: PeerTransport;
  readonly outbox: Outbox;
  readonly log: Log;
  readonly maxViewers: number;
  /** A word that nobody can guess: the ids of viewers and the keys of their sessions. */
  readonly newId: () => string;
  /** 32 random bits. */
  readonly randomWord: () => number;
}

interface Join {
  readonly streamId: string;
  readonly offer: string;
  readonly userAgent: string | undefined;
}

interface Session {
  readonly viewer: Viewer;
  readonly offer: Offer;
  readonly etag: string;
}

export class Viewers {
  readonly #options: ViewersOptions;
  readonly #pacer: Pacer;
  readonly #sessions = new Map<string, Session>();
  readonly #counts = new Map<string, number>();
  readonly #ticker: Timer;
  readonly #goneTotals = emptyTotals();
  #joining = 0;
  #closed = false;

  constructor(options: ViewersOptions) {
    this.#options = options;
    this.#pacer = new Pacer(options.clock, options.outbox);
    this.#ticker = options.clock.every(TICK_MS, () => this.#tick());
  }

  get size(): number {
    return this.#sessions.size;
  }

  /** What was sent to all viewers ever: never goes down when one leaves. */
  totals(): ViewerTotals {
    const totals = { ...this.#goneTotals };
    for (const { viewer } of this.#sessions.values()) addViewer(totals, viewer);
    return totals;
  }

  views(streamId?: string): ViewerView[] {
    const views: ViewerView[] = [];
    for (const { viewer } of this.#sessions.values()) {
      if (streamId === undefined || viewer.streamId === streamId) views.push(viewer.view());
    }
    return views;
  }

  /** Kept, not counted: the list of streams asks for it once a stream. */
  count(streamId: string): number {
    return this.#counts.get(streamId) ?? 0;
  }

  async join(join: Join): Promise<{ sessionKey: string; answer: string; etag: string }> {
    const stream = this.#options.streams.get(join.streamId);
    const offer = readOffer(join.offer);
    const agreements = negotiate(stream, offer.media);
    this.#admit();
    this.#joining++;
    try {
      return await this.#open(join, offer, agreements);
    } finally {
      this.#joining--;
    }
  }

  trickle(streamId: string, sessionKey: string, fragment: string, etag: string | undefined): void {
    const session = this.#find(streamId, sessionKey);
    if (etag !== undefined && etag !== session.etag) throw staleSession();
    const { ufrag, pwd, candidates } = readTrickleFragment(fragment);
    const { transport } = session.offer;
    if ((ufrag ?? transport.ufrag) !== transport.ufrag) throw iceRestart();
    if ((pwd ?? transport.pwd) !== transport.pwd) throw iceRestart();
    for (const candidate of candidates) session.viewer.peer?.addCandidate(candidate);
  }

  leave(streamId: string, sessionKey: string): void {
    this.#end(this.#find(streamId, sessionKey).viewer, 'left');
  }

  close(): void {
    this.#closed = true;
    this.#ticker.cancel();
    for (const { viewer } of this.#sessions.values()) this.#end(viewer, 'server is closing');
  }

  #admit(): void {
    if (this.#closed) throw new ClosedError('The server is closing. Try again in some seconds.');
    const { maxViewers } = this.#options;
    if (this.#sessions.size + this.#joining < maxViewers || this.#freePlace()) return;
    throw new UnavailableError(
      `All ${maxViewers} places for viewers are taken (webrtc.max_peers). Try again later.`,
      { code: 'too_many_viewers' },
    );
  }

  /** Offers that nobody follows up must not keep viewers out: the oldest of them goes. */
  #freePlace(): boolean {
    const nowMs = this.#options.clock.nowMs();
    for (const { viewer } of this.#sessions.values()) {
      if (!viewer.yieldsPlace(nowMs)) continue;
      this.#end(viewer, 'place given to another');
      return true;
    }
    return false;
  }

  async #open(join: Join, offer: Offer, agreements: (Agreement | undefined)[]) {
    const id = this.#options.newId();
    const viewer = this.#createViewer(id, join);
    const peer = await this.#options.transport.open(id, offer.transport, viewer);
    if (this.#closed) {
      peer.close();
      throw new ClosedError('The server is closing. Try again in some seconds.');
    }
    const { outbox, randomWord } = this.#options;
    const places = assignPlaces(agreements, randomWord);
    const subscribers = places
      .filter((place) => place !== undefined)
      .map(({ track, lane }) => new Subscriber(track, { peer, outbox, lane, randomWord }));
    const etag = peer.local.ufrag;
    this.#sessions.set(viewer.key, { viewer, offer, etag });
    this.#counts.set(viewer.streamId, this.count(viewer.streamId) + 1);
    viewer.seat(peer, subscribers);
    this.#logJoin(viewer, agreements);
    const answer = formatAnswer(offer, { viewerId: id, places, local: peer.local });
    return { sessionKey: viewer.key, etag, answer };
  }

  #createViewer(id: string, { streamId, userAgent }: Join): Viewer {
    const onState = (viewer: Viewer) => this.#handleState(viewer);
    const { clock } = this.#options;
    return new Viewer({
      id,
      key: this.#options.newId(),
      streamId,
      userAgent,
      clock,
      pacer: this.#pacer,
      onState,
    });
  }

  #handleState(viewer: Viewer): void {
    const { state, path } = viewer;
    const fields = { viewer: viewer.id, stream: viewer.streamId };
    this.#options.log.info(`ICE connection state: ${state}`, {
      ...fields,
      path: path?.protocol,
      remote: path?.remote,
    });
    if (state === 'failed' || state === 'closed') this.#end(viewer, `connection ${state}`);
  }

  #tick(): void {
    const nowMs = this.#options.clock.nowMs();
    for (const { viewer } of this.#sessions.values()) {
      const reason = viewer.tick(nowMs);
      if (reason) this.#end(viewer, reason);
    }
  }

  #find(streamId: string, sessionKey: string): Session {
    const session = this.#sessions.get(sessionKey);
    if (session?.viewer.streamId === streamId) return session;
    throw new NotFoundError(
      `Stream "${streamId}" has no such session: its viewer left, vanished or never was. Join again.`,
      { code: 'viewer_not_found' },
    );
  }

  #end(viewer: Viewer, reason: string): void {
    if (!this.#sessions.delete(viewer.key)) return;
    this.#counts.set(viewer.streamId, this.count(viewer.streamId) - 1);
    viewer.close();
    addViewer(this.#goneTotals, viewer);
    this.#options.log.info('Viewer left', { viewer: viewer.id, stream: viewer.streamId, reason });
  }

  #logJoin(viewer: Viewer, agreements: (Agreement | undefined)[]): void {
    const fields = { viewer: viewer.id, stream: viewer.streamId };
    for (const agreement of agreements) {
      if (agreement?.media.kind !== 'video') continue;
      this.#options.log.info('Video codec selected based on client support', {
        ...fields,
        codec: agreement.codec.name,
        payloadType: agreement.codec.payloadType,
      });
    }
  }
}

function staleSession(): InputError {
  return new InputError(
    'If-Match does not name the present ICE session. Use the ETag of the answer.',
    { code: 'stale_session' },
  );
}

function iceRestart(): InputError {
  return new InputError(
    'The fragment has other credentials: an ICE restart, which is not supported. Make a new viewer with POST and keep the last picture on screen meanwhile.',
    { code: 'ice_restart_unsupported' },
  );
}
