// Payloads that no path would carry come in pieces that hold the same units.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatStapA } from '#media/h264/payload.ts';
import { formatAp } from '#media/h265/payload.ts';
import { rtpPacket } from '../../../test/support/rtp-packets.ts';
import { Depacketizer } from './depacketizer.ts';
import { splitPayload } from './refragment.ts';

type Codec = 'H264' | 'H265';

/** A slice of that size without zero bytes, as emulation prevention would leave it. */
function slice(codec: Codec, bytes: number): Uint8Array {
  const unit = Uint8Array.from({ length: bytes }, (_, at) => (at % 251) + 2);
  unit.set(codec === 'H264' ? [0x65] : [19 << 1, 1]);
  return unit;
}

const SETS = {
  H264: [Uint8Array.of(0x67, 1, 2), Uint8Array.of(0x68, 3)],
  H265: [Uint8Array.of(64, 1, 7), Uint8Array.of(66, 1, 8), Uint8Array.of(68, 1, 9)],
};

function split(codec: Codec, payload: Uint8Array, marker = true) {
  const packet = rtpPacket(payload, { sequence: 1, timestamp: 1, marker });
  const pieces: { payload: Uint8Array; marker: boolean }[] = [];
  const was = splitPayload(codec, { packet, start: 12, end: packet.length }, (piece, start, last) =>
    pieces.push({ payload: piece.slice(start), marker: last }),
  );
  return { was, pieces };
}

/** The units in these payloads. */
function unitsOf(codec: Codec, payloads: readonly Uint8Array[]): Uint8Array[] {
  const depacketizer = new Depacketizer(codec);
  for (const payload of payloads) {
    depacketizer.push(rtpPacket(payload, { sequence: 1, timestamp: 1 }), false, 1);
  }
  const end = rtpPacket(new Uint8Array(0), { sequence: 1, timestamp: 1 });
  return [...(depacketizer.push(end, true, 1)?.units ?? [])];
}

function expectSmall(pieces: readonly { payload: Uint8Array }[]): void {
  for (const { payload } of pieces) expect(payload.length).toBeLessThanOrEqual(1188);
}

describe.each(['H264', 'H265'] as const)('%s', (codec) => {
  test('an ordinary packet is left alone', () => {
    expect(split(codec, slice(codec, 1188))).toEqual({ was: false, pieces: [] });
    expect(split(codec, SETS[codec][0]!).was).toBe(false);
  });

  test('a unit of any size becomes fragments that make the same unit', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1189, max: 70_000 }), (bytes) => {
        const unit = slice(codec, bytes);
        const { pieces } = split(codec, unit);
        expectSmall(pieces);
        const found = unitsOf(
          codec,
          pieces.map(({ payload }) => payload),
        );
        expect(found).toEqual([unit]);
      }),
      { numRuns: 30 },
    );
  });

  test('only the last piece has the marker, and only if the packet had it', () => {
    const markers = split(codec, slice(codec, 4000)).pieces.map(({ marker }) => marker);
    expect(markers).toEqual([false, false, false, true]);
    expect(split(codec, slice(codec, 4000), false).pieces.at(-1)!.marker).toBe(false);
  });

  test('a large fragment becomes smaller ones of the same unit', () => {
    const unit = slice(codec, 30_000);
    const { pieces } = split(codec, unit);
    const header = pieces[0]!.payload.subarray(0, codec === 'H264' ? 2 : 3);
    const large = Buffer.concat([header, unit.subarray(header.length - 1, 9000)]);
    const again = split(codec, large).pieces.map(({ payload }) => payload);
    const rest = Buffer.concat([header, unit.subarray(9000)]);
    rest[header.length - 1]! &= 0x3f;
    rest[header.length - 1]! |= 0x40;
    expect(
      unitsOf(codec, [...again, ...split(codec, rest).pieces.map((it) => it.payload)]),
    ).toEqual([unit]);
  });

  test('an aggregate that is too large is taken apart', () => {
    const units = [...SETS[codec], slice(codec, 3000)];
    const payload = codec === 'H264' ? formatStapA(units) : formatAp(units);
    const { pieces } = split(codec, payload);
    expectSmall(pieces);
    expect(
      unitsOf(
        codec,
        pieces.map((it) => it.payload),
      ),
    ).toEqual(units);
  });

  test.each([
    ['three bytes', [0, 0, 1]],
    ['four bytes', [0, 0, 0, 1]],
  ])('units joined by start codes of %s are separated', (_, code) => {
    const units = [...SETS[codec], slice(codec, 3000)];
    const joined = Buffer.concat(
      units.flatMap((unit, at) => (at === 0 ? [unit] : [Buffer.from(code), unit])),
    );
    const { was, pieces } = split(codec, joined);
    expect(was).toBe(true);
    expectSmall(pieces);
    expect(
      unitsOf(
        codec,
        pieces.map((it) => it.payload),
      ),
    ).toEqual(units);
  });

  test('a slice is not searched for start codes that cannot be there', () => {
    const unit = slice(codec, 100);
    unit.set([0, 0, 1], 50);
    expect(split(codec, unit).was).toBe(false);
  });

  test('random bytes come out in pieces that fit, or not at all', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 5000 }), (payload) => {
        expectSmall(split(codec, payload).pieces);
      }),
    );
  });
});

test('a payload that begins with a start code is separated too', () => {
  const units = [...SETS.H264, slice('H264', 20)];
  const joined = Buffer.concat(units.flatMap((unit) => [Buffer.from([0, 0, 0, 1]), unit]));
  const { pieces } = split('H264', joined);
  expect(pieces.map(({ payload }) => payload)).toEqual(units.map((unit) => new Uint8Array(unit)));
});
