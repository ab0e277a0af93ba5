// One listener's time in one rendition: from one tick until another.

import type { RtpStream } from './rtp-stream.ts';
import type { RunningRendition } from './running-rendition.ts';

interface CarriedChannels {
  readonly stream: RtpStream;
  readonly channels: readonly number[];
}

interface StayOptions {
  readonly streams: readonly CarriedChannels[];
  /** Whether frames are joined with their channels' numbers before them. */
  readonly isBundle: boolean;
  readonly fromMs: number;
}

export class Stay {
  readonly rendition: RunningRendition;
  readonly streams: readonly CarriedChannels[];
  readonly isBundle: boolean;
  /** The first tick, by its start on the engine's time. */
  readonly fromMs: number;
  /** The first tick that it does not get any more. */
  untilMs = Number.POSITIVE_INFINITY;

  constructor(rendition: RunningRendition, { streams, isBundle, fromMs }: StayOptions) {
    this.rendition = rendition;
    this.streams = streams;
    this.isBundle = isBundle;
    this.fromMs = fromMs;
  }

  covers(tickMs: number): boolean {
    return this.fromMs <= tickMs && tickMs < this.untilMs;
  }

  get isOver(): boolean {
    return this.rendition.nextStartMs >= this.untilMs;
  }
}
