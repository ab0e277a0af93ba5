// What an RTP payload of H.264 holds, seen without unpacking it (RFC 6184 §5.2).
//
//   type 1–23  one NAL unit
//   type 24    STAP-A: several, each with a 16-bit size before it
//   type 28    FU-A: a fragment; its second byte says whether it starts (S) and of what type it is
//
//   FU header:  +-+-+-+-+-+-+-+-+
//               |S|E|R|  Type   |
//               +-+-+-+-+-+-+-+-+

import {
  forEachAggregated,
  formatAggregate,
  MAX_AGGREGATED_UNITS,
} from '#media/video/aggregates.ts';
import {
  HAS_OTHER,
  HAS_PARAMETER_SETS,
  HAS_SLICE,
  MALFORMED,
  STARTS_B_SLICE,
  STARTS_KEY_FRAME,
  STARTS_PICTURE,
} from '#media/video/payload-flags.ts';

const NAL_SLICE = 1;
export const NAL_SLICE_IDR = 5;
export const NAL_SPS = 7;
export const NAL_PPS = 8;

const STAP_A = 24;
const FU_A = 28;
const NAL_TYPE_MASK = 0x1f;
const FU_START_BIT = 0x80;

/** Which of the units that matter start in this payload. Allocates nothing. */
export function inspectH264(packet: Uint8Array, start: number, end: number): number {
  const type = (packet[start] ?? 0) & NAL_TYPE_MASK;
  if (type === FU_A) return inspectFragment(packet, start, end);
  if (type === STAP_A) return inspectAggregate(packet, start + 1, end);
  return type === 0 || type > STAP_A ? MALFORMED : flagsOf(type, packet, start + 1, end);
}

/** Calls `visit` with each parameter set that this payload holds whole. */
export function forEachParameterSet(
  payload: Uint8Array,
  visit: (type: number, unit: Uint8Array) => void,
): void {
  const visitSet = (unit: Uint8Array): void => {
    const type = (unit[0] ?? 0) & NAL_TYPE_MASK;
    if (type === NAL_SPS || type === NAL_PPS) visit(type, unit);
  };
  visitSet(payload);
  if (((payload[0] ?? 0) & NAL_TYPE_MASK) === STAP_A) forEachAggregated(payload, 1, visitSet);
}

/** A STAP-A payload of these units, each shorter than 64 KiB. */
export function formatStapA(units: readonly Uint8Array[]): Uint8Array {
  // F is the OR and NRI the maximum of the units' own (RFC 6184 §5.7).
  const nri = units.reduce((highest, unit) => Math.max(highest, (unit[0] ?? 0) & 0x60), 0);
  return formatAggregate([nri | STAP_A], units);
}

function inspectFragment(packet: Uint8Array, start: number, end: number): number {
  if (end - start < 2) return MALFORMED;
  const header = packet[start + 1] ?? 0;
  const type = header & NAL_TYPE_MASK;
  if (!isSlice(type)) return HAS_OTHER;
  return header & FU_START_BIT ? flagsOf(type, packet, start + 2, end) : HAS_SLICE;
}

function inspectAggregate(packet: Uint8Array, start: number, end: number): number {
  let flags = 0;
  let at = start;
  for (let units = 0; units < MAX_AGGREGATED_UNITS && at < end; units++) {
    const size = ((packet[at] ?? 0) << 8) | (packet[at + 1] ?? 0);
    if (size === 0 || at + 2 + size > end) return MALFORMED;
    const type = (packet[at + 2] ?? 0) & NAL_TYPE_MASK;
    flags |= flagsOf(type, packet, at + 3, at + 2 + size);
    at += 2 + size;
  }
  return flags;
}

/** Of a unit that starts in this payload; its bytes after the header are at `start`. */
function flagsOf(type: number, packet: Uint8Array, start: number, end: number): number {
  if (type === NAL_SPS || type === NAL_PPS) return HAS_PARAMETER_SETS;
  if (!isSlice(type)) return HAS_OTHER;
  const key = type === NAL_SLICE_IDR ? STARTS_KEY_FRAME : 0;
  return HAS_SLICE | key | (start < end ? sliceFlags(packet, start) : 0);
}

/** Data partitions (2 to 4) are slices too. */
function isSlice(type: number): boolean {
  return type >= NAL_SLICE && type <= NAL_SLICE_IDR;
}

/**
 * §7.3.3: first_mb_in_slice and slice_type, both Exp-Golomb. The first is 0, one bit, where a picture
 * starts; then the second begins at the second bit. Other slices of the picture are of no interest.
 */
function sliceFlags(packet: Uint8Array, start: number): number {
  const first = packet[start] ?? 0;
  if (!(first & 0x80)) return 0;
  return isB((first >>> 2) & 0x1f) ? STARTS_PICTURE | STARTS_B_SLICE : STARTS_PICTURE;
}

/** Five bits from the slice type on: B is 1 (`010`) or 6 (`00111`). */
function isB(bits: number): boolean {
  return bits >>> 2 === 0b010 || bits === 0b00111;
}
