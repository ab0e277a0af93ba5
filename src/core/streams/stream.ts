// One stream: a source, its tracks and its state.

import type { StreamState, StreamView } from '#contract/streams.ts';
import type { Source, SourceSink, TrackSink } from '#core/ports/source.ts';
import type { Clock } from '#std/clock.ts';
import { StateError } from '#std/errors.ts';
import type { Outbox } from './outbox.ts';
import { Track } from './track.ts';
import type { TrackFormat } from './track-format.ts';
import { viewTrack } from './track-view.ts';

/** Without a complete frame for this long a stream is stalled, whatever bytes arrive. */
const STALL_AFTER_MS = 5_000;

export interface StreamConfig {
  readonly id: string;
  readonly name: string;
  readonly origin: StreamView['origin'];
  /** For people: without secrets. */
  readonly address: string;
}

interface StreamOptions {
  readonly config: StreamConfig;
  readonly source: Source;
  readonly outbox: Outbox;
  readonly clock: Clock;
  readonly onState: (stream: Stream) => void;
}

export class Stream implements SourceSink {
  readonly config: StreamConfig;
  readonly #options: StreamOptions;
  #tracks: readonly Track[] = [];
  #state: StreamState = 'connecting';
  #reason: string | undefined;
  #stateSinceMs: number;
  #framesSeen = 0;
  #frameSeenAtMs = 0;

  constructor(options: StreamOptions) {
    this.#options = options;
    this.config = options.config;
    this.#stateSinceMs = options.clock.wallMs();
  }

  get state(): StreamState {
    return this.#state;
  }

  get reason(): string | undefined {
    return this.#reason;
  }

  get tracks(): readonly Track[] {
    return this.#tracks;
  }

  start(): void {
    this.#options.source.start(this);
  }

  async close(): Promise<void> {
    await this.#options.source.close();
  }

  ready(formats: readonly TrackFormat[]): readonly TrackSink[] {
    if (this.#tracks.length > 0) throw new StateError(`Stream "${this.config.id}" has its tracks.`);
    this.#tracks = formats.map((format) => new Track(format));
    return this.#tracks;
  }

  flush(): void {
    for (const track of this.#tracks) track.flush();
    this.#options.outbox.flush();
    if (this.#state !== 'live') this.#judge(this.#options.clock.nowMs());
  }

  failed(reason: string): void {
    this.#enter('refused', reason);
  }

  /** Called once a second: rates, and whether frames still come. */
  tick(nowMs: number): void {
    for (const track of this.#tracks) track.sample(nowMs);
    this.#judge(nowMs);
  }

  view(viewers: number): StreamView {
    const { id, name, origin, address } = this.config;
    return {
      id,
      name,
      origin,
      source: address,
      state: this.#state,
      reason: this.#reason ?? null,
      stateSince: new Date(this.#stateSinceMs).toISOString(),
      tracks: this.#tracks.map(viewTrack),
      viewers,
    };
  }

  #judge(nowMs: number): void {
    const frames = this.#countFrames();
    if (frames > this.#framesSeen) {
      this.#framesSeen = frames;
      this.#frameSeenAtMs = nowMs;
      this.#enter('live', undefined);
    } else if (this.#state === 'live' && nowMs - this.#frameSeenAtMs >= STALL_AFTER_MS) {
      this.#enter('stalled', `No complete frame for ${STALL_AFTER_MS / 1000} s.`);
    }
  }

  /** Of the picture, if there is one: sound alone does not make a camera live. */
  #countFrames(): number {
    const judged = this.#tracks.find(({ format }) => format.kind === 'video') ?? this.#tracks[0];
    return judged?.counters.frames ?? 0;
  }

  #enter(state: StreamState, reason: string | undefined): void {
    if (state === this.#state && reason === this.#reason) return;
    this.#state = state;
    this.#reason = reason;
    this.#stateSinceMs = this.#options.clock.wallMs();
    this.#options.onState(this);
  }
}
