// What an H.264 payload holds: each packetisation, and bytes that mean nothing.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  HAS_OTHER,
  HAS_PARAMETER_SETS,
  HAS_SLICE,
  MALFORMED,
  STARTS_B_SLICE,
  STARTS_KEY_FRAME,
  STARTS_PICTURE,
} from '#media/video/payload-flags.ts';
import { forEachParameterSet, formatStapA, inspectH264 } from './payload.ts';

const inspect = (...bytes: number[]) => inspectH264(Uint8Array.from(bytes), 0, bytes.length);

/** A slice header's first bits: first_mb_in_slice 0 (`1`), then the slice type. */
const P_SLICE = 0b1_1_000000;
const B_SLICE = 0b1_010_0000;
const ALL_B_SLICE = 0b1_00111_00;
const SECOND_B_SLICE = 0b0_11_010_00;

test.each([
  ['a delta picture', [0x41, P_SLICE], HAS_SLICE | STARTS_PICTURE],
  ['a B picture', [0x01, B_SLICE], HAS_SLICE | STARTS_PICTURE | STARTS_B_SLICE],
  ['a picture of B slices only', [0x01, ALL_B_SLICE], HAS_SLICE | STARTS_PICTURE | STARTS_B_SLICE],
  ['a later slice of a picture', [0x41, SECOND_B_SLICE], HAS_SLICE],
  ['an IDR picture', [0x65, P_SLICE], HAS_SLICE | STARTS_KEY_FRAME | STARTS_PICTURE],
  ['a slice without a header', [0x65], HAS_SLICE | STARTS_KEY_FRAME],
  ['an SPS', [0x67, 1], HAS_PARAMETER_SETS],
  ['a PPS', [0x68, 1], HAS_PARAMETER_SETS],
  ['SEI', [0x06, 1], HAS_OTHER],
  [
    'the first fragment of an IDR slice',
    [0x7c, 0x85, P_SLICE],
    HAS_SLICE | STARTS_KEY_FRAME | STARTS_PICTURE,
  ],
  ['a later fragment of an IDR slice', [0x7c, 0x05, P_SLICE], HAS_SLICE],
  ['a later fragment of SEI', [0x7c, 0x06, 1], HAS_OTHER],
  ['the first fragment of an SPS, which is not the whole of it', [0x7c, 0x87, 1], HAS_OTHER],
  [
    'an aggregate of SPS, PPS and IDR',
    [0x78, 0, 1, 0x67, 0, 1, 0x68, 0, 2, 0x65, P_SLICE],
    HAS_PARAMETER_SETS | HAS_SLICE | STARTS_KEY_FRAME | STARTS_PICTURE,
  ],
  ['a fragment without its header', [0x7c], MALFORMED],
  ['an aggregate whose unit is cut', [0x78, 0, 9, 0x67], MALFORMED],
  ['an aggregate with an empty unit', [0x78, 0, 0], MALFORMED],
  ['the forbidden type 0', [0x00, 1], MALFORMED],
  ['type 29, which nobody sends', [0x1d, 1], MALFORMED],
])('%s is seen as such', (_, bytes, flags) => {
  expect(inspect(...bytes)).toBe(flags);
});

test('an aggregate gives back the parameter sets it was made of', () => {
  const set = fc.uint8Array({ minLength: 1, maxLength: 300 });
  fc.assert(
    fc.property(set, set, (spsRest, ppsRest) => {
      const sets = [Uint8Array.of(0x67, ...spsRest), Uint8Array.of(0x68, ...ppsRest)];
      const seen: Uint8Array[] = [];
      const payload = formatStapA(sets);
      forEachParameterSet(payload, (_, unit) => seen.push(unit));
      expect(seen).toEqual(sets);
      expect(inspectH264(payload, 0, payload.length)).toBe(HAS_PARAMETER_SETS);
    }),
  );
});

test('random bytes are inspected without harm', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), (payload) => {
      expect(inspectH264(payload, 0, payload.length)).toBeLessThanOrEqual(127);
      forEachParameterSet(payload, (_, unit) =>
        expect(unit.length).toBeLessThanOrEqual(payload.length),
      );
    }),
  );
});
