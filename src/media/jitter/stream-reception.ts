// What came of one RTP stream, and what should have come (RFC 3550 A.1, A.3).

import { sequenceDistance } from '#media/rtp/distance.ts';
import { MAX_DROPOUT, MAX_MISORDER } from '#media/rtp/reception.ts';

/** More than the misorder that is accepted, and a power of two: by which duplicates are told. */
const REMEMBERED_PACKETS = 128;
const NOTHING = -1;

/** `stray`: so far off that it belongs to another run of numbers. */
type Arrival = 'new' | 'reordered' | 'duplicate' | 'stray';

export class StreamReception {
  /** Without duplicates and strays. */
  received = 0;
  duplicates = 0;
  reordered = 0;
  strays = 0;
  /** Of runs of numbers that are over. */
  #expectedBefore = 0;
  /** Extended: wraps × 65536 + number. Below 2^53 for millions of years. */
  #first = 0;
  #highest = NOTHING;
  /** What follows a stray packet, if its sender did start anew (RFC 3550 A.1, bad_seq). */
  #restartAt = NOTHING;
  /** By sequence number: the extended one that came last. */
  readonly #came = new Float64Array(REMEMBERED_PACKETS).fill(NOTHING);

  get expected(): number {
    return this.#expectedBefore + (this.#highest === NOTHING ? 0 : this.#highest - this.#first + 1);
  }

  take(sequence: number): Arrival {
    if (this.#highest === NOTHING) this.#restart(sequence);
    const ahead = sequenceDistance(this.#highest & 0xffff, sequence);
    if (ahead > MAX_DROPOUT || ahead < -MAX_MISORDER) return this.#judgeStray(sequence);
    const extended = this.#highest + ahead;
    // Before the first one: it was overtaken by what is counted from.
    if (extended < this.#first) this.#first = extended;
    return this.#note(extended, ahead);
  }

  #note(extended: number, ahead: number): Arrival {
    const slot = ((extended % REMEMBERED_PACKETS) + REMEMBERED_PACKETS) % REMEMBERED_PACKETS;
    if (this.#came[slot] === extended) {
      this.duplicates++;
      return 'duplicate';
    }
    this.#came[slot] = extended;
    this.received++;
    if (ahead > 0) this.#highest = extended;
    if (ahead >= 0) return 'new';
    this.reordered++;
    return 'reordered';
  }

  /** One stray packet is none; two in a row are a sender that started anew. */
  #judgeStray(sequence: number): Arrival {
    if (sequence !== this.#restartAt) {
      this.#restartAt = (sequence + 1) & 0xffff;
      this.strays++;
      return 'stray';
    }
    this.#expectedBefore = this.expected;
    this.#restart(sequence);
    return this.#note(this.#highest, 0);
  }

  /** From 65536 on, so that an earlier one that comes later is none below 0. */
  #restart(sequence: number): void {
    this.#first = sequence + 0x1_0000;
    this.#highest = this.#first;
    this.#restartAt = NOTHING;
    this.#came.fill(NOTHING);
  }
}
