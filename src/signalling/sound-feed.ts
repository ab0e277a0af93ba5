// One viewer's packets of sound, as frames: AAC and Opus go into MP4 as they are.

import type { Outlet } from '#core/ports/outlet.ts';
import type { AudioFormat } from '#core/streams/track-format.ts';
import { AacDepacketizer, samplesOf } from '#media/aac/depacketizer.ts';
import { payloadEnd, payloadStart } from '#media/rtp/header.ts';
import { LongTicks } from './long-ticks.ts';
import { ReportClock } from './report-clock.ts';

const MARKER_WORD = 0x80_00_00;

export interface SoundFrame {
  /** Stays valid. */
  readonly bytes: Uint8Array;
  /** In ticks since the first frame. */
  readonly playedAt: number;
  readonly timestamp: number;
}

export class SoundFeed implements Outlet {
  readonly clock: ReportClock;
  readonly #onFrame: (frame: SoundFrame) => void;
  readonly #ticks = new LongTicks();
  readonly #aac: AacDepacketizer | undefined;
  readonly #frameTicks: number;

  constructor(format: AudioFormat, onFrame: (frame: SoundFrame) => void) {
    this.#onFrame = onFrame;
    this.clock = new ReportClock(format.clockRate);
    const isAac = format.codec === 'AAC';
    this.#aac = isAac ? new AacDepacketizer(format) : undefined;
    this.#frameTicks = isAac ? samplesOf(format) : 0;
  }

  add(packet: Uint8Array, first: number, timestamp: number): void {
    const start = payloadStart(packet);
    if (start < 0) return;
    const payload = packet.slice(start, payloadEnd(packet));
    const ticks = this.#ticks.of(timestamp);
    if (!this.#aac) {
      this.#onFrame({ bytes: payload, playedAt: ticks, timestamp });
      return;
    }
    let ahead = 0;
    for (const bytes of this.#aac.push(payload, (first & MARKER_WORD) !== 0)) {
      this.#onFrame({ bytes, playedAt: ticks + ahead, timestamp: (timestamp + ahead) >>> 0 });
      ahead += this.#frameTicks;
    }
  }

  addReport(packet: Uint8Array): void {
    this.clock.take(packet);
  }

  /** A frame was handed on with its packet. */
  flush(): void {}

  restart(): void {
    this.#aac?.reset();
  }
}
