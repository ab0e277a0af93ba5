// How viewers join: by WebRTC with an offer, or by watching, as RTSP sessions do.

import type { Log } from '#core/ports/log.ts';
import type { PeerTransport } from '#core/ports/peer-transport.ts';
import { type Offer, readOffer } from '#media/sdp/offer.ts';
import type { Clock } from '#std/clock.ts';
import { InputError, UnavailableError } from '#std/errors.ts';
import { type Choice, choose, type Wish } from './choice.ts';
import { chooseCodec, couldCarry, describeOffer, receives } from './fitting.ts';
import type { Outbox } from './outbox.ts';
import { Pacer } from './pacer.ts';
import { assignPlaces, formatAnswer, type Place } from './places.ts';
import { ProfileChanges } from './profile-changes.ts';
import type { QualityWish } from './quality.ts';
import type { Stream } from './stream.ts';
import type { Streams } from './streams.ts';
import { Subscriber } from './subscriber.ts';
import type { Track } from './track.ts';
import type { TrackFormat } from './track-format.ts';
import { takeTrickle } from './trickle.ts';
import { ViewerList } from './viewer-list.ts';
import { WatchViewer } from './watch-viewer.ts';
import type { Watch, WatchRequest } from './watching.ts';
import { WebrtcViewer } from './webrtc-viewer.ts';

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
  /** Default `whep`. */
  readonly protocol?: 'whep' | 'ws';
  readonly quality?: QualityWish | undefined;
  /** The session is over, whoever ended it. */
  readonly onEnd?: ((reason: string) => void) | undefined;
}

export interface Joined {
  readonly viewerId: string;
  readonly sessionKey: string;
  readonly answer: string;
  /** Names the ICE session. */
  readonly etag: string;
  /** Of the picture, if there is one: `H264`. */
  readonly codec: string | undefined;
}

export class Viewers {
  readonly list: ViewerList;
  readonly #options: ViewersOptions;
  readonly #pacer: Pacer;
  readonly #changes: ProfileChanges;
  readonly #offers = new WeakMap<WebrtcViewer, Offer>();

  constructor(options: ViewersOptions) {
    this.#options = options;
    const { clock, outbox, streams } = options;
    this.#pacer = new Pacer(clock, () => outbox.flush());
    this.list = new ViewerList(options);
    this.#changes = new ProfileChanges({ ...options, list: this.list, codecsOf: this.#codecsOf });
    streams.onGone = (...gone) => this.list.endWatching(...gone);
  }

  /** By WebRTC. Throws what `choose` throws, `invalid_sdp` and `too_many_viewers`. */
  async join(join: Join): Promise<Joined> {
    const stream = this.#options.streams.get(join.streamId);
    const offer = readOffer(join.offer);
    const quality = join.quality ?? { mode: 'auto' };
    return this.list.admit(async () => {
      const choice = await choose(stream, wishOf(offer, quality, stream));
      return keep(choice, () => this.#open(join, offer, { stream, choice, quality }));
    });
  }

  /** By something that carries packets itself. */
  async watch(request: WatchRequest): Promise<Watch> {
    const stream = this.#options.streams.get(request.streamId);
    return this.list.admit(async () => {
      const choice = await choose(stream, watchWish(request));
      return keep(choice, () => {
        this.#checkStill(stream, choice);
        return this.#startWatch(request, choice);
      });
    });
  }

  trickle(streamId: string, sessionKey: string, fragment: string, etag: string | undefined): void {
    const { viewer, offer } = this.#find(streamId, sessionKey);
    const { peer } = viewer;
    takeTrickle({ offer, peer, etag: peer?.local.ufrag ?? '' }, fragment, etag);
  }

  /** Another size on the screen, another wish. */
  setQuality(streamId: string, sessionKey: string, quality: QualityWish): void {
    this.#find(streamId, sessionKey).viewer.quality.wish = quality;
  }

  leave(streamId: string, sessionKey: string): void {
    this.list.end(this.list.find(streamId, sessionKey), 'left');
  }

  close(): void {
    this.#changes.close();
    this.list.close();
  }

  #find(streamId: string, sessionKey: string): { viewer: WebrtcViewer; offer: Offer } {
    const viewer = this.list.find(streamId, sessionKey);
    const offer = viewer instanceof WebrtcViewer ? this.#offers.get(viewer) : undefined;
    if (viewer instanceof WebrtcViewer && offer) return { viewer, offer };
    throw new InputError('This session is no WebRTC session.', { code: 'invalid_input' });
  }

  readonly #codecsOf = (viewer: WebrtcViewer, kind: 'video' | 'audio') =>
    this.#offers.get(viewer)?.media.find((media) => media.kind === kind && receives(media))
      ?.codecs ?? [];

