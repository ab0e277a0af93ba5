// The publish points of all `publish:` streams, by the id of their stream.

import { NotFoundError, StateError } from '#std/errors.ts';
import { PublishPoint } from './publish-point.ts';
import type { Publication, Publisher } from './publishing.ts';
import type { Streams } from './streams.ts';

/** Streams that publishers may make by coming, where they may. */
const MAX_OPEN_STREAMS = 256;

interface PublishPointsOptions {
  readonly streams: Streams;
  /** Makes a stream for a publisher whom nobody expected; undefined where that is not allowed. */
  readonly openStream: ((streamId: string) => void) | undefined;
}

export class PublishPoints {
  readonly #options: PublishPointsOptions;
  readonly #points = new Map<string, PublishPoint>();
  /** Streams that are there only because somebody publishes. */
  readonly #opened = new Set<string>();

  constructor(options: PublishPointsOptions) {
    this.#options = options;
  }

  /** The one of this stream, which lives as long as the stream is a `publish:` one. */
  pointFor(streamId: string): PublishPoint {
    const known = this.#points.get(streamId);
    if (known) return known;
    const { streams } = this.#options;
    const wake = () => {
      if (streams.has(streamId)) streams.get(streamId).retry();
    };
    const point = new PublishPoint({ streamId, wake });
    this.#points.set(streamId, point);
    return point;
  }

  /** The stream is gone, or fed by something else now. */
  drop(streamId: string, reason: string): void {
    const point = this.#points.get(streamId);
    this.#points.delete(streamId);
    point?.close(reason);
  }

  /** Somebody has configured it: it stays when its publisher leaves. */
  keep(streamId: string): void {
    this.#opened.delete(streamId);
  }

  /** For publishers. Throws `stream_not_found` or `not_publishable`. */
  find(streamId: string): PublishPoint {
    const { streams, openStream } = this.#options;
    if (!streams.has(streamId) && openStream) this.#open(streamId, openStream);
    const stream = streams.get(streamId);
    const point = this.#points.get(streamId);
    if (point && stream.spec.enabled) return point;
    throw new StateError(
      `Nobody can publish to stream "${streamId}": ${stream.spec.enabled ? 'its source is a camera or the test picture. Publish to a stream whose source is publish:' : 'it is disabled. Enable it in its settings'}.`,
      { code: 'not_publishable' },
    );
  }

  /** For publishers that bring their own packets. */
  publish(streamId: string, publisher: Publisher): Publication {
    return this.find(streamId).open(publisher);
  }

  /** Streams that were made by publishers who are gone by now, and which nobody watches. */
  takeDeserted(watchers: (streamId: string) => number): string[] {
    const deserted = [...this.#opened].filter(
      (streamId) => !this.#points.get(streamId)?.publisher && watchers(streamId) === 0,
    );
    for (const streamId of deserted) this.#opened.delete(streamId);
    return deserted;
  }

  #open(streamId: string, openStream: (streamId: string) => void): void {
    if (this.#opened.size >= MAX_OPEN_STREAMS) {
      throw new NotFoundError(
        `There is no stream "${streamId}", and ${MAX_OPEN_STREAMS} were made by publishers already. Configure it.`,
        { code: 'stream_not_found' },
      );
    }
    openStream(streamId);
    this.#opened.add(streamId);
  }
}
