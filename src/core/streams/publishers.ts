// All publishers by WebRTC: who may publish, and who has vanished.

import type { Log } from '#core/ports/log.ts';
import type { Peer, PeerTransport } from '#core/ports/peer-transport.ts';
import { CaptureClocks } from '#media/rtp/capture-clock.ts';
import { type Offer, readOffer } from '#media/sdp/offer.ts';
import { writePublishAnswer } from '#media/sdp/publish-answer.ts';
import { choosePublished, type PublishChoice } from '#media/sdp/publish-choice.ts';
import type { Clock, Timer } from '#std/clock.ts';
import { ClosedError, InputError, NotFoundError, UnavailableError } from '#std/errors.ts';
import type { PublishPoint } from './publish-point.ts';
import { PublishedTrack } from './published-track.ts';
import type { Publication } from './publishing.ts';
import { takeTrickle } from './trickle.ts';
import { WhipSession } from './whip-session.ts';

const TICK_MS = 1_000;

interface PublishersOptions {
  readonly clock: Clock;
  readonly transport: PeerTransport;
  readonly log: Log;
  /** Of a stream that takes publishers. Throws `stream_not_found`, `not_publishable`. */
  readonly pointOf: (streamId: string) => PublishPoint;
  /** A word that nobody can guess: the ids of publishers and the keys of their sessions. */
  readonly newId: () => string;
  /** 32 random bits. */
  readonly randomWord: () => number;
}

interface PublishRequest {
  readonly streamId: string;
  readonly offer: string;
}

interface Held {
  readonly session: WhipSession;
  readonly offer: Offer;
  readonly etag: string;
}

export class Publishers {
  readonly #options: PublishersOptions;
  /** One for each stream at most, since a stream has one place. */
  readonly #held = new Map<string, Held>();
  readonly #ticker: Timer;
  #closed = false;

  constructor(options: PublishersOptions) {
    this.#options = options;
    this.#ticker = options.clock.every(TICK_MS, () => this.#tick());
  }

  get size(): number {
    return this.#held.size;
  }

  async publish(
    request: PublishRequest,
  ): Promise<{ sessionKey: string; answer: string; etag: string }> {
    const point = this.#options.pointOf(request.streamId);
    const offer = readOffer(request.offer);
    const choice = choose(request.streamId, offer);
    if (this.#closed) throw closing();
    this.#freePlace(point);
    const session = this.#createSession(request.streamId, choice);
    const publication = point.open(session);
    try {
      return await this.#open(session, publication, { offer, choice });
    } catch (error) {
      publication.close('the connection could not be opened');
      throw error;
    }
  }

  trickle(streamId: string, sessionKey: string, fragment: string, etag: string | undefined): void {
    const { session, ...ice } = this.#find(streamId, sessionKey);
    takeTrickle({ ...ice, peer: session.peer }, fragment, etag);
  }

  leave(streamId: string, sessionKey: string): void {
    this.#end(this.#find(streamId, sessionKey).session, 'left');
  }

  close(): void {
    this.#closed = true;
    this.#ticker.cancel();
    for (const { session } of this.#held.values()) this.#end(session, 'server is closing');
  }

  async #open(
    session: WhipSession,
    publication: Publication,
    { offer, choice }: { offer: Offer; choice: PublishChoice },
  ) {
    const peer = await this.#options.transport.open(session.id, offer.transport, session);
    this.#refuseIfOver(session, peer);
    const etag = peer.local.ufrag;
    this.#held.set(session.key, { session, offer, etag });
    const { codecs } = choice;
    const answer = writePublishAnswer(offer, { sessionId: '1', local: peer.local, codecs });
    this.#logAccepted(session, choice);
    session.seat(publication, peer);
    return { sessionKey: session.key, etag, answer };
  }

  /** Who never connected, or fell silent, must not keep the next publisher out. */
  #freePlace({ publisher }: PublishPoint): void {
    if (!(publisher instanceof WhipSession)) return;
    if (publisher.yieldsPlace(this.#options.clock.nowMs())) {
      this.#end(publisher, 'place given to another');
    }
  }

  #createSession(streamId: string, { codecs, ignored }: PublishChoice): WhipSession {
    const { clock, newId, randomWord } = this.#options;
    const localSsrc = randomWord();
    const clocks = new CaptureClocks();
    const tracks = codecs
      .filter((codec) => codec !== undefined)
      .map((codec) => {
        const captureClock = clocks.add(codec.clockRate);
        return new PublishedTrack({ codec, localSsrc, captureClock });
      });
    return new WhipSession({
      id: newId(),
      key: newId(),
      streamId,
      tracks,
      ignored,
      localSsrc,
      clock,
      onState: (session) => this.#handleState(session),
      onEnd: (session, reason) => this.#end(session, reason),
    });
  }

  /** Much can happen while a peer opens. */
  #refuseIfOver({ streamId, ended }: WhipSession, peer: Peer): void {
    if (!this.#closed && ended === undefined) return;
    peer.close();
    if (this.#closed) throw closing();
    throw new UnavailableError(`Stream "${streamId}" takes no publisher: ${ended}. Try again.`, {
      code: 'stream_not_ready',
    });
  }

  #handleState(session: WhipSession): void {
    const { state, peer } = session;
    const path = peer?.path();
    this.#options.log.info(`ICE connection state: ${state}`, {
      publisher: session.id,
      stream: session.streamId,
      path: path?.protocol,
      remote: path?.remote,
    });
    if (state === 'failed' || state === 'closed') this.#end(session, `connection ${state}`);
  }

  #tick(): void {
    const nowMs = this.#options.clock.nowMs();
    for (const { session } of this.#held.values()) {
      const reason = session.tick(nowMs);
      if (reason) this.#end(session, reason);
    }
  }

  #find(streamId: string, sessionKey: string): Held {
    const held = this.#held.get(sessionKey);
    if (held?.session.streamId === streamId) return held;
    throw new NotFoundError(
      `Stream "${streamId}" has no such session: its publisher left, vanished or never was. Publish again.`,
      { code: 'publisher_not_found' },
    );
  }

  #end(session: WhipSession, reason: string): void {
    if (!this.#held.delete(session.key)) return;
    session.close(reason);
    const fields = { publisher: session.id, stream: session.streamId, reason };
    this.#options.log.info('Publisher left', fields);
  }

  #logAccepted({ id, streamId }: WhipSession, { codecs, ignored }: PublishChoice): void {
    this.#options.log.info('Publisher accepted', {
      publisher: id,
      stream: streamId,
      codecs: codecs.flatMap((codec) => codec?.name ?? []).join(', '),
      ignored: ignored.join('; ') || undefined,
    });
  }
}

function closing(): ClosedError {
  return new ClosedError('The server is closing. Try again in some seconds.');
}

function choose(streamId: string, offer: Offer): PublishChoice {
  const choice = choosePublished(offer.media);
  if (choice.refusal === undefined) return choice;
  throw new InputError(
    `Stream "${streamId}" cannot take what is offered (${choice.refusal}). Send H264 with packetization-mode=1, and opus for sound.`,
    { code: 'codec_refused' },
  );
}
