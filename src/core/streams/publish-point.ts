// Where a `publish:` stream meets its publisher: there is one at a time, and each source that the
// stream opens hands on what that one sends.
//
//              open()           ready(), and a source is open
//     free ─────────────▶ held ───────────────────────────────▶ attached
//      ▲                  │  ▲        source closed: waits for   │   │
//      │                  │  └───────── the next one ────────────┘   │
//      └──────────────────┴──── publication.close() ─────────────────┘ the source fails with `retry`

import type { Source, SourceOffer, SourceSink, TrackSink } from '#core/ports/source.ts';
import { assert, ClosedError, StateError } from '#std/errors.ts';
import type { Publication, Publisher } from './publishing.ts';

interface PublishPointOptions {
  readonly streamId: string;
  /** A publisher is here and no source is open: if the stream wants one, now is the time. */
  readonly wake: () => void;
}

export class PublishPoint {
  readonly #options: PublishPointOptions;
  #publication: HeldPublication | undefined;
  #source: PublishedSource | undefined;
  #closed = false;

  constructor(options: PublishPointOptions) {
    this.#options = options;
  }

  get publisher(): Publisher | undefined {
    return this.#publication?.publisher;
  }

  /** Why nothing comes, in words, while nobody publishes. */
  get reason(): string | undefined {
    if (this.#publication) return undefined;
    const { streamId } = this.#options;
    return `Nobody publishes yet: POST an offer to /whip/${streamId}, or publish to rtsp://…/${streamId}.`;
  }

  /** Waits for a publisher once it is started. Closing it leaves the publisher to the next one. */
  createSource(): Source {
    return new PublishedSource({
      onStart: (source) => {
        this.#source = source;
        this.#attach();
      },
      onClose: (source) => {
        if (source !== this.#source) return;
        this.#source = undefined;
        this.#publication?.detach();
      },
      requestKeyFrame: () => this.publisher?.requestKeyFrame(),
    });
  }

  /** Throws `publisher_present` if somebody publishes already. */
  open(publisher: Publisher): Publication {
    const { streamId } = this.#options;
    if (this.#closed) throw new ClosedError(`Stream "${streamId}" is closed.`);
    if (this.#publication) throw publisherPresent(streamId, this.#publication.publisher);
    const publication: HeldPublication = new HeldPublication(publisher, {
      onReady: () => this.#attach(),
      onFlush: () => this.#source?.flush(),
      onClose: (reason) => this.#free(publication, reason),
    });
    this.#publication = publication;
    if (!this.#source) this.#options.wake();
    return publication;
  }

  /** The stream is gone or disabled: its publisher has to go, and no other may come. */
  close(reason: string): void {
    this.#closed = true;
    this.publisher?.end(reason);
  }

  #attach(): void {
    if (this.#source) this.#publication?.attach(this.#source.sink);
  }

  #free(publication: HeldPublication, reason: string): void {
    if (publication !== this.#publication) return;
    this.#publication = undefined;
    if (!publication.attached) return;
    const source = this.#source;
    this.#source = undefined;
    source?.sink.failed({ kind: 'retry', reason: `the publisher left: ${reason}` });
  }
}

interface PublishedSourceEvents {
  readonly onStart: (source: PublishedSource) => void;
  readonly onClose: (source: PublishedSource) => void;
  readonly requestKeyFrame: () => void;
}

class PublishedSource implements Source {
  readonly #events: PublishedSourceEvents;
  #sink: SourceSink | undefined;

  constructor(events: PublishedSourceEvents) {
    this.#events = events;
  }

  get sink(): SourceSink {
    assert(this.#sink, 'a source has its sink once it is started');
    return this.#sink;
  }

  start(sink: SourceSink): void {
    this.#sink = sink;
    this.#events.onStart(this);
  }

  flush(): void {
    this.#sink?.flush();
  }

  requestKeyFrame(): void {
    this.#events.requestKeyFrame();
  }

  close(): Promise<void> {
    this.#events.onClose(this);
    return Promise.resolve();
  }
}

interface HeldPublicationEvents {
  readonly onReady: () => void;
  readonly onFlush: () => void;
  readonly onClose: (reason: string) => void;
}

class HeldPublication implements Publication {
  readonly publisher: Publisher;
  readonly #events: HeldPublicationEvents;
  #offer: SourceOffer | undefined;
  #sinks: readonly HeldSink[] = [];
  attached = false;

  constructor(publisher: Publisher, events: HeldPublicationEvents) {
    this.publisher = publisher;
    this.#events = events;
  }

  ready(offer: SourceOffer): readonly TrackSink[] {
    assert(!this.#offer, 'a publication is ready once');
    this.#offer = offer;
    this.#sinks = offer.formats.map(() => new HeldSink());
    this.#events.onReady();
    return this.#sinks;
  }

  attach(sink: SourceSink): void {
    if (!this.#offer) return;
    const targets = sink.ready(this.#offer);
    for (const [at, held] of this.#sinks.entries()) held.target = targets[at];
    this.attached = true;
    // What came before is nowhere: whoever watches needs a new start.
    this.publisher.requestKeyFrame();
  }

  detach(): void {
    this.attached = false;
    for (const held of this.#sinks) held.target = undefined;
  }

  flush(): void {
    if (this.attached) this.#events.onFlush();
  }

  close(reason: string): void {
    this.#events.onClose(reason);
    this.detach();
  }
}

/** A track's way into whichever source is open; nobody misses what comes while there is none. */
class HeldSink implements TrackSink {
  target: TrackSink | undefined;

  write(packet: Uint8Array, capturedAtMs: number): void {
    this.target?.write(packet, capturedAtMs);
  }
}

function publisherPresent(streamId: string, { protocol, remote }: Publisher): StateError {
  return new StateError(
    `Stream "${streamId}" has a publisher already, by ${protocol.toUpperCase()} from ${remote}. Stop that one first, or publish to another stream.`,
    { code: 'publisher_present' },
  );
}
