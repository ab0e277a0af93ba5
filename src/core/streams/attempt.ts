// One attempt to have a source: it waits for its turn, opens, and once it is over nothing of it is heard.

import type {
  Source,
  SourceFailure,
  SourceOffer,
  SourceSink,
  TrackSink,
} from '#core/ports/source.ts';
import { ClosedError } from '#std/errors.ts';
import type { Gate, Passage } from './open-gate.ts';

interface AttemptEvents {
  readonly onReady: (offer: SourceOffer) => readonly TrackSink[];
  readonly onFlush: () => void;
  readonly onFailed: (failure: SourceFailure) => void;
}

export class Attempt implements SourceSink {
  readonly source: Source;
  readonly #events: AttemptEvents;
  #passage: Passage | undefined;
  #started = false;
  #ready = false;
  #over = false;

  constructor(createSource: () => Source, events: AttemptEvents) {
    this.source = createSource();
    this.#events = events;
  }

  /** It has its tracks. */
  get isReady(): boolean {
    return this.#ready;
  }

  start(gate: Gate): void {
    this.#passage = gate.enter(() => {
      this.#started = true;
      this.source.start(this);
    });
    // It may be open, or over, before the gate has told what it can be left by.
    if (this.#ready || this.#over) this.#passage.leave();
  }

  ready(offer: SourceOffer): readonly TrackSink[] {
    if (this.#over) throw new ClosedError('This attempt to open the source is over.');
    this.#ready = true;
    this.#passage?.leave();
    return this.#events.onReady(offer);
  }

  flush(): void {
    if (!this.#over) this.#events.onFlush();
  }

  failed(failure: SourceFailure): void {
    if (!this.#over) this.#events.onFailed(failure);
  }

  /** Idempotent. */
  async close(): Promise<void> {
    this.#over = true;
    this.#passage?.leave();
    if (this.#started) await this.source.close();
  }
}
