// The newest parameter sets of a track, so that every key frame can be sent with them.

import { BitReader } from '#media/h264/bit-reader.ts';
import {
  forEachParameterSet as forEachOfH264,
  formatStapA,
  NAL_PPS as H264_PPS,
  NAL_SPS as H264_SPS,
} from '#media/h264/payload.ts';
import {
  forEachParameterSet as forEachOfH265,
  formatAp,
  NAL_PPS as H265_PPS,
  NAL_SPS as H265_SPS,
  NAL_VPS as H265_VPS,
} from '#media/h265/payload.ts';
import { InputError } from '#std/errors.ts';
import { UNIT_SYNTAX } from './unit-syntax.ts';

/** A stream may hold several PPS, told apart by id; cameras use one, encoders rarely more than two. */
const MAX_PPS = 4;
/** Real sets are 10 to 100 bytes; longer ones would make an aggregate that no path carries. */
const MAX_SET_BYTES = 256;

interface Syntax {
  /** Types in the order in which they are sent; the last one may come in several. */
  readonly types: readonly number[];
  readonly spsType: number;
  readonly forEach: (payload: Uint8Array, visit: (type: number, unit: Uint8Array) => void) => void;
  readonly format: (units: readonly Uint8Array[]) => Uint8Array;
}

const SYNTAX: Readonly<Record<'H264' | 'H265', Syntax>> = {
  H264: {
    types: [H264_SPS, H264_PPS],
    spsType: H264_SPS,
    forEach: forEachOfH264,
    format: formatStapA,
  },
  H265: {
    types: [H265_VPS, H265_SPS, H265_PPS],
    spsType: H265_SPS,
    forEach: forEachOfH265,
    format: formatAp,
  },
};

export class ParameterSets {
  readonly #syntax: Syntax;
  readonly #headerBytes: number;
  readonly #units = new Map<number, readonly Uint8Array[]>();
  #aggregate: Uint8Array | undefined;
  /** Counts changes, so that what is derived from the sets need not be derived again. */
  version = 0;

  constructor(codec: 'H264' | 'H265', units: readonly Uint8Array[]) {
    this.#syntax = SYNTAX[codec];
    this.#headerBytes = UNIT_SYNTAX[codec].headerBytes;
    for (const unit of units) this.read(unit);
  }

  get sps(): Uint8Array | undefined {
    return this.#units.get(this.#syntax.spsType)?.[0];
  }

  /** One of each kind is known. */
  get complete(): boolean {
    return this.#syntax.types.every((type) => this.#units.get(type)?.length);
  }

  /** In the order in which they are sent. */
  units(): readonly Uint8Array[] {
    return this.#syntax.types.flatMap((type) => this.#units.get(type) ?? []);
  }

  /** Learns what this payload holds of parameter sets. */
  read(payload: Uint8Array): void {
    this.#syntax.forEach(payload, (type, unit) => this.#learn(type, unit));
  }

  /** One RTP payload that holds all sets, or undefined while they are not complete. */
  aggregate(): Uint8Array | undefined {
    if (!this.complete) return undefined;
    this.#aggregate ??= this.#syntax.format(this.units());
    return this.#aggregate;
  }

  #learn(type: number, unit: Uint8Array): void {
    if (unit.length < 2 || unit.length > MAX_SET_BYTES) return;
    const known = this.#units.get(type) ?? [];
    if (known.some((each) => sameBytes(each, unit))) return;
    this.version++;
    this.#aggregate = undefined;
    const isPps = type === this.#syntax.types.at(-1);
    this.#units.set(type, isPps ? this.#replacePps(known, unit.slice()) : [unit.slice()]);
    if (!isPps) this.#forgetAfter(type);
  }

  /** The newest of an id counts: sent behind a newer one, an old one would take its place. */
  #replacePps(known: readonly Uint8Array[], pps: Uint8Array): readonly Uint8Array[] {
    const id = readPpsId(pps, this.#headerBytes);
    const others = known.filter((each) => readPpsId(each, this.#headerBytes) !== id);
    return [...others, pps].slice(-MAX_PPS);
  }

  /** What depends on another set than before is meaningless: it is sent again behind it. */
  #forgetAfter(type: number): void {
    const { types } = this.#syntax;
    for (const later of types.slice(types.indexOf(type) + 1)) this.#units.delete(later);
  }
}

/** A PPS begins with it (H.264 §7.3.2.2, H.265 §7.3.2.3.1). Undefined if the set ends before. */
function readPpsId(unit: Uint8Array, headerBytes: number): number | undefined {
  try {
    return new BitReader(unit.subarray(headerBytes)).readUnsigned();
  } catch (error) {
    if (error instanceof InputError) return undefined;
    throw error;
  }
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, at) => byte === b[at]);
}
