// Frames out of packets: whole ones, damaged ones, nonsense.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { packetizeAccessUnit } from '#media/h264/packetize.ts';
import { formatAp } from '#media/h265/payload.ts';
import { rtpPacket } from '../../../test/support/rtp-packets.ts';
import { Depacketizer } from './depacketizer.ts';

const options = { payloadType: 96, sequence: 1, timestamp: 9, ssrc: 1 };

function push(depacketizer: Depacketizer, packets: readonly Uint8Array[]) {
  const frames = packets.map((packet, at) =>
    depacketizer.push(packet, at === packets.length - 1, options.timestamp),
  );
  expect(frames.slice(0, -1).every((frame) => frame === undefined)).toBe(true);
  return frames.at(-1);
}

test('what was packetized comes out as it went in', () => {
  const unit = fc
    .uint8Array({ minLength: 1, maxLength: 4000 })
    .map((rest) => Uint8Array.of(0x65, ...rest));
  fc.assert(
    fc.property(fc.array(unit, { minLength: 1, maxLength: 6 }), (units) => {
      const frame = push(new Depacketizer('H264'), packetizeAccessUnit(units, options));
      expect(frame).toEqual({ units, timestamp: 9, complete: true });
    }),
  );
});

test('a frame that lost a fragment says that it is not complete, and the next one is not harmed', () => {
  const depacketizer = new Depacketizer('H264');
  const unit = new Uint8Array(5000).fill(0x65);
  const packets = packetizeAccessUnit([unit], options);
  const broken = push(depacketizer, packets.slice(1));
  expect(broken).toBeUndefined();
  expect(depacketizer.damagedFrames).toBe(1);
  depacketizer.push(packets[0]!, false, 9);
  depacketizer.reset();
  for (const packet of packets.slice(2)) depacketizer.push(packet, packet === packets.at(-1), 9);
  expect(depacketizer.damagedFrames).toBe(2);
  expect(push(depacketizer, packets)).toMatchObject({ complete: true, units: [unit] });
});

test('a frame whose end never came does not harm the next one', () => {
  const depacketizer = new Depacketizer('H264');
  const [first, second] = [9, 12].map((timestamp) =>
    packetizeAccessUnit([new Uint8Array(5000).fill(0x65)], { ...options, timestamp }),
  );
  for (const packet of first!.slice(0, 2)) depacketizer.push(packet, false, 9);
  const frames = second!.map((packet, at) =>
    depacketizer.push(packet, at === second!.length - 1, 12),
  );
  expect(frames.at(-1)).toMatchObject({ complete: true, timestamp: 12 });
  expect(frames.at(-1)!.units).toHaveLength(1);
  expect(depacketizer.damagedFrames).toBe(1);
});

test('a frame without an end does not grow for ever', () => {
  const depacketizer = new Depacketizer('H264');
  const packet = rtpPacket(new Uint8Array(60_000).fill(0x41), { sequence: 1, timestamp: 1 });
  for (let times = 0; times < 1000; times++) depacketizer.push(packet, false, 1);
  const frame = depacketizer.push(packet, true, 1);
  const bytes = (frame?.units ?? []).reduce((sum, unit) => sum + unit.length, 0);
  expect(bytes).toBeLessThanOrEqual(8 * 1024 * 1024);
  expect(depacketizer.damagedFrames).toBe(1);
});

test('nor by fragments without content, which cost memory all the same', () => {
  const depacketizer = new Depacketizer('H264');
  const push = (flags: number, marker = false) => {
    const packet = rtpPacket(Uint8Array.of(0x7c, flags), { sequence: 1, timestamp: 1 });
    return depacketizer.push(packet, marker, 1);
  };
  for (const count of [16_000, 17_000]) {
    push(0x85);
    for (let times = 0; times < count; times++) push(0x05);
    // What is kept of the long one begins anew behind the limit, and is not whole.
    const frame = push(0x45, true);
    expect(frame?.complete).toBe(count === 16_000 ? true : undefined);
  }
  expect(depacketizer.damagedFrames).toBe(1);
});

test('what it gives does not change when the packet’s bytes do', () => {
  const depacketizer = new Depacketizer('H265');
  const packet = rtpPacket(Uint8Array.of(38, 1, 5), { sequence: 1, timestamp: 1 });
  const frame = depacketizer.push(packet, true, 1);
  packet.fill(0);
  expect(frame!.units).toEqual([Uint8Array.of(38, 1, 5)]);
});

test('H.265: aggregates, fragments and single units make one frame', () => {
  const sets = [Uint8Array.of(64, 1, 7), Uint8Array.of(66, 1, 8), Uint8Array.of(68, 1, 9)];
  const payloads = [
    formatAp(sets),
    Uint8Array.of(49 << 1, 1, 0x80 | 19, 1, 2),
    // Another type in the middle of a unit, as Tiandy cameras send it, does not count.
    Uint8Array.of(49 << 1, 1, 1, 3),
    Uint8Array.of(49 << 1, 1, 0x40 | 19, 4),
    // Both first and last, as OpenIPC cameras send it.
    Uint8Array.of(49 << 1, 1, 0xc0 | 19, 5),
    Uint8Array.of(40 << 1, 1, 6),
  ];
  const packets = payloads.map((payload, at) => rtpPacket(payload, { sequence: at, timestamp: 9 }));
  const units = [
    ...sets,
    Uint8Array.of(38, 1, 1, 2, 3, 4),
    Uint8Array.of(38, 1, 5),
    Uint8Array.of(80, 1, 6),
  ];
  expect(push(new Depacketizer('H265'), packets)).toEqual({ units, timestamp: 9, complete: true });
});

test('a cut aggregate, and a fragment that begins before the last one ended, are damage', () => {
  const first = Uint8Array.of(0x7c, 0x85, 1);
  const last = Uint8Array.of(0x7c, 0x45, 1);
  for (const payloads of [[Uint8Array.of(0x78, 0, 9, 0x67)], [first, first, last]]) {
    const packets = payloads.map((payload) => rtpPacket(payload, { sequence: 1, timestamp: 9 }));
    expect(push(new Depacketizer('H264'), packets)).toMatchObject({ complete: false });
  }
});

test('random bytes are taken without harm', () => {
  const packets = fc.array(fc.uint8Array({ maxLength: 60 }), { maxLength: 20 });
  fc.assert(
    fc.property(packets, fc.constantFrom('H264' as const, 'H265' as const), (all, codec) => {
      const depacketizer = new Depacketizer(codec);
      for (const bytes of all) depacketizer.push(bytes, (bytes[0] ?? 0) > 128, 1);
    }),
  );
});
