// What an RTP payload of H.264 holds, seen without unpacking it (RFC 6184 §5.2).
//
//   type 1–23  one NAL unit
//   type 24    STAP-A: several, each with a 16-bit size before it
//   type 28    FU-A: a fragment; its second byte says whether it starts (S) and of what type it is
//
//   FU header:  +-+-+-+-+-+-+-+-+
//               |S|E|R|  Type   |
//               +-+-+-+-+-+-+-+-+

export const NAL_SLICE_IDR = 5;
export const NAL_SPS = 7;
export const NAL_PPS = 8;

const STAP_A = 24;
const FU_A = 28;
const NAL_TYPE_MASK = 0x1f;
const FU_START_BIT = 0x80;
/** A STAP-A of more units than this is not worth walking: real ones hold two or three. */
const MAX_AGGREGATED_UNITS = 32;

/** Bits of `inspectH264`. */
export const HAS_SPS = 1;
export const HAS_PPS = 2;
/** An IDR slice starts in this payload. */
export const STARTS_IDR = 4;
/** Something else starts or goes on in it: a delta slice, SEI, a later fragment. */
export const HAS_OTHER = 8;
/** Nothing known of RFC 6184 looks like this. */
export const MALFORMED = 16;

/** Which of the units that matter start in this payload. Allocates nothing. */
export function inspectH264(packet: Uint8Array, start: number, end: number): number {
  const type = (packet[start] ?? 0) & NAL_TYPE_MASK;
  if (type === FU_A) return inspectFragment(packet, start, end);
  if (type === STAP_A) return inspectAggregate(packet, start + 1, end);
  return type === 0 || type > STAP_A ? MALFORMED : flagOf(type);
}

/** Calls `visit` with each parameter set that this payload holds whole. */
export function forEachParameterSet(
  payload: Uint8Array,
  visit: (type: number, unit: Uint8Array) => void,
): void {
  const type = (payload[0] ?? 0) & NAL_TYPE_MASK;
  if (type === NAL_SPS || type === NAL_PPS) visit(type, payload);
  if (type !== STAP_A) return;
  let at = 1;
  for (let units = 0; units < MAX_AGGREGATED_UNITS && at + 2 < payload.length; units++) {
    const size = ((payload[at] ?? 0) << 8) | (payload[at + 1] ?? 0);
    const unit = payload.subarray(at + 2, at + 2 + size);
    const unitType = (unit[0] ?? 0) & NAL_TYPE_MASK;
    if (unitType === NAL_SPS || unitType === NAL_PPS) visit(unitType, unit);
    at += 2 + size;
  }
}

/** A STAP-A payload of these units, each shorter than 64 KiB. */
export function formatStapA(units: readonly Uint8Array[]): Uint8Array {
  const payload = new Uint8Array(units.reduce((sum, unit) => sum + 2 + unit.length, 1));
  // F is the OR and NRI the maximum of the units' own (RFC 6184 §5.7).
  payload[0] = units.reduce((nri, unit) => Math.max(nri, (unit[0] ?? 0) & 0x60), 0) | STAP_A;
  let at = 1;
  for (const unit of units) {
    payload[at] = unit.length >>> 8;
    payload[at + 1] = unit.length;
    payload.set(unit, at + 2);
    at += 2 + unit.length;
  }
  return payload;
}

function inspectFragment(packet: Uint8Array, start: number, end: number): number {
  if (end - start < 2) return MALFORMED;
  const header = packet[start + 1] ?? 0;
  return header & FU_START_BIT ? flagOf(header & NAL_TYPE_MASK) : HAS_OTHER;
}

function inspectAggregate(packet: Uint8Array, start: number, end: number): number {
  let flags = 0;
  let at = start;
  for (let units = 0; units < MAX_AGGREGATED_UNITS && at < end; units++) {
    const size = ((packet[at] ?? 0) << 8) | (packet[at + 1] ?? 0);
    if (size === 0 || at + 2 + size > end) return MALFORMED;
    flags |= flagOf((packet[at + 2] ?? 0) & NAL_TYPE_MASK);
    at += 2 + size;
  }
  return flags;
}

function flagOf(type: number): number {
  if (type === NAL_SLICE_IDR) return STARTS_IDR;
  if (type === NAL_SPS) return HAS_SPS;
  return type === NAL_PPS ? HAS_PPS : HAS_OTHER;
}
