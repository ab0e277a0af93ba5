// How a peer connection finds its other end: by WHEP or over a WebSocket.

import type { CandidateFragment } from './candidate-fragment.ts';
import type { IceServer } from './link-header.ts';

export interface NegotiatedSession {
  readonly answer: string;
  readonly iceServers: readonly IceServer[];
}

/** Height of the picture on the screen, in its own pixels, and whether that decides. */
export interface QualityWish {
  readonly mode: 'auto' | 'main' | 'sub';
  readonly heightPixels?: number;
}

export interface Negotiation {
  /** Once. Rejects with what the server has against it. */
  offer(sdp: string): Promise<NegotiatedSession>;
  /** Candidates only help: what goes wrong with them is nobody's concern. */
  trickle(candidates: CandidateFragment): void;
  setQuality(wish: QualityWish): void;
  /** Where the server can say that there is no medium to be expected just now. */
  readonly isStreamAway: boolean;
  /** Resolves when the server has answered. */
  ping(): Promise<void>;
  /** Ends the session. Idempotent. */
  close(): void;
}
