// Which tick a packet belongs to: with Opus each packet is of one, PCM is cut in time (PRODUCT 2.5).

import { TickGrid } from '#media/jitter/tick-grid.ts';
import type { SoundPacket } from './sound-packet.ts';

interface TickFormat {
  readonly clockRate: number;
  readonly packetMs: number;
}

interface Tick {
  readonly timestamp: number;
  readonly ticks: number;
}

export class SoundTicks {
  #format: TickFormat;
  #grid: TickGrid;
  /** What is announced, until the first packet of it. */
  #next: TickFormat | undefined;
  /** Of the packets so far: 34 and 35 of 240 cut in seven. */
  #mostFrames = 0;

  constructor(format: TickFormat) {
    this.#format = format;
    this.#grid = new TickGrid(format.clockRate, format.packetMs);
  }

  /** Packets of the time before are on their way yet. */
  change(format: TickFormat): void {
    const { clockRate, packetMs } = this.#format;
    const isSame = clockRate === format.clockRate && packetMs === format.packetMs;
    this.#next = isSame ? undefined : format;
  }

  tickOf(packet: SoundPacket, isTimed: boolean): Tick {
    const { stream, timestamp, ticks, marker } = packet;
    if (stream.codec === 'opus') return { timestamp, ticks };
    const startsTick = marker || isTimed;
    if (this.#next && (startsTick || this.#isOtherLength(ticks))) this.#begin(this.#next);
    if (ticks > this.#mostFrames) this.#mostFrames = ticks;
    const { clockRate, packetMs } = this.#format;
    return {
      timestamp: this.#grid.startOf(timestamp, startsTick),
      ticks: Math.floor((clockRate * packetMs) / 1_000),
    };
  }

  /** Parts of one tick differ by one frame, and so do ticks at 44.1 kHz. */
  #isOtherLength(ticks: number): boolean {
    return Math.abs(ticks - this.#mostFrames) > 2;
  }

  #begin(format: TickFormat): void {
    this.#format = format;
    this.#grid = new TickGrid(format.clockRate, format.packetMs);
    this.#next = undefined;
    this.#mostFrames = 0;
  }
}
