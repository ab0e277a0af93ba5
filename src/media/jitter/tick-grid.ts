// Where the ticks of PCM start, whose packets are cut in time: the parts of a tick are sent at once, and
// are one item of a jitter buffer.
//
// A tick starts where a packet with the marker or the time extension does, and every packet time from
// there. At 44.1 kHz ticks have 220 and 221 samples in turn (110, 110, 110, 111 at 2.5 ms); which of
// them are the longer ones is learned from packets that start a sample later than expected: parts are
// many samples long, so only a tick can start there.

import { timestampDistance } from '#media/rtp/distance.ts';

/** Of a sample: 2.5 ms at 44.1 kHz are 110¼. */
const PHASE_STEP = 0.25;
/** The origin follows after so many, or offsets would outgrow 32 bits. Four have no odd quarter. */
const ORIGIN_TICKS = 4 * 1_024;

export class TickGrid {
  /** May end in a quarter. */
  readonly #samplesPerTick: number;
  #origin: number | undefined;
  /** How far before its first sample the origin's tick starts. */
  #phase = 0;

  constructor(clockRate: number, packetMs: number) {
    this.#samplesPerTick = (clockRate * packetMs) / 1_000;
  }

  /** The timestamp with which the packet's tick starts. `startsTick`: it has a marker or a time extension. */
  startOf(timestamp: number, startsTick = false): number {
    this.#origin ??= timestamp;
    const offset = timestampDistance(this.#origin, timestamp);
    const tick = Math.floor((offset + 1) / this.#samplesPerTick);
    if (startsTick && Math.abs(offset - this.#startOffset(tick)) > 1)
      return this.#anchor(timestamp);
    while (this.#phase < 1 - PHASE_STEP && offset === this.#startOffset(tick) + 1) {
      this.#phase += PHASE_STEP;
    }
    const start = (this.#origin + this.#startOffset(tick)) >>> 0;
    if (tick >= ORIGIN_TICKS) this.#origin += ORIGIN_TICKS * this.#samplesPerTick;
    return start;
  }

  #startOffset(tick: number): number {
    return Math.floor(tick * this.#samplesPerTick + this.#phase);
  }

  #anchor(timestamp: number): number {
    this.#origin = timestamp;
    this.#phase = 0;
    return timestamp;
  }
}
