// Payloads that no path would carry come in pieces that hold the same units.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatStapA } from '#media/h264/payload.ts';
import { formatAp } from '#media/h265/payload.ts';
import { rtpPacket } from '../../../test/support/rtp-packets.ts';
import { Depacketizer } from './depacketizer.ts';
import { Refragmenter } from './refragment.ts';

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

interface Piece {
  readonly payload: Uint8Array;
  readonly marker: boolean;
}

/** What comes of packets with these payloads; only the last one may have the marker. */
function splitAll(codec: Codec, payloads: readonly Uint8Array[], marker = true) {
  const pieces: Piece[] = [];
  const take = (piece: Uint8Array, start: number, last: boolean) =>
    pieces.push({ payload: piece.slice(start), marker: last });
  const refragmenter = new Refragmenter(codec, take);
  const were = payloads.map((payload, at) => {
    const isLast = at === payloads.length - 1;
    const fields = { sequence: at, timestamp: 1, marker: marker && isLast };
    const packet = rtpPacket(payload, fields);
    return refragmenter.push(packet, 12, packet.length);
  });
  return { were, pieces };
}

function split(codec: Codec, payload: Uint8Array, marker = true) {
  const { were, pieces } = splitAll(codec, [payload], marker);
  return { was: were[0], pieces };
}

