// What an H.265 payload holds: each packetisation, cameras' peculiarities, bytes that mean nothing.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  HAS_OTHER,
  HAS_PARAMETER_SETS,
  HAS_SLICE,
  MALFORMED,
  STARTS_KEY_FRAME,
  STARTS_PICTURE,
} from '#media/video/payload-flags.ts';
import { forEachParameterSet, formatAp, inspectH265 } from './payload.ts';

const inspect = (...bytes: number[]) => inspectH265(Uint8Array.from(bytes), 0, bytes.length);
/** A unit's header. */
const header = (type: number) => [type << 1, 1];
const [VPS, SPS, PPS, SEI, IDR, CRA, TRAIL] = [32, 33, 34, 39, 19, 21, 1];
const AP = 48;
const FU = 49;
const FIRST = 0x80;

test.each([
  ['a delta picture', [...header(TRAIL), FIRST], HAS_SLICE | STARTS_PICTURE],
  ['a later slice of it', [...header(TRAIL), 0x40], HAS_SLICE],
  ['an IDR picture', [...header(IDR), FIRST], HAS_SLICE | STARTS_KEY_FRAME | STARTS_PICTURE],
  ['a CRA picture', [...header(CRA), FIRST], HAS_SLICE | STARTS_KEY_FRAME | STARTS_PICTURE],
  ['a VPS', [...header(VPS), 1], HAS_PARAMETER_SETS],
  ['an SPS', [...header(SPS), 1], HAS_PARAMETER_SETS],
  ['a PPS', [...header(PPS), 1], HAS_PARAMETER_SETS],
  ['SEI', [...header(SEI), 1], HAS_OTHER],
  [
    'the first fragment of an IDR picture',
    [...header(FU), 0x80 | IDR, FIRST],
    HAS_SLICE | STARTS_KEY_FRAME | STARTS_PICTURE,
  ],
  [
    'a fragment that both starts and ends, as OpenIPC cameras send',
    [...header(FU), 0xc0 | IDR, FIRST],
    HAS_SLICE | STARTS_KEY_FRAME | STARTS_PICTURE,
  ],
  ['a later fragment', [...header(FU), IDR, FIRST], HAS_SLICE],
  ['a later fragment of another type, as Tiandy cameras send', [...header(FU), 0, 1], HAS_SLICE],
  ['a later fragment of SEI', [...header(FU), SEI, 1], HAS_OTHER],
  ['the first fragment of an SPS', [...header(FU), 0x80 | SPS, 1], HAS_OTHER],
  [
    'an aggregate of sets and an IDR picture',
    [...header(AP), 0, 2, ...header(VPS), 0, 3, ...header(IDR), FIRST],
    HAS_PARAMETER_SETS | HAS_SLICE | STARTS_KEY_FRAME | STARTS_PICTURE,
  ],
  ['a cut header', [0x26], MALFORMED],
  ['a fragment without its header', header(FU), MALFORMED],
  ['an aggregate whose unit is cut', [...header(AP), 0, 9, 1], MALFORMED],
  ['PACI, which browsers do not know', [...header(50), 1], MALFORMED],
])('%s is seen as such', (_, bytes, flags) => {
  expect(inspect(...bytes)).toBe(flags);
});

test('an aggregate gives back the parameter sets it was made of', () => {
  const set = fc.uint8Array({ minLength: 1, maxLength: 300 });
  fc.assert(
    fc.property(set, set, set, (...rests) => {
      const sets = rests.map((rest, at) => Uint8Array.of(...header(32 + at), ...rest));
      const seen: Uint8Array[] = [];
      const payload = formatAp(sets);
      forEachParameterSet(payload, (_, unit) => seen.push(unit));
      expect(seen).toEqual(sets);
      expect(inspectH265(payload, 0, payload.length)).toBe(HAS_PARAMETER_SETS);
    }),
  );
});

test('random bytes are inspected without harm', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), (payload) => {
      expect(inspectH265(payload, 0, payload.length)).toBeLessThanOrEqual(127);
      forEachParameterSet(payload, (_, unit) =>
        expect(unit.length).toBeLessThanOrEqual(payload.length),
      );
    }),
  );
});
