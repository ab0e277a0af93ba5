// The time extension: byte for byte as the protocol has it, read back, and nothing else taken for it.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { payloadStart, readSequence, readSsrc, readTimestamp } from './header.ts';
import {
  CONTROL_MESSAGE,
  readTimeExtension,
  STATUS_UPDATE,
  TIME_EXTENSION_BYTES,
  TIME_SYNC,
  writeTimedRtpHeader,
} from './time-extension.ts';

const fields = { marker: true, payloadType: 100, sequence: 2, timestamp: 3, ssrc: 0xdead_beef };
const HEADER_BYTES = 12 + TIME_EXTENSION_BYTES;

function timedPacket(serverTimeMs: number, eventFlags = TIME_SYNC): Uint8Array {
  const packet = new Uint8Array(HEADER_BYTES + 1);
  writeTimedRtpHeader(packet, fields, { serverTimeMs, eventFlags });
  return packet;
}

test('the time extension is written byte for byte as the protocol says', () => {
  // 1721123456789 = 0x190baf3c715
  const packet = timedPacket(1_721_123_456_789, TIME_SYNC | STATUS_UPDATE | CONTROL_MESSAGE);
  expect(Buffer.from(packet).toString('hex')).toBe(
    '90e4000200000003deadbeef' + 'bede0003' + '00000190baf3c715' + '07000000' + '00',
  );
});

test('what stood in the buffer before does not shine through', () => {
  const packet = new Uint8Array(HEADER_BYTES).fill(0xff);
  writeTimedRtpHeader(packet, fields, { serverTimeMs: 0, eventFlags: 0 });
  expect(packet.subarray(12)).toEqual(Uint8Array.of(0xbe, 0xde, 0, 3, ...new Uint8Array(12)));
});

test('a written time is read back, rounded to ms, and the header with it', () => {
  fc.assert(
    fc.property(
      fc.double({ min: 0, max: 2 ** 52, noNaN: true }),
      fc.integer({ min: 0, max: 255 }),
      (serverTimeMs, eventFlags) => {
        const packet = timedPacket(serverTimeMs, eventFlags);
        const serverTime = { serverTimeMs: Math.round(serverTimeMs), eventFlags };
        expect(readTimeExtension(packet)).toEqual(serverTime);
        expect(payloadStart(packet)).toBe(HEADER_BYTES);
        expect(readSequence(packet)).toBe(fields.sequence);
        expect(readTimestamp(packet)).toBe(fields.timestamp);
        expect(readSsrc(packet)).toBe(fields.ssrc);
      },
    ),
  );
});

test('the time extension is found behind CSRCs', () => {
  const plain = timedPacket(5);
  const packet = Uint8Array.of(
    ...plain.subarray(0, 12),
    ...new Uint8Array(8),
    ...plain.subarray(12),
  );
  packet[0] = 0x92;
  expect(readTimeExtension(packet)).toEqual({ serverTimeMs: 5, eventFlags: TIME_SYNC });
});

function changed(at: number, value: number): Uint8Array {
  return timedPacket(1_721_123_456_789).with(at, value);
}

test.each([
  ['has no extension', changed(0, 0x80)],
  ['is of another version', changed(0, 0x50)],
  ['has an extension of another profile', changed(12, 0x10)],
  ['has a shorter extension', changed(15, 2)],
  ['has a longer extension', changed(15, 4)],
  ['has an extension whose number is no time', changed(16, 0x40)],
  ['ends inside the extension', timedPacket(5).subarray(0, HEADER_BYTES - 1)],
  ['is no packet', new Uint8Array(0)],
])('a packet that %s has no time', (_, packet) => {
  expect(readTimeExtension(packet)).toBeUndefined();
});

test('whatever the bytes, a time is a number that counts exactly, or there is none', () => {
  const mutated = fc
    .tuple(fc.nat(HEADER_BYTES - 1), fc.nat(255))
    .map(([at, value]) => changed(at, value));
  fc.assert(
    fc.property(fc.oneof(fc.uint8Array({ maxLength: 60 }), mutated), (packet) => {
      const time = readTimeExtension(packet);
      expect(time === undefined || Number.isSafeInteger(time.serverTimeMs)).toBe(true);
    }),
  );
});
