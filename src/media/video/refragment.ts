// Brings payloads to a size that every path carries, and apart what no browser understands: cameras
// fill 1,400 to 10,000 bytes, and some join several units in one packet by start codes.
//
//   from the camera    |S  1,400   |   1,400   |E    900   |
//                       ─────────┐ ─────────┐   ───────┐
//   to the viewers     |S 1,188  | 1,188    | 1,188   |E|     as few packets as carry it
//
// What does not fill a packet waits for the unit's next fragment, which is right behind it.

import { MAX_PAYLOAD_BYTES } from '#media/h264/packetize.ts';
import { RTP_HEADER_BYTES, readMarker } from '#media/rtp/header.ts';
import { findStartCode, START_CODE_BYTES, trimZeros } from './start-codes.ts';
import {
  FRAGMENT_END,
  FRAGMENT_START,
  SIZE_BYTES,
  UNIT_SYNTAX,
  type UnitSyntax,
} from './unit-syntax.ts';

/** Joined units begin with a parameter set, a delimiter or SEI: only those are searched so far in. */
const MAX_LEADING_BYTES = 256;
/** Which units may have others joined to them: all that are no slices. */
const FIRST_NON_SLICE = { H264: 6, H265: 32 } as const;
const VERSION_2 = 0x80;
/**
 * In one packet: a frame in 100 slices, with its sets. What is behind them is left out: 20,000 units
 * would hold everything up for 10 ms.
 */
const MAX_UNITS = 128;

/** One piece: a whole RTP packet, valid only during the call. */
export type TakePiece = (packet: Uint8Array, start: number, marker: boolean) => void;

export class Refragmenter {
  readonly #syntax: UnitSyntax;
  readonly #firstNonSlice: number;
  readonly #take: TakePiece;
  /** The fragment that is being filled: its RTP header is written for each viewer. */
  readonly #piece = new Uint8Array(RTP_HEADER_BYTES + MAX_PAYLOAD_BYTES);
  /** How much of it is filled; 0 while there is none. */
  #filled = 0;

  constructor(codec: 'H264' | 'H265', take: TakePiece) {
    this.#syntax = UNIT_SYNTAX[codec];
    this.#firstNonSlice = FIRST_NON_SLICE[codec];
    this.#take = take;
    this.#piece[0] = VERSION_2;
  }

  /** Gives pieces instead of this packet; false, and nothing given, if it is fine as it is. */
  push(packet: Uint8Array, start: number, end: number): boolean {
    const type = this.#syntax.typeOf(packet[start] ?? 0);
    if (type === this.#syntax.fragmentType) return this.#pushFragment(packet, start, end);
    this.reset();
    const isJoined =
      (this.#isNoSlice(type) || startsWithZeros(packet, start)) && hasStartCode(packet, start, end);
    if (end - start <= MAX_PAYLOAD_BYTES && !isJoined) return false;
    const payload = packet.subarray(start, end);
    if (isJoined) this.#addAll(splitJoined(payload), readMarker(packet));
    else if (type !== this.#syntax.aggregateType) this.#addUnit(payload, readMarker(packet));
    else return this.#pushAggregate(payload, readMarker(packet));
    return true;
  }

  /** Packets are missing: what waits for them is nothing. */
  reset(): void {
    this.#filled = 0;
  }

  #isNoSlice(type: number): boolean {
    return type >= this.#firstNonSlice && type !== this.#syntax.aggregateType;
  }

  #pushFragment(packet: Uint8Array, start: number, end: number): boolean {
    const { headerBytes, typeMask } = this.#syntax;
    const body = start + headerBytes + 1;
    if (body > end) return false;
    const flags = packet[body - 1] ?? 0;
    const isFirst = (flags & FRAGMENT_START) !== 0;
    if (isFirst) this.reset();
    const isJoined =
      isFirst && this.#isNoSlice(flags & typeMask) && hasStartCode(packet, body, end);
    if (isJoined || (isFirst && flags & FRAGMENT_END)) {
      this.#pushDisguised(packet.subarray(start, end), isJoined, readMarker(packet));
      return true;
    }
    if (this.#filled === 0 && end - start <= MAX_PAYLOAD_BYTES) return false;
    if (this.#filled === 0) this.#open(packet.subarray(start, body - 1), flags & ~FRAGMENT_END);
    this.#append(packet.subarray(body, end));
    if (flags & FRAGMENT_END) this.#close(FRAGMENT_END, readMarker(packet));
    else if (readMarker(packet)) this.#close(0, true);
    return true;
  }

  /**
   * A first fragment that is more than that: a whole unit (OpenIPC: retina#131), or parameter sets
   * and the start of a slice, all under the first set's type and joined by start codes (V380:
   * retina#68, #108). A start code across the end of the fragment is not seen.
   */
  #pushDisguised(fragment: Uint8Array, isJoined: boolean, marker: boolean): void {
    const { headerBytes } = this.#syntax;
    const isWhole = ((fragment[headerBytes] ?? 0) & FRAGMENT_END) !== 0;
    const unit = this.#unwrap(fragment);
    const units = isJoined ? splitJoined(unit) : [unit];
    const last = isWhole ? undefined : units.pop();
    this.#addAll(units, marker && !last);
    if (!last || last.length < headerBytes) return;
    this.#openUnit(last);
    if (marker) this.#close(0, true);
  }

  /** A fragment's part of the unit, behind the unit's own header. */
  #unwrap(fragment: Uint8Array): Uint8Array {
    const { headerBytes, typeMask, withType } = this.#syntax;
    const unit = fragment.slice(1);
    unit.set(fragment.subarray(0, headerBytes));
    unit[0] = withType(fragment[0] ?? 0, (fragment[headerBytes] ?? 0) & typeMask);
    return unit;
  }

  /** Takes the whole payload apart; if it makes no sense it is left to who looks into it. */
  #pushAggregate(payload: Uint8Array, marker: boolean): boolean {
    const units = splitAggregate(payload, this.#syntax.headerBytes);
    if (units) this.#addAll(units, marker);
    return units !== undefined;
  }

  #addAll(units: readonly Uint8Array[], marker: boolean): void {
    for (const [at, unit] of units.entries()) {
      this.#addUnit(unit, marker && at === units.length - 1);
    }
  }

