// Makes a camera's timestamps fit for players: continuous, forward, and at the rate of time itself.

import { AudioTimestamps } from './audio-timestamps.ts';
import { VideoTimestamps } from './video-timestamps.ts';

/** What was wrong with the timestamps, counted by frame. */
export interface TimestampFaults {
  /** They went back, further than B-frames do. */
  backwards: number;
  /** They went ahead of the time that had passed. */
  jumps: number;
  /** They stayed as they were. */
  stopped: number;
  /** They had parted from the clock on the wall for seconds, and were tied to it anew. */
  reanchored: number;
}

interface TimestampRepairOptions {
  readonly clockRate: number;
  readonly kind: 'video' | 'audio';
}

export class TimestampRepair {
  readonly faults: TimestampFaults = { backwards: 0, jumps: 0, stopped: 0, reanchored: 0 };
  readonly #timestamps: VideoTimestamps | AudioTimestamps;

  constructor(options: TimestampRepairOptions) {
    const Timestamps = options.kind === 'video' ? VideoTimestamps : AudioTimestamps;
    this.#timestamps = new Timestamps(options.clockRate, this.faults);
  }

  /** The last frame stands before one that was sent earlier: it is a B-frame. */
  get reordered(): boolean {
    return this.#timestamps.reordered;
  }

  /** Whether frames of video may stand before earlier ones; else going back is a fault, however little. */
  set mayReorder(value: boolean) {
    this.#timestamps.mayReorder = value;
  }

  /**
   * The timestamp to send. Called once for each frame of video, with its first packet, and once for
   * each packet of sound, with its duration in ticks.
   */
  next(timestamp: number, arrivedAtMs: number, durationTicks = 0): number {
    return this.#timestamps.next(timestamp, arrivedAtMs, durationTicks);
  }

  /** Another sender comes: its timestamps are unrelated, and go on where the last one's stopped. */
  restart(): void {
    this.#timestamps.restart();
  }
}
