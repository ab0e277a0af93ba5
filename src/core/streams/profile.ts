// One encoding of a camera: its source, attempt by attempt, its tracks and its state.
//
//              open()                 first frame              no frame for 5 s
//     idle ───────────▶ connecting ───────────────▶ live ◀──────────────────────▶ stalled
//      ▲                 ▲      │ failed              │ failed                       │ for `timeoutMs`
//      │ nobody watches  │      ▼                     ▼                              ▼
//      └────────────── retrying ◀────────────────────────────────────────────────────┘
//
//     refused: a failure that trying again would make worse; stays until `retry()` or new settings.

import type { StreamState } from '#contract/streams.ts';
import type { Source, SourceFailure, SourceOffer, TrackSink } from '#core/ports/source.ts';
import type { Clock, Timer } from '#std/clock.ts';
import { Attempt } from './attempt.ts';
import { type Gate, OPEN } from './open-gate.ts';
import { retryDelayMs } from './retry-policy.ts';
import { Track } from './track.ts';
import { sameCarriage, type TrackFormat } from './track-format.ts';
import { Waiters } from './waiters.ts';

/** Without a complete frame for this long it is stalled, whatever bytes arrive. */
const STALL_AFTER_MS = 5_000;
/** Whoever comes now must not take the last picture of a camera that is gone for what is there. */
const OLD_PICTURE_MS = 60_000;
/** Live for this long, a source counts as sound again: the next failure is a first one. */
const SOUND_AFTER_MS = 10_000;
/** Key frames are asked for at most this often: each costs its sender a burst. */
const KEY_FRAME_EVERY_MS = 1_000;

export type ProfileName = 'main' | 'sub';

export interface ProfileSpec {
  readonly name: ProfileName;
  /** For people: without secrets. */
  readonly address: string;
  /** Two specifications with the same key need the same source. */
  readonly key: string;
  readonly createSource: () => Source;
  /** What it waits for, in words, where it is not for the source itself: nobody publishes. */
  readonly waitsFor?: () => string | undefined;
  /** Whether opening it is work, for us and for others: only so many are opened at once. */
  readonly gated: boolean;
  readonly open: 'always' | 'demand';
  /** Open this long after the last viewer, if on demand. */
  readonly lingerMs: number;
  /** Without a complete frame for this long it is opened anew. */
  readonly timeoutMs: number;
}

export interface ProfileRules {
  readonly clock: Clock;
  readonly gate: Gate;
  /** 0 to 1. */
  readonly random: () => number;
  /** Sends what the tracks gave their subscribers. */
  readonly flush: () => void;
}

interface ProfileOptions extends ProfileRules {
  readonly spec: ProfileSpec;
  readonly onState: (profile: Profile) => void;
  /** These tracks are no more: their viewers have to choose anew. */
  readonly onGone: (tracks: readonly Track[], reason: string) => void;
}

/** Keeps a profile open; `release` is idempotent. */
export interface Demand {
  release(): void;
}

export class Profile {
  readonly #options: ProfileOptions;
  readonly #ready: Waiters;
  #spec: ProfileSpec;
  #tracks: readonly Track[] = [];
  #ignored: readonly string[] = [];
  #state: StreamState = 'idle';
  #reason: string | undefined;
  #stateSinceMs: number;
  #attempt: Attempt | undefined;
  #closing: Promise<void> | undefined;
  #timer: Timer | undefined;
  #nextAttemptAtMs: number | undefined;
  /** On the clock: after a failure nobody's coming makes the next attempt earlier. */
  #retryAtMs = 0;
  #failures = 0;
  #users = 0;
  #framesSeen = 0;
  #frameSeenAtMs = 0;
  #liveSinceMs = 0;
  #keyFrameAskedAtMs = Number.NEGATIVE_INFINITY;
  #closed = false;

  constructor(options: ProfileOptions) {
    this.#options = options;
    this.#spec = options.spec;
    this.#ready = new Waiters(options.clock);
    this.#stateSinceMs = options.clock.wallMs();
  }

  get name(): ProfileName {
    return this.#spec.name;
  }

  get spec(): ProfileSpec {
    return this.#spec;
  }

  get state(): StreamState {
    return this.#state;
  }

  get reason(): string | undefined {
    return this.#reason ?? (this.isReady ? undefined : this.#spec.waitsFor?.());
  }

  /** On the wall clock. */
  get stateSinceMs(): number {
    return this.#stateSinceMs;
  }

  /** On the wall clock, while it is retrying. */
  get nextAttemptAtMs(): number | undefined {
    return this.#nextAttemptAtMs;
  }

