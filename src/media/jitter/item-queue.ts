// What waits in a jitter buffer, in the order of its timestamps, and the memory of what was there last.
//
//   passed (64, by which duplicates are told) │ held, at most 512
//   ──────────────────────────────────────────┴───────────────────────
//   objects go round: the oldest passed one becomes the next one held

/** A second of packets of 2.5 ms, and some. */
const MAX_ITEMS = 512;
/** 20 ms of 32 channels of L24 at 48 kHz are some 85 packets. */
const MAX_PARTS = 128;
/** 160 ms of packets of 2.5 ms: duplicates come within that. */
const MAX_PASSED = 64;

/** One packet time of sound. */
export interface BufferedItem<T> {
  /** RTP time of its first sample. */
  readonly timestamp: number;
  readonly durationTicks: number;
  /** In the order of arrival; some may be missing. */
  readonly payloads: readonly T[];
}

export class QueueItem<T> implements BufferedItem<T> {
  timestamp = 0;
  durationTicks = 0;
  /** The timestamp, unwrapped. */
  position = 0;
  readonly payloads: T[] = [];
  readonly parts: number[] = [];

  hasPart(part: number): boolean {
    return this.parts.includes(part);
  }
}

interface NewItem {
  readonly timestamp: number;
  readonly durationTicks: number;
  readonly position: number;
}

export class ItemQueue<T> {
  /** Sorted by position. */
  readonly #held: QueueItem<T>[] = [];
  /** The newest one last. */
  readonly #passed: QueueItem<T>[] = [];
  /** Parts of all that are held. */
  parts = 0;

  get length(): number {
    return this.#held.length;
  }

  get isFull(): boolean {
    return this.#held.length >= MAX_ITEMS;
  }

  at(index: number): QueueItem<T> | undefined {
    return this.#held[index];
  }

  findHeld(position: number): QueueItem<T> | undefined {
    return findFromEnd(this.#held, position);
  }

  /** Whether this part came before its item's turn was over. */
  hasPassed(position: number, part: number): boolean {
    return findFromEnd(this.#passed, position)?.hasPart(part) ?? false;
  }

  /** An empty one, at its place; the queue is not full and has none of this position. */
  insert({ timestamp, durationTicks, position }: NewItem): QueueItem<T> {
    const item = this.#reuse();
    item.timestamp = timestamp;
    item.durationTicks = durationTicks;
    item.position = position;
    let at = this.#held.length;
    while (at > 0 && (this.#held[at - 1]?.position ?? 0) > position) at--;
    if (at === this.#held.length) this.#held.push(item);
    else this.#held.splice(at, 0, item);
    return item;
  }

  /** False if the item has too many. */
  addPart(item: QueueItem<T>, part: number, payload: T): boolean {
    if (item.parts.length >= MAX_PARTS) return false;
    item.parts.push(part);
    item.payloads.push(payload);
    this.parts++;
    return true;
  }

  /** Takes the first one out. Its payloads are the caller's until the next one is taken out. */
  shift(): QueueItem<T> | undefined {
    const item = this.#held.shift();
    if (!item) return undefined;
    this.releasePayloads();
    this.parts -= item.parts.length;
    this.#passed.push(item);
    return item;
  }

  /** Lets go of the last one's. */
  releasePayloads(): void {
    const last = this.#passed.at(-1);
    if (last) last.payloads.length = 0;
  }

  /** What was passed is forgotten too: other timestamps are to come. Nothing may be held. */
  forgetPassed(): void {
    this.#passed.length = 0;
  }

  #reuse(): QueueItem<T> {
    const item = this.#passed.length >= MAX_PASSED ? this.#passed.shift() : undefined;
    if (!item) return new QueueItem();
    item.payloads.length = 0;
    item.parts.length = 0;
    return item;
  }
}

/** They are sorted, and what is searched for is nearly always among the newest. */
function findFromEnd<T>(
  items: readonly QueueItem<T>[],
  position: number,
): QueueItem<T> | undefined {
  for (let at = items.length - 1; at >= 0; at--) {
    const item = items[at];
    if (item && item.position <= position) return item.position === position ? item : undefined;
  }
  return undefined;
}
