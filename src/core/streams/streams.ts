// All streams of this server, by id.

import type { StreamView } from '#contract/streams.ts';
import type { Log } from '#core/ports/log.ts';
import type { Source } from '#core/ports/source.ts';
import type { Clock, Timer } from '#std/clock.ts';
import { NotFoundError } from '#std/errors.ts';
import type { Outbox } from './outbox.ts';
import { Stream, type StreamConfig } from './stream.ts';

const TICK_MS = 1_000;
/** One line a stream, for who follows the log. */
const REPORT_EVERY_TICKS = 60;

interface StreamsOptions {
  readonly clock: Clock;
  readonly outbox: Outbox;
  readonly log: Log;
}

export class Streams {
  readonly #options: StreamsOptions;
  readonly #streams = new Map<string, Stream>();
  readonly #ticker: Timer;
  #ticks = 0;

  constructor(options: StreamsOptions) {
    this.#options = options;
    this.#ticker = options.clock.every(TICK_MS, () => this.#tick());
  }

  add(config: StreamConfig, source: Source): void {
    const { clock, outbox, log } = this.#options;
    const onState = (stream: Stream) => report(stream, log);
    const stream = new Stream({ config, source, outbox, clock, onState });
    this.#streams.set(config.id, stream);
    stream.start();
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
    return Array.from(this.#streams.values(), (stream) => stream.view(viewersOf(stream.config.id)));
  }

  async close(): Promise<void> {
    this.#ticker.cancel();
    await Promise.all(Array.from(this.#streams.values(), (stream) => stream.close()));
  }

  #tick(): void {
    const nowMs = this.#options.clock.nowMs();
    for (const stream of this.#streams.values()) stream.tick(nowMs);
    this.#ticks++;
    if (this.#ticks % REPORT_EVERY_TICKS === 0) this.#report();
  }

  #report(): void {
    for (const stream of this.#streams.values()) {
      for (const { format, counters, lost } of stream.tracks) {
        const { packets, bytes, dropped } = counters;
        const fields = {
          stream: stream.config.id,
          kind: format.kind,
          packets,
          bytes,
          lost,
          dropped,
        };
        this.#options.log.debug('RTP stats', fields);
      }
    }
  }
}

function report(stream: Stream, log: Log): void {
  const { state, reason } = stream;
  log.info(`Stream ${state}`, { stream: stream.config.id, reason });
}
