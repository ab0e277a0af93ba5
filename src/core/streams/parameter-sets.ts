// The newest SPS and PPS of a track, so that every key frame can be sent with them.

import { forEachParameterSet, formatStapA, NAL_PPS, NAL_SPS } from '#media/h264/payload.ts';

/** A stream may hold several PPS, told apart by id; cameras use one, encoders rarely more than two. */
const MAX_SETS_PER_TYPE = 4;
/** Real sets are 10 to 100 bytes; longer ones would make an aggregate that no path carries. */
const MAX_SET_BYTES = 256;

export class ParameterSets {
  #sps: Uint8Array[] = [];
  #pps: Uint8Array[] = [];
  #aggregate: Uint8Array | undefined;

  constructor(sets: readonly Uint8Array[]) {
    for (const unit of sets) this.#learn((unit[0] ?? 0) & 0x1f, unit);
  }

  get sps(): Uint8Array | undefined {
    return this.#sps[0];
  }

  /** Learns what this payload holds of parameter sets. */
  read(payload: Uint8Array): void {
    forEachParameterSet(payload, (type, unit) => this.#learn(type, unit));
  }

  /** A STAP-A payload of all sets, or undefined while there is no complete pair. */
  aggregate(): Uint8Array | undefined {
    if (this.#sps.length === 0 || this.#pps.length === 0) return undefined;
    this.#aggregate ??= formatStapA([...this.#sps, ...this.#pps]);
    return this.#aggregate;
  }

  #learn(type: number, unit: Uint8Array): void {
    if (unit.length < 2 || unit.length > MAX_SET_BYTES) return;
    if (type === NAL_SPS) this.#learnSps(unit);
    else if (type === NAL_PPS) this.#learnPps(unit);
  }

  #learnSps(unit: Uint8Array): void {
    const known = this.#sps[0];
    if (known && sameBytes(known, unit)) return;
    // A new SPS makes the old PPS meaningless: they are sent again behind it.
    this.#sps = [unit.slice()];
    this.#pps = [];
    this.#aggregate = undefined;
  }

  #learnPps(unit: Uint8Array): void {
    if (this.#pps.some((known) => sameBytes(known, unit))) return;
    this.#pps = [...this.#pps, unit.slice()].slice(-MAX_SETS_PER_TYPE);
    this.#aggregate = undefined;
  }
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, at) => byte === b[at]);
}
