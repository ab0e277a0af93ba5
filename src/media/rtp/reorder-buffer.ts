// Puts packets back into order: holds those that came before their predecessors, for a short time.
//
//            next                    next + 256
//   … ─────────┬───┬───┬───┬───┬───────┬── …
//     emitted  │ ? │ 8 │ 9 │ ? │  …    │  too far ahead: the gap is given up
//   … ─────────┴───┴───┴───┴───┴───────┴── …

import { sequenceDistance } from './distance.ts';
import { readSequence } from './header.ts';
import { MAX_DROPOUT, MAX_MISORDER } from './reception.ts';

/** 0.3 s of an 8 Mb/s camera, far more than the longest wait lets come together. A power of two. */
const MAX_HELD_PACKETS = 256;
/** Of all held packets together; cameras that send 10,000-byte packets hold few. */
const MAX_HELD_BYTES = 1_048_576;
/** Slots of packets larger than a link's are not kept for the next one. */
const MAX_REUSED_BYTES = 2048;
const NOTHING = -1;

/** Where a packet belongs. `stray` is so far off that it can't be of the same run of numbers. */
type Place = 'next' | 'early' | 'far' | 'late' | 'duplicate' | 'stray';

interface HeldPacket {
  sequence: number;
  bytes: Uint8Array;
  sizeBytes: number;
  arrivedAtMs: number;
}

export class ReorderBuffer {
  readonly #slots: (HeldPacket | undefined)[] = new Array(MAX_HELD_PACKETS).fill(undefined);
  /** By slot: which sequence number was passed on last, to tell duplicates from late packets. */
  readonly #passed = new Int32Array(MAX_HELD_PACKETS).fill(NOTHING);
  #next = 0;
  #held = 0;
  #heldBytes = 0;
  /** When the packet came that has waited longest; only if some are held. */
  #waitingSinceMs = 0;

  get waitingSinceMs(): number | undefined {
    return this.#held > 0 ? this.#waitingSinceMs : undefined;
  }

  /** What comes next is unrelated to what came before; nothing may be held. */
  restart(sequence: number): void {
    this.#next = sequence;
    this.#passed.fill(NOTHING);
  }

  place(sequence: number): Place {
    const ahead = sequenceDistance(this.#next, sequence);
    if (ahead === 0) return 'next';
    if (ahead > MAX_DROPOUT || ahead < -MAX_MISORDER) return 'stray';
    const slot = sequence % MAX_HELD_PACKETS;
    if (ahead < 0) return this.#passed[slot] === sequence ? 'duplicate' : 'late';
    if (ahead >= MAX_HELD_PACKETS) return 'far';
    return this.#holds(sequence) ? 'duplicate' : 'early';
  }

  /** Keeps a copy of an early packet; false if there is no room for it. */
  hold(packet: Uint8Array, arrivedAtMs: number): boolean {
    if (this.#heldBytes + packet.length > MAX_HELD_BYTES) return false;
    const slot = this.#slotFor(readSequence(packet), packet.length);
    slot.bytes.set(packet);
    slot.sizeBytes = packet.length;
    slot.arrivedAtMs = arrivedAtMs;
    if (this.#held === 0) this.#waitingSinceMs = arrivedAtMs;
    this.#held++;
    this.#heldBytes += packet.length;
    return true;
  }

  /** `sequence` was passed on; everything before it is over. */
  pass(sequence: number): void {
    this.#passed[sequence % MAX_HELD_PACKETS] = sequence;
    this.#next = (sequence + 1) & 0xffff;
  }

  /** Takes out the packet that is next, or, with `skipGap`, the first one held. */
  shift(skipGap: boolean): HeldPacket | undefined {
    if (this.#held === 0) return undefined;
    let sequence = this.#next;
    while (skipGap && !this.#holds(sequence)) sequence = (sequence + 1) & 0xffff;
    if (!this.#holds(sequence)) return undefined;
    const at = sequence % MAX_HELD_PACKETS;
    const packet = this.#slots[at];
    if (!packet) return undefined;
    packet.sequence = NOTHING;
    if (packet.bytes.length > MAX_REUSED_BYTES) this.#slots[at] = undefined;
    this.#held--;
    this.#heldBytes -= packet.sizeBytes;
    this.pass(sequence);
    if (packet.arrivedAtMs === this.#waitingSinceMs) this.#waitingSinceMs = this.#oldestMs();
    return packet;
  }

  #holds(sequence: number): boolean {
    return this.#slots[sequence % MAX_HELD_PACKETS]?.sequence === sequence;
  }

  #slotFor(sequence: number, sizeBytes: number): HeldPacket {
    const at = sequence % MAX_HELD_PACKETS;
    const used = this.#slots[at];
    if (used && used.bytes.length >= sizeBytes) {
      used.sequence = sequence;
      return used;
    }
    const slot = { sequence, bytes: new Uint8Array(sizeBytes), sizeBytes, arrivedAtMs: 0 };
    this.#slots[at] = slot;
    return slot;
  }

  #oldestMs(): number {
    let oldest = Infinity;
    for (const slot of this.#slots) {
      if (slot && slot.sequence !== NOTHING) oldest = Math.min(oldest, slot.arrivedAtMs);
    }
    return oldest;
  }
}
