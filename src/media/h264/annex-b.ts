// H.264 as a byte stream: NAL units between start codes (ITU-T H.264 Annex B), and the access
// units they form (§7.4.1.2.3).
//
//   [00 …] 00 00 01 | NAL unit | [00 …] 00 00 01 | NAL unit | [00 …]

import { findStartCode, START_CODE_BYTES, trimZeros } from '#media/video/start-codes.ts';
import { InputError } from '#std/errors.ts';

const NAL_TYPE_MASK = 0x1f;

/** The NAL units without start codes and trailing zeros, as views into `bytes`. */
export function splitAnnexB(bytes: Uint8Array): Uint8Array[] {
  const units: Uint8Array[] = [];
  let code = findStartCode(bytes, 0);
  if (trimZeros(bytes, 0, code) > 0) {
    throw new InputError(
      'Cannot read the H.264 byte stream: it does not begin with a start code (00 00 01). Is it an MP4 file?',
      { code: 'invalid_annex_b' },
    );
  }
  while (code < bytes.length) {
    const start = code + START_CODE_BYTES;
    code = findStartCode(bytes, start);
    const end = trimZeros(bytes, start, code);
    if (end > start) units.push(bytes.subarray(start, end));
  }
  return units;
}

/** Sorts units into access units (frames). Units after the last picture belong to none. */
export function groupAccessUnits(units: readonly Uint8Array[]): Uint8Array[][] {
  const groups: Uint8Array[][] = [];
  let group: Uint8Array[] = [];
  let hasPicture = false;
  for (const unit of units) {
    if (hasPicture && opensAccessUnit(unit)) {
      groups.push(group);
      group = [];
      hasPicture = false;
    }
    group.push(unit);
    hasPicture ||= isSlice(unit);
  }
  if (hasPicture) groups.push(group);
  return groups;
}

export function nalType(unit: Uint8Array): number {
  return (unit[0] ?? 0) & NAL_TYPE_MASK;
}

function isSlice(unit: Uint8Array): boolean {
  return nalType(unit) >= 1 && nalType(unit) <= 5;
}

/** Whether this unit, after a picture, begins the next one. */
function opensAccessUnit(unit: Uint8Array): boolean {
  const type = nalType(unit);
  // A slice does if its first macroblock is number 0, which Exp-Golomb writes as a single 1 bit.
  if (isSlice(unit)) return ((unit[1] ?? 0) & 0x80) !== 0;
  return (type >= 6 && type <= 9) || (type >= 14 && type <= 18);
}
