// A peer connection negotiated by WHEP: where WebSockets do not get through.

import type { CandidateFragment } from './candidate-fragment.ts';
import type { Fetch } from './http.ts';
import type { NegotiatedSession, Negotiation } from './negotiation.ts';
import { closeWhep, openWhep, trickleWhep, type WhepSession } from './whep.ts';

interface WhepNegotiationOptions {
  /** Absolute. */
  readonly url: string;
  readonly fetch: Fetch;
  /**
   * Of the offer alone. It is never cut off half-way, because the server may have opened a viewer
   * whose address we would not learn; it is waited for and then ended.
   */
  readonly timeout: () => AbortSignal;
}

export class WhepNegotiation implements Negotiation {
  readonly isStreamAway = false;
  readonly #options: WhepNegotiationOptions;
  #session: WhepSession | undefined;
  #isClosed = false;

  constructor(options: WhepNegotiationOptions) {
    this.#options = options;
  }

  async offer(sdp: string): Promise<NegotiatedSession> {
    const { url, fetch, timeout } = this.#options;
    const session = await openWhep(fetch, { url, sdp, signal: timeout() });
    this.#session = session;
    if (this.#isClosed) closeWhep(fetch, session.location);
    return session;
  }

  trickle(candidates: CandidateFragment): void {
    if (!this.#session || this.#isClosed) return;
    trickleWhep(this.#options.fetch, this.#session, candidates).catch(() => undefined);
  }

  /** WHEP has no words for it. */
  setQuality(): void {}

  ping(): Promise<void> {
    return Promise.resolve();
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    if (this.#session) closeWhep(this.#options.fetch, this.#session.location);
  }
}
