// What an H.264 payload holds: each packetisation, and bytes that mean nothing.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  forEachParameterSet,
  formatStapA,
  HAS_OTHER,
  HAS_PPS,
  HAS_SPS,
  inspectH264,
  MALFORMED,
  STARTS_IDR,
} from './payload.ts';

const inspect = (...bytes: number[]) => inspectH264(Uint8Array.from(bytes), 0, bytes.length);

test.each([
  ['a delta slice', [0x41, 1], HAS_OTHER],
  ['an IDR slice', [0x65, 1], STARTS_IDR],
  ['an SPS', [0x67, 1], HAS_SPS],
  ['a PPS', [0x68, 1], HAS_PPS],
  ['the first fragment of an IDR slice', [0x7c, 0x85, 1], STARTS_IDR],
  ['a later fragment of an IDR slice', [0x7c, 0x05, 1], HAS_OTHER],
  [
    'an aggregate of SPS, PPS and IDR',
    [0x78, 0, 1, 0x67, 0, 1, 0x68, 0, 1, 0x65],
    HAS_SPS | HAS_PPS | STARTS_IDR,
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
      expect(inspectH264(payload, 0, payload.length)).toBe(HAS_SPS | HAS_PPS);
    }),
  );
});

test('random bytes are inspected without harm', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), (payload) => {
      expect(inspectH264(payload, 0, payload.length)).toBeLessThanOrEqual(31);
      forEachParameterSet(payload, (_, unit) =>
        expect(unit.length).toBeLessThanOrEqual(payload.length),
      );
    }),
  );
});
