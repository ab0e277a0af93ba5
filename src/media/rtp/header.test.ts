// RTP headers: what is written is read back, and no bytes lead outside the packet.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  payloadEnd,
  payloadStart,
  readMarker,
  readPayloadType,
  readSequence,
  readSsrc,
  readTimestamp,
  writeRtpHeader,
} from './header.ts';

const word = fc.integer({ min: 0, max: 0xffff_ffff });

test('a written RTP header is read back', () => {
  fc.assert(
    fc.property(
      fc.boolean(),
      fc.integer({ min: 0, max: 127 }),
      fc.integer({ min: 0, max: 0xffff }),
      word,
      word,
      (marker, payloadType, sequence, timestamp, ssrc) => {
        const packet = new Uint8Array(13);
        writeRtpHeader(packet, { marker, payloadType, sequence, timestamp, ssrc });
        expect(readMarker(packet)).toBe(marker);
        expect(readPayloadType(packet)).toBe(payloadType);
        expect(readSequence(packet)).toBe(sequence);
        expect(readTimestamp(packet)).toBe(timestamp);
        expect(readSsrc(packet)).toBe(ssrc);
        expect(payloadStart(packet)).toBe(12);
        expect(payloadEnd(packet)).toBe(13);
      },
    ),
  );
});

test('the payload starts behind CSRCs and the extension and ends before the padding', () => {
  // 2 CSRCs, an extension of 1 word, 1 byte of payload, 2 bytes of padding
  const packet = new Uint8Array(12 + 8 + 8 + 1 + 2);
  packet[0] = 0x80 | 0x20 | 0x10 | 2;
  packet[23] = 1;
  packet[packet.length - 1] = 2;
  expect(payloadStart(packet)).toBe(28);
  expect(payloadEnd(packet)).toBe(29);
});

test.each([
  ['shorter than a header', Uint8Array.of(0x80, 96, 0)],
  ['of another version', new Uint8Array(20)],
  ['without a payload', Uint8Array.of(0x80, ...new Uint8Array(11))],
  ['whose extension is cut', Uint8Array.of(0x90, ...new Uint8Array(13))],
  ['whose padding is longer than itself', Uint8Array.of(0xa0, ...new Uint8Array(12), 99)],
  ['whose padding says 0', Uint8Array.of(0xa0, ...new Uint8Array(13))],
])('a packet %s has no payload', (_, packet) => {
  expect(payloadStart(packet)).toBe(-1);
});

test('whatever the bytes, a payload lies inside the packet', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 80 }), (packet) => {
      const start = payloadStart(packet);
      if (start === -1) return;
      expect(start).toBeGreaterThanOrEqual(12);
      expect(start).toBeLessThan(payloadEnd(packet));
      expect(payloadEnd(packet)).toBeLessThanOrEqual(packet.length);
    }),
  );
});