/** A unit in fragments of that size, as a camera sends it. */
function fragmentsOf(codec: Codec, unit: Uint8Array, bytes: number): Uint8Array[] {
  const header = codec === 'H264' ? [(unit[0]! & 0xe0) | 28] : [(unit[0]! & 0x81) | 98, unit[1]!];
  const type = codec === 'H264' ? unit[0]! & 0x1f : (unit[0]! >> 1) & 0x3f;
  const body = unit.subarray(header.length);
  const count = Math.ceil(body.length / bytes);
  return Array.from({ length: count }, (_, at) => {
    const flags = (at === 0 ? 0x80 : 0) | (at === count - 1 ? 0x40 : 0) | type;
    return Uint8Array.of(...header, flags, ...body.subarray(at * bytes, (at + 1) * bytes));
  });
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

const HEADER = { H264: 1, H265: 2 };

function formatAggregate(codec: Codec, units: readonly Uint8Array[]): Uint8Array {
  return codec === 'H264' ? formatStapA(units) : formatAp(units);
}

/** As a camera joins them that takes RTP for a byte stream. */
function join(units: readonly Uint8Array[], code: readonly number[] = [0, 0, 0, 1]): Uint8Array {
  return Uint8Array.from(units.flatMap((unit, at) => [...(at === 0 ? [] : code), ...unit]));
}

function payloadsOf(pieces: readonly Piece[]): Uint8Array[] {
  return pieces.map(({ payload }) => payload);
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
        const found = unitsOf(codec, payloadsOf(pieces));
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

  test('fragments of any size become as few as carry the unit, and the same unit', () => {
    const size = fc.integer({ min: 1189, max: 9000 });
    fc.assert(
      fc.property(size, fc.integer({ min: 3000, max: 40_000 }), (fragmentBytes, bytes) => {
        const unit = slice(codec, bytes);
        const { pieces } = splitAll(codec, fragmentsOf(codec, unit, fragmentBytes));
        expectSmall(pieces);
        expect(pieces).toHaveLength(Math.ceil((bytes - HEADER[codec]) / (1187 - HEADER[codec])));
        expect(pieces.map(({ marker }) => marker).lastIndexOf(false)).toBe(pieces.length - 2);
        expect(unitsOf(codec, payloadsOf(pieces))).toEqual([unit]);
      }),
      { numRuns: 30 },
    );
  });

  test('fragments that fit are left alone', () => {
    const { were, pieces } = splitAll(codec, fragmentsOf(codec, slice(codec, 5000), 1000));
    expect(were.some((was) => was)).toBe(false);
    expect(pieces).toEqual([]);
  });

  test('what waits for a fragment that never comes is in no other unit', () => {
    const first = fragmentsOf(codec, slice(codec, 5000), 1400).slice(0, 2);
    const unit = slice(codec, 4000);
    const { pieces } = splitAll(codec, [...first, ...fragmentsOf(codec, unit, 1400)]);
    const depacketized = unitsOf(codec, payloadsOf(pieces));
    expect(depacketized.at(-1)).toEqual(unit);
  });

  test('a marker on a fragment that does not end its unit goes out all the same', () => {
    const first = fragmentsOf(codec, slice(codec, 5000), 1400).slice(0, 1);
    const markers = splitAll(codec, first).pieces.map(({ marker }) => marker);
    expect(markers).toEqual([false, true]);
  });

  test('a last fragment that is empty ends the unit', () => {
    const unit = slice(codec, 2800);
    const fragments = fragmentsOf(codec, unit, 1400);
    const last = fragments.at(-1)!;
    const flagsAt = HEADER[codec];
    const end = last.slice(0, flagsAt + 1);
    last[flagsAt]! &= ~0x40;
    const { pieces } = splitAll(codec, [...fragments, end]);
    expect(unitsOf(codec, payloadsOf(pieces))).toEqual([unit]);
    expect(pieces.at(-1)!.marker).toBe(true);
  });

  test('a fragment that starts and ends its unit becomes that unit (retina#131)', () => {
    for (const unit of [slice(codec, 100), slice(codec, 4000), SETS[codec][0]!]) {
      const { was, pieces } = split(codec, fragmentsOf(codec, unit, 5000)[0]!);
      expect(was).toBe(true);
      expectSmall(pieces);
      expect(unitsOf(codec, payloadsOf(pieces))).toEqual([unit]);
      expect(pieces.map(({ marker }) => marker).indexOf(true)).toBe(pieces.length - 1);
    }
  });

  test('units joined inside of fragments are separated, wherever those end (retina#68, #108)', () => {
    const size = fc.oneof(fc.integer({ min: 60, max: 80 }), fc.integer({ min: 60, max: 3000 }));
    const length = fc.integer({ min: 100, max: 9000 });
    fc.assert(
      fc.property(size, length, (fragmentBytes, bytes) => {
        const picture = slice(codec, bytes);
        // Zeros at the end of the first fragment belong to the picture.
        picture.fill(0, 20, 90);
        const units = [...SETS[codec], picture];
        const { pieces } = splitAll(codec, fragmentsOf(codec, join(units), fragmentBytes));
        expectSmall(pieces);
        expect(unitsOf(codec, payloadsOf(pieces))).toEqual(units);
        expect(pieces.map(({ marker }) => marker).indexOf(true)).toBe(pieces.length - 1);
      }),
    );
  });

  test('joined units in a fragment that is marked without an end go out all the same', () => {
    const joined = join([...SETS[codec], slice(codec, 400)]);
    const { pieces } = splitAll(codec, fragmentsOf(codec, joined, 200).slice(0, 1));
    expect(pieces.map(({ marker }) => marker)).toEqual([...SETS[codec].map(() => false), true]);
  });

  test('a large aggregate that is cut is left to who counts it', () => {
    const payload = formatAggregate(codec, [...SETS[codec], slice(codec, 3000)]);
    expect(split(codec, payload.subarray(0, 2000))).toEqual({ was: false, pieces: [] });
  });

  test('an aggregate that is too large is taken apart', () => {
    const units = [...SETS[codec], slice(codec, 3000)];
    const payload = formatAggregate(codec, units);
    const { pieces } = split(codec, payload);
    expectSmall(pieces);
    expect(unitsOf(codec, payloadsOf(pieces))).toEqual(units);
  });

  test('what looks like a start code in an aggregate is the size of a unit', () => {
    const units = [Uint8Array.of(...SETS[codec][0]!, 0, 0), slice(codec, 300)];
    expect(split(codec, formatAggregate(codec, units)).was).toBe(false);
  });

  test.each([
    ['three bytes', [0, 0, 1]],
    ['four bytes', [0, 0, 0, 1]],
  ])('units joined by start codes of %s are separated', (_, code) => {
    const units = [...SETS[codec], slice(codec, 3000)];
    const { was, pieces } = split(codec, join(units, code));
    expect(was).toBe(true);
    expectSmall(pieces);
    expect(unitsOf(codec, payloadsOf(pieces))).toEqual(units);
  });

  test('a slice is not searched for start codes that cannot be there', () => {
    const unit = slice(codec, 100);
    unit.set([0, 0, 1], 50);
    expect(split(codec, unit).was).toBe(false);
  });

  test('of thousands of units in one packet only the first are taken', () => {
    const units = Array.from({ length: 5_000 }, () => SETS[codec][0]!);
    const aggregate = codec === 'H264' ? formatStapA(units) : formatAp(units);
    for (const payload of [join(units), aggregate]) {
      const { was, pieces } = split(codec, payload);
      expect([was, pieces.length]).toEqual([true, 128]);
    }
  });

  test('random bytes come out in pieces that fit, or not at all', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 5000 }), (payload) => {
        expectSmall(split(codec, payload).pieces);
      }),
    );
  });
});

test.each(['H264', 'H265'] as const)(
  '%s: a payload that begins with a start code is separated too',
  (codec) => {
    const units = [...SETS[codec], slice(codec, 20)];
    const joined = Uint8Array.of(0, 0, 0, 1, ...join(units));
    const { pieces } = split(codec, joined);
    expect(payloadsOf(pieces)).toEqual(units);
  },
);

test('H.265: a start of a unit that ends inside its header is left out', () => {
  const [vps] = SETS.H265;
  const joined = Uint8Array.of(...vps!, 0, 0, 0, 1, 68);
  const [first] = fragmentsOf('H265', Uint8Array.of(...joined, ...slice('H265', 9)), 6);
  expect(payloadsOf(split('H265', first!).pieces)).toEqual([vps]);
});