  #addUnit(unit: Uint8Array, marker: boolean): void {
    if (unit.length <= MAX_PAYLOAD_BYTES) {
      this.#piece.set(unit, RTP_HEADER_BYTES);
      this.#give(RTP_HEADER_BYTES + unit.length, marker);
      return;
    }
    this.#openUnit(unit);
    this.#close(FRAGMENT_END, marker);
  }

  /** Begins a fragment with this start of a unit; more may be appended. */
  #openUnit(unit: Uint8Array): void {
    const { headerBytes, typeOf, withType, fragmentType } = this.#syntax;
    const first = unit[0] ?? 0;
    this.#open(unit.subarray(0, headerBytes), FRAGMENT_START | typeOf(first));
    this.#piece[RTP_HEADER_BYTES] = withType(first, fragmentType);
    this.#append(unit.subarray(headerBytes));
  }

  /** Begins a fragment with this header. */
  #open(header: Uint8Array, flags: number): void {
    this.#piece.set(header, RTP_HEADER_BYTES);
    this.#filled = RTP_HEADER_BYTES + header.length + 1;
    this.#piece[this.#filled - 1] = flags;
  }

  #append(body: Uint8Array): void {
    let at = 0;
    while (at < body.length) {
      if (this.#filled === this.#piece.length) this.#giveFull();
      const count = Math.min(body.length - at, this.#piece.length - this.#filled);
      this.#piece.set(body.subarray(at, at + count), this.#filled);
      this.#filled += count;
      at += count;
    }
  }

  /** There is more of the unit: the next fragment has the same header, and is not the first. */
  #giveFull(): void {
    const flagsAt = RTP_HEADER_BYTES + this.#syntax.headerBytes;
    this.#give(this.#filled, false);
    this.#piece[flagsAt] = (this.#piece[flagsAt] ?? 0) & ~FRAGMENT_START;
    this.#filled = flagsAt + 1;
  }

  #close(flag: number, marker: boolean): void {
    const flagsAt = RTP_HEADER_BYTES + this.#syntax.headerBytes;
    this.#piece[flagsAt] = (this.#piece[flagsAt] ?? 0) | flag;
    this.#give(this.#filled, marker);
    this.reset();
  }

  #give(length: number, marker: boolean): void {
    this.#take(this.#piece.subarray(0, length), RTP_HEADER_BYTES, marker);
  }
}

/** The first two bytes of a start code; no unit of either codec begins with them. */
function startsWithZeros(packet: Uint8Array, start: number): boolean {
  return packet[start] === 0 && packet[start + 1] === 0;
}

function hasStartCode(packet: Uint8Array, start: number, end: number): boolean {
  const limit = Math.min(end, start + MAX_LEADING_BYTES);
  return findStartCode(packet, start, limit) < limit;
}

/** Zeros before a start code are padding; at the end they may be a unit's that goes on. */
function splitJoined(payload: Uint8Array): Uint8Array[] {
  const units: Uint8Array[] = [];
  let start = 0;
  while (start < payload.length && units.length < MAX_UNITS) {
    const code = findStartCode(payload, start);
    const end = code < payload.length ? trimZeros(payload, start, code) : code;
    if (end > start) units.push(payload.subarray(start, end));
    start = code + START_CODE_BYTES;
  }
  return units;
}

/** Undefined if it is cut. */
function splitAggregate(payload: Uint8Array, headerBytes: number): Uint8Array[] | undefined {
  const units: Uint8Array[] = [];
  let at = headerBytes;
  while (at + SIZE_BYTES < payload.length && units.length < MAX_UNITS) {
    const size = ((payload[at] ?? 0) << 8) | (payload[at + 1] ?? 0);
    const unit = payload.subarray(at + SIZE_BYTES, at + SIZE_BYTES + size);
    if (unit.length < size) return undefined;
    if (size > 0) units.push(unit);
    at += SIZE_BYTES + size;
  }
  return units;
}
