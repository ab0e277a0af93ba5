// Plays a prepared clip to one client: one copy and one write for each frame.

import type { Player, PlayerOptions } from './player.ts';
import { copyFrame, type PreparedTrack } from './prepared-clip.ts';
import type { TrackPath } from './track-sender.ts';

/** Later than this the process was stopped: what was missed is skipped. */
const MAX_LATENESS_MS = 2_000;

interface FleetStart {
  readonly atMs: number;
  /** What says in a packet when it was sent. */
  readonly makeStamp: (() => Uint8Array) | undefined;
}

/** One track of one client. */
class FleetSender {
  readonly #track: PreparedTrack;
  readonly #path: TrackPath;
  readonly #ssrc = Math.floor(Math.random() * 2 ** 32);
  readonly #makeStamp: (() => Uint8Array) | undefined;
  sequence = 0;
  #index = 0;
  #roundMs: number;

  constructor(track: PreparedTrack, path: TrackPath, start: FleetStart) {
    this.#track = track;
    this.#path = path;
    this.#roundMs = start.atMs;
    this.#makeStamp = start.makeStamp;
  }

  get timestamp(): number {
    const roundTicks = (this.#roundMs * this.#track.clockRate) / 1000;
    return Math.round(roundTicks + this.#frame.ticks) % 2 ** 32;
  }

  /** How many packets were sent. */
  playDue(nowMs: number): number {
    let packets = 0;
    while (this.#roundMs + this.#frame.dueMs <= nowMs) {
      const isLate = nowMs - this.#roundMs - this.#frame.dueMs > MAX_LATENESS_MS;
      if (!isLate) packets += this.#send();
      this.#index++;
      if (this.#index < this.#track.frames.length) continue;
      this.#index = 0;
      this.#roundMs += this.#track.durationMs;
    }
    return packets;
  }

  #send(): number {
    const { timestamp, sequence } = this;
    const channel = this.#path.channel ?? 0;
    const stamp = this.#makeStamp?.();
    const numbers = { channel, sequence, timestamp, ssrc: this.#ssrc, stamp };
    this.#path.sendFrames?.(copyFrame(this.#frame, numbers));
    const packets = this.#frame.starts.length;
    this.sequence = (sequence + packets) & 0xffff;
    return packets;
  }

  get #frame() {
    return this.#track.frames[this.#index]!;
  }
}

export class FleetPlayer implements Player {
  readonly #senders = new Map<number, FleetSender>();
  #isPlaying = false;

  constructor(
    options: PlayerOptions,
    tracks: readonly PreparedTrack[],
    makeStamp?: () => Uint8Array,
  ) {
    const start = { atMs: options.clock.nowMs(), makeStamp };
    for (const [index, path] of options.paths.entries()) {
      const track = tracks[index];
      if (path && track) this.#senders.set(index, new FleetSender(track, path, start));
    }
  }

  senders() {
    return this.#senders;
  }

  play(): void {
    this.#isPlaying = true;
  }

  pause(): void {
    this.#isPlaying = false;
  }

  /** How many packets of each track were sent are added to `packets`. */
  playDue(nowMs: number, packets: number[]): void {
    if (!this.#isPlaying) return;
    for (const [index, sender] of this.#senders) {
      packets[index] = (packets[index] ?? 0) + sender.playDue(nowMs);
    }
  }
}
