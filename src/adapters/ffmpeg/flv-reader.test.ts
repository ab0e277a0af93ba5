// FLV in pieces, and nonsense.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { InputError } from '#std/errors.ts';
import { type FlvItem, FlvReader } from './flv-reader.ts';

const HEADER = Buffer.from([...Buffer.from('FLV'), 1, 1, 0, 0, 0, 9, 0, 0, 0, 0]);

function tag(type: number, data: Uint8Array): Buffer {
  const head = Buffer.alloc(11);
  head.writeUInt8(type, 0);
  head.writeUIntBE(data.length, 1, 3);
  const size = Buffer.alloc(4);
  size.writeUInt32BE(11 + data.length);
  return Buffer.concat([head, data, size]);
}

function sized(unit: Uint8Array, lengthBytes: number): Buffer {
  const length = Buffer.alloc(lengthBytes);
  length.writeUIntBE(unit.length, 0, lengthBytes);
  return Buffer.concat([length, unit]);
}

function video(item: FlvItem): Buffer {
  if (item.kind === 'frame') {
    const units = item.units.map((unit) => sized(unit, 4));
    return tag(9, Buffer.concat([Uint8Array.of(item.isKey ? 0x17 : 0x27, 1, 0, 0, 0), ...units]));
  }
  const [sps = Buffer.alloc(0), pps = Buffer.alloc(0)] = item.units;
  const record = [Uint8Array.of(1, 66, 192, 30, 0xff, 0xe1), sized(sps, 2), Uint8Array.of(1)];
  return tag(9, Buffer.concat([Uint8Array.of(0x17, 0, 0, 0, 0), ...record, sized(pps, 2)]));
}

const unit = fc.uint8Array({ minLength: 1, maxLength: 50 }).map((bytes) => Buffer.from(bytes));
const items = fc.array(
  fc.oneof(
    fc.record({
      kind: fc.constant('frame' as const),
      isKey: fc.boolean(),
      units: fc.array(unit, { maxLength: 3 }),
    }),
    fc.record({
      kind: fc.constant('parameter-sets' as const),
      units: fc.tuple(unit, unit),
    }),
  ),
);

function readAll(bytes: Uint8Array, pieceBytes: number): FlvItem[] {
  const reader = new FlvReader();
  const read: FlvItem[] = [];
  for (let at = 0; at < bytes.length; at += pieceBytes) {
    read.push(...reader.push(Buffer.from(bytes.slice(at, at + pieceBytes))));
  }
  return read;
}

describe('FlvReader', () => {
  test('reads frames and parameter sets, however the stream is cut', () => {
    fc.assert(
      fc.property(items, fc.integer({ min: 1, max: 40 }), (written, pieceBytes) => {
        const stream = Buffer.concat([HEADER, ...written.map(video)]);
        expect(readAll(stream, pieceBytes)).toEqual(written);
      }),
    );
  });

  test('leaves out what is no picture: other tags, and the mark of the end', () => {
    const end = tag(9, Uint8Array.of(0x17, 2, 0, 0, 0));
    expect(readAll(Buffer.concat([HEADER, tag(18, Buffer.alloc(20)), end]), 7)).toEqual([]);
  });

  test.each([
    ['another file', Buffer.from('RIFF.............'), /begin with FLV/],
    ['a tag of 15 MiB', Buffer.concat([HEADER, Buffer.alloc(11, 0xf0)]), /a tag has/],
    ['another codec', Buffer.concat([HEADER, tag(9, Buffer.alloc(6, 0x12))]), /not H.264/],
    ['an empty tag', Buffer.concat([HEADER, tag(9, Buffer.alloc(2))]), /empty/],
    [
      'a unit longer than its tag',
      Buffer.concat([HEADER, tag(9, Uint8Array.of(0x17, 1, 0, 0, 0, 0, 0, 0, 9, 1))]),
      /cut off/,
    ],
    [
      'half of a length',
      Buffer.concat([HEADER, tag(9, Uint8Array.of(0x17, 1, 0, 0, 0, 0, 0))]),
      /cut off/,
    ],
  ])('refuses %s', (_, bytes, message) => {
    expect(() => readAll(bytes, 100)).toThrow(message);
  });

  test('makes of random bytes nothing but an InputError', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.boolean(), (bytes, hasHeader) => {
        try {
          readAll(hasHeader ? Buffer.concat([HEADER, bytes]) : bytes, 64);
        } catch (error) {
          expect(error).toBeInstanceOf(InputError);
        }
      }),
      { numRuns: 500 },
    );
  });
});
