// Whether a publisher has to be asked for a key frame: again and again until one comes.
//
//     first packet            nothing asked for: an encoder begins with one
//        │ 500 ms
//        ▼
//     asked ──500 ms──▶ asked …  ── a key frame starts ──▶ granted ── wish() ──▶ asked …

import { inspectH264 } from '#media/h264/payload.ts';
import { inspectH265 } from '#media/h265/payload.ts';
import { payloadEnd, payloadStart } from '#media/rtp/header.ts';
import { STARTS_KEY_FRAME } from '#media/video/payload-flags.ts';
import type { VideoFormat } from './track-format.ts';

/** A round trip and an encoder's time for a frame; each key frame costs a burst. */
const ASK_EVERY_MS = 500;

export class KeyFrameWish {
  readonly #inspect: typeof inspectH264;
  #wished = true;
  /** Until then the first one may come by itself. */
  #graceUntilMs = Number.POSITIVE_INFINITY;
  #askedAtMs = Number.NEGATIVE_INFINITY;

  constructor(codec: VideoFormat['codec']) {
    this.#inspect = codec === 'H264' ? inspectH264 : inspectH265;
  }

  wish(): void {
    this.#wished = true;
  }

  /** Looks at what comes; only while there is a wish. */
  see(packet: Uint8Array, nowMs: number): void {
    if (!this.#wished) return;
    if (this.#graceUntilMs === Number.POSITIVE_INFINITY) this.#graceUntilMs = nowMs + ASK_EVERY_MS;
    const start = payloadStart(packet);
    if (start < 0) return;
    if (!(this.#inspect(packet, start, payloadEnd(packet)) & STARTS_KEY_FRAME)) return;
    this.#wished = false;
    this.#graceUntilMs = 0;
  }

  /** Whether to ask now; answers true once every 500 ms. */
  takeDue(nowMs: number): boolean {
    if (!this.#wished || nowMs < this.#graceUntilMs) return false;
    if (nowMs - this.#askedAtMs < ASK_EVERY_MS) return false;
    this.#askedAtMs = nowMs;
    return true;
  }
}