  /** Failures in a row. */
  get failures(): number {
    return this.#failures;
  }

  get tracks(): readonly Track[] {
    return this.#tracks;
  }

  /** What the source has besides, and why it is not taken. */
  get ignored(): readonly string[] {
    return this.#ignored;
  }

  get video(): Track | undefined {
    return this.#tracks.find(({ format }) => format.kind === 'video');
  }

  get audio(): Track | undefined {
    return this.#tracks.find(({ format }) => format.kind === 'audio');
  }

  /** Its tracks are known, and so is what its picture is coded with. */
  get isReady(): boolean {
    return this.#tracks.length > 0 && this.#tracks.every((track) => track.described);
  }

  /** Opens it, if it is always open. */
  start(): void {
    if (this.#wanted && !this.#attempt) this.#open();
  }

  /** Keeps it open until released. */
  demand(): Demand {
    this.#users++;
    this.#cancelLinger();
    if (this.#state === 'idle') this.#open();
    let released = false;
    return {
      release: () => {
        if (released) return;
        released = true;
        this.#users--;
        if (!this.#wanted) this.#linger();
      },
    };
  }

  /** Whether it gets ready within that time. False at once if it is not going to. */
  waitReady(withinMs: number): Promise<boolean> {
    const ageMs = this.#options.clock.nowMs() - this.#frameSeenAtMs;
    if (this.isReady && ageMs < OLD_PICTURE_MS) return Promise.resolve(true);
    if (this.#state !== 'connecting' && this.#state !== 'live') return Promise.resolve(false);
    return this.#ready.wait(withinMs);
  }

  /** Somebody has to wait for the next key frame: ask for it, where that is possible. */
  requestKeyFrame(): void {
    const nowMs = this.#options.clock.nowMs();
    if (nowMs - this.#keyFrameAskedAtMs < KEY_FRAME_EVERY_MS) return;
    this.#keyFrameAskedAtMs = nowMs;
    this.#attempt?.source.requestKeyFrame?.();
  }

  /** Takes other settings; opens anew only if the source needs it. */
  configure(spec: ProfileSpec): void {
    const same = spec.key === this.#spec.key;
    this.#spec = spec;
    // Whoever sets something about a camera that was refused wants it to be tried.
    if (!same || this.#state === 'refused') this.retry();
    else if (!this.#wanted) this.#linger();
    else this.start();
  }

  /** Tries at once, whatever happened before. */
  retry(): void {
    this.#failures = 0;
    this.#endAttempt();
    this.#cancelTimer();
    if (this.#wanted) this.#open();
    else this.#goIdle();
  }

  /** Called once a second. */
  tick(nowMs: number): void {
    for (const track of this.#tracks) track.sample(nowMs);
    this.#judge(nowMs);
  }

  async close(reason: string): Promise<void> {
    this.#closed = true;
    this.#cancelTimer();
    this.#endAttempt();
    this.#ready.settle(false);
    this.#dropTracks(reason);
    await this.#closing;
  }

  get #wanted(): boolean {
    return !this.#closed && (this.#spec.open === 'always' || this.#users > 0);
  }

  #open(): void {
    this.#cancelTimer();
    this.#enter('connecting', undefined);
    if (this.#closing) {
      // Some cameras serve one client only: the last connection has to be gone.
      void this.#closing.then(() => {
        if (this.#wanted && !this.#attempt) this.#open();
      });
      return;
    }
    const { gate } = this.#options;
    const attempt = new Attempt(this.#spec.createSource, {
      onReady: (offer) => this.#takeOffer(offer),
      onFlush: () => this.#flush(),
      onFailed: (failure) => this.#handleFailure(failure),
    });
    this.#attempt = attempt;
    attempt.start(this.#spec.gated ? gate : OPEN);
  }

  #takeOffer({ formats, ignored = [] }: SourceOffer): readonly TrackSink[] {
    const before = this.#tracks;
    this.#ignored = ignored;
    this.#frameSeenAtMs = this.#options.clock.nowMs();
    this.#tracks = formats.map((format) => this.#trackFor(format, before));
    this.#framesSeen = this.#countFrames();
    const gone = before.filter((track) => !this.#tracks.includes(track));
    if (gone.length > 0) this.#options.onGone(gone, 'the camera sends another codec now');
    this.#settleReady();
    return this.#tracks;
  }

  /** A track goes on where it carries the same: its viewers need not know of the new source. */
  #trackFor(format: TrackFormat, before: readonly Track[]): Track {
    const known = before.find((track) => sameCarriage(track.format, format));
    if (!known) return new Track(format);
    known.adopt(format);
    return known;
  }

  #flush(): void {
    for (const track of this.#tracks) track.flush();
    this.#options.flush();
    this.#settleReady();
    if (this.#state !== 'live') this.#judge(this.#options.clock.nowMs());
  }

  #settleReady(): void {
    if (this.isReady) this.#ready.settle(true);
  }

  #judge(nowMs: number): void {
    if (!this.#attempt?.isReady) return;
    const frames = this.#countFrames();
    if (frames > this.#framesSeen) {
      if (this.#state !== 'live') this.#liveSinceMs = nowMs;
      this.#framesSeen = frames;
      this.#frameSeenAtMs = nowMs;
      this.#enter('live', undefined);
    }
    if (nowMs - this.#liveSinceMs >= SOUND_AFTER_MS && this.#state === 'live') this.#failures = 0;
    this.#judgeSilence(nowMs - this.#frameSeenAtMs);
  }

  #judgeSilence(silentMs: number): void {
    const { timeoutMs } = this.#spec;
    if (silentMs >= timeoutMs) {
      const reason = `no complete frame for ${timeoutMs / 1000} s`;
      this.#handleFailure({ kind: 'retry', reason });
    } else if (this.#state === 'live' && silentMs >= STALL_AFTER_MS) {
      this.#enter('stalled', `No complete frame for ${STALL_AFTER_MS / 1000} s.`);
    }
  }

  /** Of the picture, if there is one: sound alone does not make a camera live. */
  #countFrames(): number {
    return (this.video ?? this.#tracks[0])?.counters.frames ?? 0;
  }

  #handleFailure({ kind, reason }: SourceFailure): void {
    this.#endAttempt();
    if (this.#closed) return;
    this.#cancelTimer();
    this.#failures++;
    if (kind === 'refused') this.#refuse(reason);
    else if (this.#wanted) this.#scheduleRetry(reason);
    else this.#goIdle();
    this.#ready.settle(false);
  }

  /** Nothing will come any more: whoever watches is told so, instead of an old picture. */
  #refuse(reason: string): void {
    this.#enter('refused', reason);
    this.#dropTracks(reason);
  }

  #scheduleRetry(reason: string): void {
    const { clock, random } = this.#options;
    this.#retryAtMs = clock.nowMs() + retryDelayMs(this.#failures, random());
    this.#awaitRetry();
    this.#enter('retrying', reason);
  }

  #awaitRetry(): void {
    const { clock } = this.#options;
    const delayMs = this.#retryAtMs - clock.nowMs();
    this.#nextAttemptAtMs = clock.wallMs() + delayMs;
    this.#timer = clock.after(delayMs, () => this.#open());
  }

  #linger(): void {
    if (this.#state === 'idle' || this.#state === 'refused' || this.#closed) return;
    this.#cancelTimer();
    const { clock } = this.#options;
    // Idle, it would be opened by the next viewer at once: players that come again and again would
    // undo the growing delay.
    const restMs = this.#state === 'retrying' ? this.#retryAtMs - clock.nowMs() : 0;
    this.#timer = clock.after(Math.max(this.#spec.lingerMs, restMs), () => this.#goIdle());
  }

  #goIdle(): void {
    if (this.#wanted) return;
    this.#cancelTimer();
    this.#endAttempt();
    this.#dropTracks('nobody watched');
    this.#enter('idle', undefined);
  }

  /** Somebody came while it lingered, or while it waited for its next attempt. */
  #cancelLinger(): void {
    if (this.#nextAttemptAtMs !== undefined) return;
    this.#cancelTimer();
    if (this.#state !== 'retrying') return;
    if (this.#options.clock.nowMs() < this.#retryAtMs) this.#awaitRetry();
    else this.#open();
  }

  #dropTracks(reason: string): void {
    const gone = this.#tracks;
    this.#tracks = [];
    if (gone.length > 0) this.#options.onGone(gone, reason);
  }

  #endAttempt(): void {
    const attempt = this.#attempt;
    if (!attempt) return;
    this.#attempt = undefined;
    const closing = Promise.allSettled([this.#closing, attempt.close()]).then(() => {
      if (this.#closing === closing) this.#closing = undefined;
    });
    this.#closing = closing;
  }

  #cancelTimer(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#nextAttemptAtMs = undefined;
  }

  #enter(state: StreamState, reason: string | undefined): void {
    if (state === this.#state && reason === this.#reason) return;
    this.#state = state;
    this.#reason = reason;
    this.#stateSinceMs = this.#options.clock.wallMs();
    this.#options.onState(this);
  }
}
