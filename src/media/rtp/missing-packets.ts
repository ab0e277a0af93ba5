// Which packets of one sender are missing, and when to ask for them again (NACK, RFC 4585 §6.2.1).
//
//   gap ──10 ms──▶ asked ──a round trip──▶ asked again … 10 times or 300 ms ──▶ given up
//                    └── it comes: its answer tells the round trip ──▶ forgotten

import { sequenceDistance } from './distance.ts';

/** Packets that overtook one another come within this; asking for them would double them. */
const OVERTAKEN_WITHIN_MS = 10;
const MAX_TRIES = 10;
/** Two round trips across an ocean. Who waits longer for a picture is better off with a key frame. */
export const REPAIR_WITHIN_MS = 300;
/** 0.3 s of 8 Mb/s: where so much is missing a key frame costs less than all of it again. */
const MAX_MISSING = 256;
/** Until an answer has told. */
const FIRST_ROUND_TRIP_MS = 100;
/** An answer that comes late is not asked for twice; and timers are no finer. */
const MIN_RETRY_MS = 20;
const RETRY_ROUND_TRIPS = 1.25;
/** RFC 6298 §2: the gain of the smoothed round trip. */
const GAIN = 1 / 8;
const NONE: readonly number[] = [];

interface Missing {
  readonly sinceMs: number;
  askedAtMs: number;
  tries: number;
}

export class MissingPackets {
  /** In the order of the sequence numbers. */
  readonly #missing = new Map<number, Missing>();
  #next: number | undefined;
  #roundTripMs = FIRST_ROUND_TRIP_MS;
  /** Given up. */
  abandoned = 0;

  get size(): number {
    return this.#missing.size;
  }

  get roundTripMs(): number {
    return this.#roundTripMs;
  }

  /** A packet came. */
  take(sequence: number, nowMs: number): void {
    const next = this.#next ?? sequence;
    const ahead = sequenceDistance(next, sequence);
    if (ahead < 0) {
      this.#repair(sequence, nowMs);
      return;
    }
    if (this.#missing.size + ahead > MAX_MISSING) this.#giveUp(ahead);
    else this.#note(next, sequence, nowMs);
    this.#next = (sequence + 1) & 0xffff;
  }

  /** Another sender: nothing that is missing will come. */
  restart(): void {
    this.#giveUp(0);
    this.#next = undefined;
  }

  /** Those to ask for now, in their order. */
  due(nowMs: number): readonly number[] {
    if (this.#missing.size === 0) return NONE;
    const retryMs = Math.max(MIN_RETRY_MS, this.#roundTripMs * RETRY_ROUND_TRIPS);
    const due: number[] = [];
    for (const [sequence, missing] of this.#missing) {
      const isDue =
        nowMs - missing.askedAtMs >= (missing.tries === 0 ? OVERTAKEN_WITHIN_MS : retryMs);
      if (nowMs - missing.sinceMs >= REPAIR_WITHIN_MS || (isDue && missing.tries === MAX_TRIES)) {
        this.#missing.delete(sequence);
        this.abandoned++;
      } else if (isDue) {
        missing.askedAtMs = nowMs;
        missing.tries++;
        due.push(sequence);
      }
    }
    return due;
  }

  #note(from: number, to: number, nowMs: number): void {
    for (let sequence = from; sequence !== to; sequence = (sequence + 1) & 0xffff) {
      this.#missing.set(sequence, { sinceMs: nowMs, askedAtMs: nowMs, tries: 0 });
    }
  }

  #repair(sequence: number, nowMs: number): void {
    const missing = this.#missing.get(sequence);
    if (!missing) return;
    this.#missing.delete(sequence);
    // Of a packet asked for twice nobody knows which time was answered (Karn's algorithm).
    if (missing.tries !== 1) return;
    this.#roundTripMs += (nowMs - missing.askedAtMs - this.#roundTripMs) * GAIN;
  }

  #giveUp(more: number): void {
    this.abandoned += this.#missing.size + more;
    this.#missing.clear();
  }
}
