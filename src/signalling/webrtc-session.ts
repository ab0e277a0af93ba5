// A viewer by WebRTC, offered over a WebSocket: its offer, its candidates, its wishes.

import type { IceServer } from '#contract/ice-server.ts';
import type { ViewerView } from '#contract/streams.ts';
import type { QualityWish } from '#core/streams/quality.ts';
import type { Joined } from '#core/streams/viewers.ts';
import { NotFoundError } from '#std/errors.ts';
import type { Session, SessionLink, SessionRequest } from './session.ts';

/** Rejects if the stream can't be watched so. */
export async function openWebrtcSession(
  offer: string,
  { quality, onEnd }: SessionRequest,
  link: SessionLink,
): Promise<Session> {
  const { streamId, userAgent, options } = link;
  let session: WebrtcSession | undefined;
  const joined = await options.viewers.join({
    streamId,
    offer,
    userAgent,
    protocol: 'ws',
    quality,
    onEnd: (reason) => {
      if (!session?.isClosed) onEnd(reason);
    },
  });
  session = new WebrtcSession(joined, link);
  return session;
}

class WebrtcSession implements Session {
  readonly mediaStartMs = null;
  readonly droppedFrames = 0;
  readonly #joined: Joined;
  readonly #link: SessionLink;
  #isClosed = false;

  constructor(joined: Joined, link: SessionLink) {
    this.#joined = joined;
    this.#link = link;
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  begin(): void {
    const { wire, options } = this.#link;
    const { answer, codec, viewerId } = this.#joined;
    const iceServers = options.iceServers.map(formatIceServer);
    wire.send({ type: 'answer', sdp: answer, codec: codec ?? null, viewer: viewerId, iceServers });
    // All of ours are in the answer.
    wire.send({ type: 'candidate', candidate: '' });
  }

  addCandidate(candidate: string): void {
    const line = candidate === '' ? 'a=end-of-candidates' : `a=${candidate.replace(/^a=/, '')}`;
    this.#use(({ sessionKey, etag }) => {
      const { streamId, options } = this.#link;
      options.viewers.trickle(streamId, sessionKey, `${line}\r\n`, etag);
    });
  }

  setQuality(wish: QualityWish): boolean {
    this.#use(({ sessionKey }) => {
      this.#link.options.viewers.setQuality(this.#link.streamId, sessionKey, wish);
    });
    return true;
  }

  view(): ViewerView | undefined {
    let view: ViewerView | undefined;
    this.#use(({ sessionKey }) => {
      const { streamId, options } = this.#link;
      view = options.viewers.list.find(streamId, sessionKey).view();
    });
    return view;
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#use(({ sessionKey }) => {
      this.#link.options.viewers.leave(this.#link.streamId, sessionKey);
    });
  }

  /** A viewer that has ended by itself in the meantime needs nothing more. */
  #use(what: (joined: Joined) => void): void {
    try {
      what(this.#joined);
    } catch (error) {
      if (!(error instanceof NotFoundError)) throw error;
    }
  }
}

/** As `RTCConfiguration` has them. */
function formatIceServer({ url, username, credential }: IceServer) {
  return {
    urls: url,
    ...(username !== undefined && { username }),
    ...(credential !== undefined && { credential }),
  };
}
