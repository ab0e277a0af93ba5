// A peer connection negotiated over a WebSocket, which stays open as long as the session.

import type { CandidateFragment } from './candidate-fragment.ts';
import type { IceServer } from './link-header.ts';
import type { NegotiatedSession, Negotiation, QualityWish } from './negotiation.ts';
import { SignallingClient, type SignallingOptions } from './signalling-client.ts';

export class SignallingNegotiation implements Negotiation {
  readonly #client: SignallingClient;
  readonly #quality: QualityWish;
  #isStreamAway = false;

  /** `quality` is known from the start: the first picture has the right size. */
  constructor(options: SignallingOptions, quality: QualityWish) {
    const { events } = options;
    this.#quality = quality;
    this.#client = new SignallingClient({
      ...options,
      events: {
        onStats: (stats) => events.onStats(stats),
        onEnd: (reason) => events.onEnd(reason),
        onStream: (news) => {
          this.#isStreamAway = news.state !== 'live';
          events.onStream(news);
        },
      },
    });
  }

  get isStreamAway(): boolean {
    return this.#isStreamAway;
  }

  async offer(sdp: string): Promise<NegotiatedSession> {
    await this.#client.open();
    this.#client.sendQuality(this.#quality);
    const { sdp: answer, iceServers } = await this.#client.offer(sdp);
    // What JSON does not have is absent, never undefined.
    return { answer, iceServers: iceServers as readonly IceServer[] };
  }

  trickle({ candidates, complete }: CandidateFragment): void {
    for (const candidate of candidates) this.#client.sendCandidate(candidate);
    if (complete) this.#client.sendCandidate('');
  }

  setQuality(wish: QualityWish): void {
    this.#client.sendQuality(wish);
  }

  ping(): Promise<void> {
    return this.#client.ping();
  }

  close(): void {
    this.#client.close();
  }
}
