// All streams of this server, by id.

import type { StreamView } from '#contract/streams.ts';
import type { Converter } from '#core/ports/converter.ts';
import type { Log } from '#core/ports/log.ts';
import type { Clock, Timer } from '#std/clock.ts';
import { NotFoundError } from '#std/errors.ts';
import { OpenGate } from './open-gate.ts';
import type { Profile } from './profile.ts';
import { Stream, type StreamSpec } from './stream.ts';
import type { Track } from './track.ts';

const TICK_MS = 1_000;
/** One line a stream, for who follows the log. */
const REPORT_EVERY_TICKS = 60;

interface StreamsOptions {
  readonly clock: Clock;
  readonly log: Log;
  readonly converter: Converter;
  /** 0 to 1. */
  readonly random: () => number;
  /** Sends what the tracks gave their subscribers. */
  readonly flush: () => void;
}

/** Who has viewers on tracks that are no more. */
type GoneListener = (stream: Stream, tracks: readonly Track[], reason: string) => void;

export class Streams {
  readonly #options: StreamsOptions;
  readonly #streams = new Map<string, Stream>();
  readonly #gate = new OpenGate();
  readonly #ticker: Timer;
  /** Why each profile failed when that was last told. */
  readonly #toldFailures = new WeakMap<Profile, string>();
  #onGone: GoneListener = () => {};
  #ticks = 0;

  constructor(options: StreamsOptions) {
    this.#options = options;
    this.#ticker = options.clock.every(TICK_MS, () => this.#tick());
  }

  set onGone(listener: GoneListener) {
    this.#onGone = listener;
  }

  /** Adds a stream, or gives one that is here other settings. */
  async apply(spec: StreamSpec): Promise<void> {
    const known = this.#streams.get(spec.id);
    if (known) return known.configure(spec);
    const { clock, converter, random, flush } = this.#options;
    const stream = new Stream({
      spec,
      clock,
      converter,
      random,
      flush,
      gate: this.#gate,
      onState: (changed, profile) => this.#reportState(changed, profile),
      onGone: (...gone) => this.#onGone(...gone),
    });
    this.#streams.set(spec.id, stream);
  }

  async remove(streamId: string): Promise<void> {
    const stream = this.get(streamId);
    this.#streams.delete(streamId);
    await stream.close('the stream was removed');
    this.#options.log.info('Stream removed', { stream: streamId });
  }

  has(streamId: string): boolean {
    return this.#streams.has(streamId);
  }

  get(streamId: string): Stream {
    const stream = this.#streams.get(streamId);
    if (stream) return stream;
    const remedy = 'GET /api/v1/streams lists those that exist.';
    throw new NotFoundError(`There is no stream "${streamId}". ${remedy}`, {
      code: 'stream_not_found',
    });
  }

  views(viewersOf: (streamId: string) => number): StreamView[] {
    return Array.from(this.#streams.values(), (stream) => stream.view(viewersOf(stream.id)));
  }

  async close(): Promise<void> {
    this.#ticker.cancel();
    const all = [...this.#streams.values()];
    await Promise.all(all.map((stream) => stream.close('the server is closing')));
  }

  #tick(): void {
    const nowMs = this.#options.clock.nowMs();
    for (const stream of this.#streams.values()) stream.tick(nowMs);
    this.#ticks++;
    if (this.#ticks % REPORT_EVERY_TICKS === 0) this.#report();
  }

  /** A camera that is off would fill the log: attempts that end as the last one did are for who debugs. */
  #reportState(stream: Stream, profile: Profile): void {
    const { log } = this.#options;
    const { name, state, reason } = profile;
    const fields = { stream: stream.id, profile: name, reason };
    if (this.#isNews(profile)) log.info(`Stream ${state}`, fields);
    else log.debug(`Stream ${state}`, fields);
  }

  #isNews(profile: Profile): boolean {
    const { state, failures, reason = '' } = profile;
    if (state === 'connecting') return failures === 0;
    if (state !== 'retrying') return true;
    const isKnown = failures > 1 && this.#toldFailures.get(profile) === reason;
    this.#toldFailures.set(profile, reason);
    return !isKnown;
  }

  #report(): void {
    for (const stream of this.#streams.values()) {
      for (const profile of stream.profiles) this.#reportTracks(stream.id, profile);
    }
  }

  #reportTracks(stream: string, profile: Profile): void {
    for (const { format, counters, lost } of profile.tracks) {
      const { packets, bytes, dropped } = counters;
      const fields = { stream, profile: profile.name, kind: format.kind };
      this.#options.log.debug('RTP stats', { ...fields, packets, bytes, lost, dropped });
    }
  }
}