  #startWatch(request: WatchRequest, choice: Choice): WatchViewer {
    const { clock, randomWord, newId, log } = this.#options;
    const viewer = new WatchViewer({
      id: newId(),
      key: newId(),
      request,
      choice,
      clock,
      randomWord,
      pacer: this.#pacer,
      onClosed: (closed) => this.list.end(closed, 'left'),
    });
    this.list.add(viewer);
    const { streamId, protocol, remote } = request;
    log.info('Viewer joined', { viewer: viewer.id, stream: streamId, protocol, remote });
    return viewer;
  }

  async #open(
    join: Join,
    offer: Offer,
    { stream, choice, quality }: { stream: Stream; choice: Choice; quality: QualityWish },
  ): Promise<Joined> {
    const id = this.#options.newId();
    const viewer = this.#createViewer(id, join);
    viewer.quality.wish = quality;
    const peer = await this.#options.transport.open(id, offer.transport, viewer);
    try {
      this.#checkStill(stream, choice);
    } catch (error) {
      peer.close();
      throw error;
    }
    const { outbox, randomWord } = this.#options;
    const tracks = [choice.video, choice.audio].filter((track) => track !== undefined);
    const places = assignPlaces(offer.media, tracks, randomWord);
    const outlet = outbox.outletTo(peer);
    const subscribers = places
      .filter((place) => place !== undefined)
      .map(({ track, lane }) => {
        return new Subscriber(track, { outlet, pacer: this.#pacer, lane, randomWord });
      });
    this.list.add(viewer);
    this.#offers.set(viewer, offer);
    viewer.seat(peer, subscribers, choice);
    const video = places.find((place) => place?.media.kind === 'video');
    this.#logJoin(viewer, video);
    const mayChange = stream.profiles.length > 1;
    const answer = formatAnswer(offer, { viewerId: id, places, local: peer.local, mayChange });
    const codec = video?.track.format.codec;
    return { viewerId: id, sessionKey: viewer.key, etag: peer.local.ufrag, answer, codec };
  }

  #createViewer(id: string, { streamId, userAgent, protocol = 'whep', onEnd }: Join): WebrtcViewer {
    return new WebrtcViewer({
      id,
      key: this.#options.newId(),
      streamId,
      protocol,
      userAgent,
      clock: this.#options.clock,
      onEnd,
      onState: (viewer) => this.#handleState(viewer),
      onKeyFrameNeeded: (viewer) => this.#requestKeyFrame(viewer),
    });
  }

  /** Much can happen while one waits: who is not in the list yet is not told. */
  #checkStill(stream: Stream, { video, audio }: Choice): void {
    this.list.checkOpen();
    const isStill = [video, audio].every((track) => !track || stream.has(track));
    if (isStill) return;
    throw new UnavailableError(
      `Stream "${stream.id}" was removed or changed while you joined. Try again.`,
      { code: 'stream_not_ready' },
    );
  }

  #requestKeyFrame({ streamId, profile }: WebrtcViewer): void {
    const { streams } = this.#options;
    if (streams.has(streamId)) streams.get(streamId).profile(profile)?.requestKeyFrame();
  }

  #handleState(viewer: WebrtcViewer): void {
    const { state, path } = viewer;
    const fields = { viewer: viewer.id, stream: viewer.streamId };
    this.#options.log.info(`ICE connection state: ${state}`, {
      ...fields,
      path: path?.protocol,
      remote: path?.remote,
    });
    if (state === 'failed' || state === 'closed') this.list.end(viewer, `connection ${state}`);
  }

  #logJoin(viewer: WebrtcViewer, video: Place | undefined): void {
    if (!video) return;
    this.#options.log.info('Video codec selected based on client support', {
      viewer: viewer.id,
      stream: viewer.streamId,
      profile: viewer.profile,
      codec: video.codec.name,
      payloadType: video.codec.payloadType,
    });
  }
}

function wishOf({ media }: Offer, quality: QualityWish, stream: Stream): Wish {
  const sectionOf = (kind: string) => media.find((each) => each.kind === kind && receives(each));
  return {
    // A small picture starts with whatever is open: the better fitting one follows at a key frame.
    first: quality.mode === 'sub' || stream.main?.state === 'idle' ? firstFor(quality) : 'main',
    takes: (kind) => sectionOf(kind) !== undefined,
    misfit: (track) => misfit(track, sectionOf(track.format.kind)?.codecs ?? []),
    takesCodec: (codec) =>
      (sectionOf(codec === 'H264' ? 'video' : 'audio')?.codecs ?? []).some((each) =>
        couldCarry(each, codec),
      ),
    offers: describeOffer(media),
  };
}

function firstFor({ mode, heightPixels }: QualityWish): 'main' | 'sub' {
  if (mode !== 'auto') return mode;
  return heightPixels !== undefined && heightPixels <= SMALL_PIXELS ? 'sub' : 'main';
}

/** Up to this height a camera's usual sub stream looks no worse than its main one. */
const SMALL_PIXELS = 576;

function misfit(track: Track, codecs: Parameters<typeof chooseCodec>[1]): string | undefined {
  return chooseCodec(track, codecs) ? undefined : 'which the browser does not offer to receive';
}

/** What conversions end in. */
const CONVERTED: Readonly<Record<'H264' | 'opus', TrackFormat>> = {
  H264: { kind: 'video', codec: 'H264', clockRate: 90_000, parameterSets: [] },
  opus: { kind: 'audio', codec: 'opus', clockRate: 48_000, channels: 2 },
};

function watchWish({ profile, accepts }: WatchRequest): Wish {
  return {
    first: profile ?? 'main',
    takes: () => true,
    misfit: ({ format }) => (accepts(format) ? undefined : 'which this viewer does not take'),
    takesCodec: (codec) => accepts(CONVERTED[codec]),
    offers: 'other codecs',
  };
}

/** Releases what was chosen if nobody gets it after all. */
async function keep<Kept>({ demands }: Choice, use: () => Promise<Kept> | Kept): Promise<Kept> {
  try {
    return await use();
  } catch (error) {
    for (const demand of demands) demand.release();
    throw error;
  }
}
