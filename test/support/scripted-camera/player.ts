// Plays a clip to one client in real time, or as fast as a virtual clock is moved.

import type { Clock, Timer } from '#std/clock.ts';
import type { Behaviour } from './behaviour.ts';
import type { CameraClip } from './clip.ts';
import { type TrackPath, TrackSender } from './track-sender.ts';

export interface PlayerOptions {
  readonly clip: CameraClip;
  /** What the client has set up; undefined for a track that it doesn't want. */
  readonly paths: readonly (TrackPath | undefined)[];
  readonly clock: Clock;
  readonly behaviour: () => Behaviour;
  /** Around the packets of one frame. */
  readonly cork: () => void;
  readonly uncork: () => void;
}

/** What a connection needs of whoever plays to it. */
export interface Player {
  /** By index: what RTP-Info tells of each track. */
  senders(): ReadonlyMap<number, { readonly sequence: number; readonly timestamp: number }>;
  play(): void;
  pause(): void;
}

/** Cameras send them every 5 s or so; the first at once. */
const REPORT_EVERY_MS = 5_000;
/** Later than this the test's process was busy: what was missed is skipped. */
const MAX_LATENESS_MS = 2_000;

export class CameraPlayer implements Player {
  readonly #options: PlayerOptions;
  readonly #senders = new Map<number, TrackSender>();
  #timer: Timer | undefined;
  #reports: Timer | undefined;
  #isPlaying = false;
  #hasPlayed = false;

  constructor(options: PlayerOptions) {
    this.#options = options;
    for (const [index, path] of options.paths.entries()) {
      const track = options.clip.tracks[index];
      const { behaviour } = options;
      if (path && track) {
        this.#senders.set(index, new TrackSender(track, { index, behaviour, path }));
      }
    }
  }

  senders(): ReadonlyMap<number, TrackSender> {
    return this.#senders;
  }

  play(): void {
    if (this.#isPlaying) return;
    this.#isPlaying = true;
    const { clock } = this.#options;
    const nowMs = clock.nowMs();
    for (const sender of this.#senders.values()) {
      if (this.#hasPlayed) sender.skipTo(nowMs);
      else sender.begin(nowMs);
    }
    this.#hasPlayed = true;
    this.#report();
    this.#reports = clock.every(REPORT_EVERY_MS, () => this.#report());
    this.#playDue();
  }

  pause(): void {
    this.#isPlaying = false;
    this.#timer?.cancel();
    this.#reports?.cancel();
  }

  /** Goes on with another clip that has the same kinds of tracks. */
  use(clip: CameraClip): void {
    for (const [index, sender] of this.#senders) {
      const track = clip.tracks[index];
      if (track) sender.use(track);
    }
  }

  #report(): void {
    if (!this.#options.behaviour().senderReports || this.#isSilent()) return;
    for (const sender of this.#senders.values()) sender.report(this.#options.clock.wallMs());
  }

  #isSilent(): boolean {
    const { stalled, halfOpen } = this.#options.behaviour();
    return stalled || halfOpen;
  }

  #playDue(): void {
    const nowMs = this.#options.clock.nowMs();
    this.#options.cork();
    let next = this.#nextSender();
    while (this.#isPlaying && next && next.dueMs <= nowMs) {
      if (this.#isSilent() || nowMs - next.dueMs > MAX_LATENESS_MS) next.skipTo(nowMs + 1);
      else next.play();
      next = this.#nextSender();
    }
    this.#options.uncork();
    if (!this.#isPlaying || !next) return;
    this.#timer = this.#options.clock.after(Math.ceil(next.dueMs - nowMs), () => this.#playDue());
  }

  #nextSender(): TrackSender | undefined {
    let next: TrackSender | undefined;
    for (const sender of this.#senders.values()) {
      if (!next || sender.dueMs < next.dueMs) next = sender;
    }
    return next;
  }
}
