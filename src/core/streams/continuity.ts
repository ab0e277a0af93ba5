// Whether a source's packets follow one another: gaps, late packets, a sender that started anew.

import { sequenceDistance } from '#media/rtp/distance.ts';
import { readSequence, readSsrc } from '#media/rtp/header.ts';

/** A jump beyond this is a restarted sender, not loss (RFC 3550 A.1, MAX_DROPOUT). */
const MAX_DROPOUT = 3000;
/** Packets this far behind are late; further back it is a restarted sender (MAX_MISORDER). */
const MAX_MISORDER = 100;

type Order = 'first' | 'next' | 'gap' | 'late' | 'restart';

export class Continuity {
  #ssrc = -1;
  #expected = 0;
  /** What follows a packet from far away, if its sender did start anew (RFC 3550 A.1, bad_seq). */
  #restartAt = -1;
  #isAnew = false;
  /** Packets that did not come, or came too late. */
  lost = 0;

  /** Another connection: cameras with an SSRC that never changes begin with the same number each time. */
  restart(): void {
    this.#isAnew = true;
  }

  /** Places one packet; anything but `late` becomes the newest. */
  place(packet: Uint8Array): Order {
    const ssrc = readSsrc(packet);
    const sequence = readSequence(packet);
    const ahead = sequenceDistance(this.#expected, sequence);
    const order = this.#judge(ssrc, sequence, ahead);
    if (order === 'late') return order;
    if (order === 'gap') this.lost += ahead;
    this.#ssrc = ssrc;
    this.#expected = (sequence + 1) & 0xffff;
    this.#restartAt = -1;
    this.#isAnew = false;
    return order;
  }

  #judge(ssrc: number, sequence: number, ahead: number): Order {
    if (this.#ssrc === -1) return 'first';
    if (this.#isAnew) return 'restart';
    // Some cameras change it in mid-stream, and their numbers go on.
    if (ssrc !== this.#ssrc && ahead !== 0) return 'restart';
    if (ahead > MAX_DROPOUT || ahead < -MAX_MISORDER) return this.#doubt(sequence);
    if (ahead < 0) return 'late';
    return ahead === 0 ? 'next' : 'gap';
  }

  /** One stray packet is none; two in a row are a sender that started anew. */
  #doubt(sequence: number): Order {
    if (sequence === this.#restartAt) return 'restart';
    this.#restartAt = (sequence + 1) & 0xffff;
    return 'late';
  }
}
