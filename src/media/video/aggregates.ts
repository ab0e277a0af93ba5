// Several NAL units in one RTP payload, each with a 16-bit size before it: what STAP-A of H.264 (RFC 6184
// §5.7) and AP of H.265 (RFC 7798 §4.4.2) have in common.

import { SIZE_BYTES } from './unit-syntax.ts';

/** An aggregate of more units than this is not worth walking: real ones hold two to four. */
export const MAX_AGGREGATED_UNITS = 32;

/** A payload of these units, each shorter than 64 KiB, behind the aggregate's own header. */
export function formatAggregate(
  header: readonly number[],
  units: readonly Uint8Array[],
): Uint8Array {
  const size = units.reduce((sum, unit) => sum + SIZE_BYTES + unit.length, header.length);
  const payload = new Uint8Array(size);
  payload.set(header);
  let at = header.length;
  for (const unit of units) {
    payload[at] = unit.length >>> 8;
    payload[at + 1] = unit.length;
    payload.set(unit, at + SIZE_BYTES);
    at += SIZE_BYTES + unit.length;
  }
  return payload;
}

/** Calls `visit` with each unit; the last one may be cut. */
export function forEachAggregated(
  payload: Uint8Array,
  headerBytes: number,
  visit: (unit: Uint8Array) => void,
): void {
  let at = headerBytes;
  for (let units = 0; units < MAX_AGGREGATED_UNITS && at + SIZE_BYTES < payload.length; units++) {
    const size = ((payload[at] ?? 0) << 8) | (payload[at + 1] ?? 0);
    visit(payload.subarray(at + SIZE_BYTES, at + SIZE_BYTES + size));
    at += SIZE_BYTES + size;
  }
}
