// When any packet's sound was captured: the time extension tells it for one packet in 5 s (PRODUCT 2.5),
// and the RTP clock counts on from there.

import { timestampDistance } from '#media/rtp/distance.ts';

/** 32 plain streams, and as many after a change. The first one is forgotten. */
const MAX_STREAMS = 64;
/** Twelve extensions have been lost, and two crystals may have parted by 6 ms: better no figure. */
const MAX_EXTRAPOLATION_MS = 60_000;

interface TimedPacket {
  readonly ssrc: number;
  readonly timestamp: number;
}

interface Anchor {
  timestamp: number;
  serverTimeMs: number;
}

export class CaptureTimes {
  readonly #ticksPerMs: number;
  readonly #anchors = new Map<number, Anchor>();

  /** Of the RTP timestamps. */
  constructor(clockRate: number) {
    this.#ticksPerMs = clockRate / 1_000;
  }

  /** A packet had the extension. One that was overtaken by a later one tells nothing new. */
  take({ ssrc, timestamp }: TimedPacket, serverTimeMs: number): void {
    const anchor = this.#anchors.get(ssrc);
    if (!anchor) {
      this.#forgetFirst();
      this.#anchors.set(ssrc, { timestamp, serverTimeMs });
    } else if (this.#distanceMs(anchor, timestamp) >= 0 || this.#isFar(anchor, timestamp)) {
      anchor.timestamp = timestamp;
      anchor.serverTimeMs = serverTimeMs;
    }
  }

  /** In ms since 1970 by the server's clock, to within 1 ms; null while it can't be told. */
  capturedAtMs({ ssrc, timestamp }: TimedPacket): number | null {
    const anchor = this.#anchors.get(ssrc);
    if (!anchor || this.#isFar(anchor, timestamp)) return null;
    return anchor.serverTimeMs + this.#distanceMs(anchor, timestamp);
  }

  #isFar(anchor: Anchor, timestamp: number): boolean {
    return Math.abs(this.#distanceMs(anchor, timestamp)) > MAX_EXTRAPOLATION_MS;
  }

  #distanceMs(anchor: Anchor, timestamp: number): number {
    return timestampDistance(anchor.timestamp, timestamp) / this.#ticksPerMs;
  }

  #forgetFirst(): void {
    if (this.#anchors.size < MAX_STREAMS) return;
    for (const ssrc of this.#anchors.keys()) {
      this.#anchors.delete(ssrc);
      return;
    }
  }
}
