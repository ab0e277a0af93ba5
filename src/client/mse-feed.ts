// Feeds a live MP4 to a media element by Media Source Extensions, and keeps it near the live edge.
//
//   behind  < 0.1 s    slower, so that it does not run dry
//           ≤ target   normal
//           > target   10 % faster
//           > 1 s more a leap to the target
//
// The target is 0.3 s, and 0.2 s more after each time that it did run dry.

/** What a feed needs of a media element and its source buffer. */
export interface MediaBuffer {
  /** An append or a removal is under way; `MseFeed.pump` is called when it is over. */
  readonly isUpdating: boolean;
  /** Throws an error named `QuotaExceededError` where there is no room. */
  append(bytes: Uint8Array): void;
  remove(fromS: number, toS: number): void;
  changeType(mime: string): void;
  /** In rising order. */
  readonly ranges: readonly TimeRange[];
  /** Setting it is a leap. */
  positionS: number;
  rate: number;
}

export interface TimeRange {
  readonly startS: number;
  readonly endS: number;
}

const FIRST_TARGET_S = 0.3;
const TARGET_STEP_S = 0.2;
const MAX_TARGET_S = 1.1;
const LEAP_S = 1;
const NEARLY_DRY_S = 0.1;
const FASTER = 1.1;
const SLOWER = 0.95;
/** Back to normal in the middle of the target, so that it does not flip to and fro. */
const NORMAL_AGAIN = 0.6;
/** Positions and ranges are rounded by browsers. */
const ROUNDING_S = 0.02;
/** Seen pictures are kept so long, and given away in one piece. */
const KEPT_S = 30;
const KEPT_AFTER_REMOVAL_S = 20;
/** What is kept behind the position where there is no room for more. */
const KEPT_IN_NEED_S = 2;
/** A page that does not come to append them has others to worry about: 8 s at 4 Mb/s. */
const MAX_WAITING_BYTES = 4 * 1024 * 1024;

export class MseFeed {
  readonly #buffer: MediaBuffer;
  readonly #onOverflow: () => void;
  /** Types and bytes in their order. */
  #waiting: (string | Uint8Array)[] = [];
  #waitingBytes = 0;
  #targetS = FIRST_TARGET_S;
  #wasDry = false;

  /** `onOverflow`: what waited is forgotten; it needs another beginning. */
  constructor(buffer: MediaBuffer, onOverflow: () => void) {
    this.#buffer = buffer;
    this.#onOverflow = onOverflow;
  }

  /** How far the picture is behind the newest one that is here; null before there is any. */
  get behindS(): number | null {
    const last = this.#buffer.ranges.at(-1);
    return last ? Math.max(0, last.endS - this.#buffer.positionS) : null;
  }

  /** Bytes of another type follow. */
  takeType(mime: string): void {
    this.#waiting.push(mime);
    this.pump();
  }

  take(bytes: Uint8Array): void {
    this.#waiting.push(bytes);
    this.#waitingBytes += bytes.length;
    if (this.#waitingBytes > MAX_WAITING_BYTES) this.#overflow();
    else this.pump();
  }

  /** Appends what waits. To be called whenever an update is over. */
  pump(): void {
    if (this.#buffer.isUpdating) return;
    this.steer();
    while (typeof this.#waiting[0] === 'string') {
      this.#buffer.changeType(this.#waiting[0]);
      this.#waiting.shift();
    }
    if (this.#waiting.length > 0) this.#append();
    else this.#removeOld();
  }

  /** Keeps the position near the live edge. To be called some times a second. */
  steer(): void {
    const { ranges, positionS } = this.#buffer;
    const last = ranges.at(-1);
    if (!last) return;
    const own = ranges.find(({ startS, endS }) => {
      return positionS >= startS - ROUNDING_S && positionS < endS - ROUNDING_S;
    });
    if (!own) this.#crossGap();
    else if (last.endS - positionS > this.#targetS + LEAP_S) this.#leap(last);
    this.#adjustRate();
  }

  /** All of the same type in one go: each append costs the browser a task. */
  #append(): void {
    const end = this.#waiting.findIndex((each) => typeof each === 'string');
    const parts = this.#waiting.slice(0, end === -1 ? undefined : end) as Uint8Array[];
    try {
      this.#buffer.append(join(parts));
    } catch (error) {
      if (!(error instanceof Error) || error.name !== 'QuotaExceededError') throw error;
      this.#makeRoom();
      return;
    }
    this.#waiting.splice(0, parts.length);
    this.#waitingBytes -= parts.reduce((sum, { length }) => sum + length, 0);
  }

  #makeRoom(): void {
    const { ranges, positionS } = this.#buffer;
    const [first] = ranges;
    const toS = positionS - KEPT_IN_NEED_S;
    if (first && toS > first.startS) this.#buffer.remove(first.startS, toS);
    else this.#overflow();
  }

  #removeOld(): void {
    const { ranges, positionS } = this.#buffer;
    const [first] = ranges;
    if (!first || positionS - first.startS <= KEPT_S) return;
    this.#buffer.remove(first.startS, positionS - KEPT_AFTER_REMOVAL_S);
  }

  /** It has run dry, or stands before something that is missing: over it, if there is another side. */
  #crossGap(): void {
    const { ranges, positionS } = this.#buffer;
    if (!this.#wasDry) {
      const isFirst = positionS === 0;
      if (!isFirst) this.#targetS = Math.min(MAX_TARGET_S, this.#targetS + TARGET_STEP_S);
      this.#wasDry = true;
    }
    const next = ranges.find(({ startS }) => startS > positionS);
    if (next) this.#leap(ranges.at(-1) ?? next);
  }

  /** To the target, in the newest range. */
  #leap({ startS, endS }: TimeRange): void {
    this.#buffer.positionS = Math.max(startS + ROUNDING_S, endS - this.#targetS);
  }

  #adjustRate(): void {
    const behindS = this.behindS ?? 0;
    if (behindS >= this.#targetS * NORMAL_AGAIN) this.#wasDry = false;
    const { rate } = this.#buffer;
    const wanted = this.#rateFor(behindS, rate);
    if (wanted !== rate) this.#buffer.rate = wanted;
  }

  #rateFor(behindS: number, rate: number): number {
    if (behindS > this.#targetS) return FASTER;
    if (behindS < NEARLY_DRY_S) return SLOWER;
    const middleS = this.#targetS * NORMAL_AGAIN;
    if (rate > 1) return behindS <= middleS ? 1 : rate;
    return behindS >= middleS ? 1 : rate;
  }

  #overflow(): void {
    this.#waiting = [];
    this.#waitingBytes = 0;
    this.#onOverflow();
  }
}

function join(parts: readonly Uint8Array[]): Uint8Array {
  const [only] = parts;
  if (only && parts.length === 1) return only;
  const joined = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}
