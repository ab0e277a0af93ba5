// Tests of the H.264 packetizer, against a depacketizer written from RFC 6184 for this purpose.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  readMarker,
  readPayloadType,
  readSequence,
  readSsrc,
  readTimestamp,
} from '#media/rtp/header.ts';
import { InputError } from '#std/errors.ts';
import { MAX_PAYLOAD_BYTES, packetizeAccessUnit } from './packetize.ts';

const header = { payloadType: 96, sequence: 65_534, timestamp: 4_000_000_000, ssrc: 77 };

function unitOf(type: number, sizeBytes: number): Uint8Array {
  return Uint8Array.from({ length: sizeBytes }, (_, at) => (at === 0 ? 0x60 | type : at & 0xff));
}

function payloadsOf(packets: Uint8Array[]): Uint8Array[] {
  return packets.map((packet) => packet.subarray(12));
}

function depacketize(payloads: Uint8Array[]): Uint8Array[] {
  const units: Uint8Array[] = [];
  let fragments: number[] | undefined;
  for (const payload of payloads) {
    const type = payload[0]! & 31;
    if (type === 24) {
      for (let at = 1; at < payload.length; ) {
        const size = payload[at]! * 256 + payload[at + 1]!;
        units.push(payload.slice(at + 2, at + 2 + size));
        at += 2 + size;
      }
    } else if (type === 28) {
      if (payload[1]! & 0x80) fragments = [(payload[0]! & 0x60) | (payload[1]! & 31)];
      fragments!.push(...payload.subarray(2));
      if (payload[1]! & 0x40) units.push(Uint8Array.from(fragments!));
    } else units.push(payload.slice());
  }
  return units;
}

describe('packetizeAccessUnit', () => {
  test('puts parameter sets into one STAP-A and fragments the picture behind them', () => {
    const packets = packetizeAccessUnit([unitOf(7, 20), unitOf(8, 4), unitOf(5, 3000)], header);
    const payloads = payloadsOf(packets);
    expect(payloads.map((payload) => payload[0]! & 31)).toEqual([24, 28, 28, 28]);
    expect(payloads.map((payload) => payload[1]! & 0xc0).slice(1)).toEqual([0x80, 0, 0x40]);
    expect(payloads.slice(1).map((payload) => payload.length)).toEqual([1001, 1002, 1002]);
  });

  test('sends a unit that fits as it is', () => {
    const unit = unitOf(1, MAX_PAYLOAD_BYTES);
    expect(payloadsOf(packetizeAccessUnit([unit], header))).toEqual([unit]);
  });

  test('writes headers that count on, with the marker on the last packet only', () => {
    const packets = packetizeAccessUnit([unitOf(5, 3000)], header);
    expect(packets.map(readMarker)).toEqual([false, false, true]);
    expect(packets.map(readSequence)).toEqual([65_534, 65_535, 0]);
    expect(new Set(packets.map(readTimestamp))).toEqual(new Set([4_000_000_000]));
    expect(new Set(packets.map(readSsrc))).toEqual(new Set([77]));
    expect(new Set(packets.map(readPayloadType))).toEqual(new Set([96]));
  });

  test('sends nothing for nothing', () => {
    expect(packetizeAccessUnit([], header)).toEqual([]);
    expect(packetizeAccessUnit([new Uint8Array()], header)).toEqual([]);
  });

  test('refuses a payload size that no fragment fits into', () => {
    for (const maxPayloadBytes of [2, 0, -1, Number.NaN]) {
      expect(() => packetizeAccessUnit([unitOf(5, 9)], { ...header, maxPayloadBytes })).toThrow(
        InputError,
      );
    }
  });

  test('loses nothing and keeps to the limit, whatever the sizes', () => {
    const unit = fc
      .tuple(fc.integer({ min: 1, max: 23 }), fc.uint8Array({ minLength: 1, maxLength: 300 }))
      .map(([type, body]) => Uint8Array.from([0x40 | type, ...body]));
    const maxPayloadBytes = fc.integer({ min: 3, max: 120 });
    fc.assert(
      fc.property(fc.array(unit, { maxLength: 8 }), maxPayloadBytes, (units, maxBytes) => {
        const packets = packetizeAccessUnit(units, { ...header, maxPayloadBytes: maxBytes });
        const payloads = payloadsOf(packets);
        expect(depacketize(payloads)).toEqual(units);
        expect(payloads.every((payload) => payload.length <= maxBytes)).toBe(true);
        expect(packets.filter(readMarker)).toEqual(packets.slice(-1));
      }),
    );
  });
});
