// What an RTP payload of H.265 holds, seen without unpacking it (RFC 7798 §4.4).
//
//   type 0–47  one NAL unit
//   type 48    AP: several, each with a 16-bit size before it
//   type 49    FU: a fragment; its third byte says whether it starts (S) and of what type it is
//
//   unit header:  |F|   Type    |  LayerId  | TID |      FU header:  |S|E|  FuType   |
//                  1      6           6        3                      1 1      6

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
  STARTS_KEY_FRAME,
  STARTS_PICTURE,
} from '#media/video/payload-flags.ts';

export const NAL_VPS = 32;
export const NAL_SPS = 33;
export const NAL_PPS = 34;

const FIRST_IRAP = 16;
const LAST_IRAP = 23;
const AP = 48;
const FU = 49;
const FU_START_BIT = 0x80;
const UNIT_HEADER_BYTES = 2;

/** Which of the units that matter start in this payload. Allocates nothing. */
export function inspectH265(packet: Uint8Array, start: number, end: number): number {
  if (end - start < UNIT_HEADER_BYTES) return MALFORMED;
  const type = unitType(packet[start] ?? 0);
  if (type === FU) return inspectFragment(packet, start + UNIT_HEADER_BYTES, end);
  if (type === AP) return inspectAggregate(packet, start + UNIT_HEADER_BYTES, end);
  return type > AP ? MALFORMED : flagsOf(type, packet, start + UNIT_HEADER_BYTES, end);
}

/** Calls `visit` with each parameter set that this payload holds whole. */
export function forEachParameterSet(
  payload: Uint8Array,
  visit: (type: number, unit: Uint8Array) => void,
): void {
  const visitSet = (unit: Uint8Array): void => {
    const type = unitType(unit[0] ?? 0);
    if (isParameterSet(type)) visit(type, unit);
  };
  visitSet(payload);
  if (unitType(payload[0] ?? 0) === AP) forEachAggregated(payload, UNIT_HEADER_BYTES, visitSet);
}

/** An AP payload of these units, each shorter than 64 KiB. */
export function formatAp(units: readonly Uint8Array[]): Uint8Array {
  // Layer and temporal id are the lowest of the units' own (§4.4.2): both are 0 and 1 for sets.
  return formatAggregate([AP << 1, 1], units);
}

function unitType(firstByte: number): number {
  return (firstByte >>> 1) & 0x3f;
}

function inspectFragment(packet: Uint8Array, start: number, end: number): number {
  if (start >= end) return MALFORMED;
  const header = packet[start] ?? 0;
  const type = header & 0x3f;
  if (!isSlice(type)) return HAS_OTHER;
  return header & FU_START_BIT ? flagsOf(type, packet, start + 1, end) : HAS_SLICE;
}

function inspectAggregate(packet: Uint8Array, start: number, end: number): number {
  let flags = 0;
  let at = start;
  for (let units = 0; units < MAX_AGGREGATED_UNITS && at < end; units++) {
    const size = ((packet[at] ?? 0) << 8) | (packet[at + 1] ?? 0);
    if (size < UNIT_HEADER_BYTES || at + 2 + size > end) return MALFORMED;
    flags |= flagsOf(unitType(packet[at + 2] ?? 0), packet, at + 4, at + 2 + size);
    at += 2 + size;
  }
  return flags;
}

/** Of a unit that starts in this payload; its bytes after the header are at `start`. */
function flagsOf(type: number, packet: Uint8Array, start: number, end: number): number {
  if (isParameterSet(type)) return HAS_PARAMETER_SETS;
  if (!isSlice(type)) return HAS_OTHER;
  const key = type >= FIRST_IRAP && type <= LAST_IRAP ? STARTS_KEY_FRAME : 0;
  // §7.3.6.1: first_slice_segment_in_pic_flag is the slice header's first bit.
  const first = start < end && (packet[start] ?? 0) & 0x80 ? STARTS_PICTURE : 0;
  return HAS_SLICE | key | first;
}

function isParameterSet(type: number): boolean {
  return type >= NAL_VPS && type <= NAL_PPS;
}

function isSlice(type: number): boolean {
  return type <= LAST_IRAP;
}
