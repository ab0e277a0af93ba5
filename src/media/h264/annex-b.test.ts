// Tests of the byte stream reader.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { InputError } from '#std/errors.ts';
import { groupAccessUnits, nalType, splitAnnexB } from './annex-b.ts';

/** Bytes that hold no start code and end in no zero, as a NAL unit must. */
const nalUnit = fc
  .uint8Array({ minLength: 1, maxLength: 40 })
  .filter((bytes) => !/0,0,[01](,|$)/.test(bytes.join()) && bytes.at(-1) !== 0);

describe('splitAnnexB', () => {
  test('finds units behind start codes of three and four bytes and drops trailing zeros', () => {
    const bytes = Uint8Array.of(
      0,
      0,
      0,
      1,
      0x67,
      1,
      2,
      0,
      0,
      1,
      0x68,
      3,
      0,
      0,
      0,
      0,
      1,
      0x65,
      9,
      0,
      0,
    );
    expect(splitAnnexB(bytes).map((unit) => [...unit])).toEqual([
      [0x67, 1, 2],
      [0x68, 3],
      [0x65, 9],
    ]);
  });

  test('gives views into the input', () => {
    const bytes = Uint8Array.of(0, 0, 1, 0x67, 5).subarray(0);
    expect(splitAnnexB(bytes)[0]?.buffer).toBe(bytes.buffer);
  });

  test('skips units without a byte and finds nothing in nothing', () => {
    expect(splitAnnexB(Uint8Array.of(0, 0, 1, 0, 0, 1))).toEqual([]);
    expect(splitAnnexB(new Uint8Array())).toEqual([]);
    expect(splitAnnexB(new Uint8Array(5))).toEqual([]);
  });

  test('refuses what does not begin with a start code', () => {
    expect(() => splitAnnexB(Uint8Array.of(9, 0, 0, 1, 0x67))).toThrow(InputError);
    expect(() => splitAnnexB(Uint8Array.of(0, 0, 2))).toThrow(/start code/);
  });

  test('gives back every unit that was joined with start codes', () => {
    const piece = fc.record({ unit: nalUnit, zeros: fc.integer({ min: 0, max: 3 }) });
    fc.assert(
      fc.property(fc.array(piece, { minLength: 1 }), (pieces) => {
        const joined = pieces.flatMap(({ unit, zeros }) => [
          ...new Uint8Array(zeros),
          ...[0, 0, 1],
          ...unit,
        ]);
        expect(splitAnnexB(Uint8Array.from(joined))).toEqual(pieces.map(({ unit }) => unit));
      }),
    );
  });

  test('takes any bytes behind a start code', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(0, 1, 2, 3)), (bytes) => {
        const units = splitAnnexB(Uint8Array.from([0, 0, 1, ...bytes]));
        expect(units.every((unit) => unit.length > 0 && unit.at(-1) !== 0)).toBe(true);
      }),
    );
  });
});

describe('groupAccessUnits', () => {
  const sps = Uint8Array.of(0x67, 1);
  const pps = Uint8Array.of(0x68, 1);
  const sei = Uint8Array.of(0x06, 1);
  const idr = Uint8Array.of(0x65, 0x88);
  const slice = Uint8Array.of(0x41, 0x9a);
  const secondSlice = Uint8Array.of(0x41, 0x40);

  test('starts a frame at parameter sets and at a first slice', () => {
    expect(groupAccessUnits([sps, pps, idr, slice, secondSlice, sps, pps, idr])).toEqual([
      [sps, pps, idr],
      [slice, secondSlice],
      [sps, pps, idr],
    ]);
  });

  test('leaves out units that belong to no picture', () => {
    expect(groupAccessUnits([slice, sei, sps])).toEqual([[slice]]);
    expect(groupAccessUnits([sei])).toEqual([]);
  });

  test('nalType reads the type of a unit, 0 for an empty one', () => {
    expect([sps, idr, slice, new Uint8Array()].map(nalType)).toEqual([7, 5, 1, 0]);
  });
});
