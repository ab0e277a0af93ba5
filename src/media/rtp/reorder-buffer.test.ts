// What the reorder buffer keeps, for how long it says so, and where it ends.

import { describe, expect, test } from 'vitest';
import { rtpPacket } from '../../../test/support/rtp-packets.ts';
import { ReorderBuffer } from './reorder-buffer.ts';

const packetOf = (sequence: number, sizeBytes = 1) =>
  rtpPacket(new Uint8Array(sizeBytes).fill(sequence), { sequence, timestamp: 0 });

function startedAt(sequence: number): ReorderBuffer {
  const buffer = new ReorderBuffer();
  buffer.restart(sequence);
  return buffer;
}

describe('ReorderBuffer', () => {
  test.each([
    [0, 'next'],
    [1, 'early'],
    [255, 'early'],
    [256, 'far'],
    [3000, 'far'],
    [3001, 'stray'],
    [-1, 'late'],
    [-100, 'late'],
    [-101, 'stray'],
  ])('a packet %i ahead is %s', (ahead, place) => {
    const sequence = (65_530 + ahead) & 0xffff;
    expect(startedAt(65_530).place(sequence)).toBe(place);
  });

  test('a packet that was passed on or is held is a duplicate', () => {
    const buffer = startedAt(7);
    buffer.pass(7);
    buffer.hold(packetOf(9), 0);
    expect([7, 9, 8].map((each) => buffer.place(each))).toEqual(['duplicate', 'duplicate', 'next']);
  });

  test('keeps copies, which the sender of the original may overwrite', () => {
    const buffer = startedAt(1);
    const packet = packetOf(2);
    buffer.hold(packet, 5);
    packet.fill(0xff);
    buffer.pass(1);
    const held = buffer.shift(false);
    expect(held?.bytes.subarray(0, held.sizeBytes)).toEqual(packetOf(2));
    expect(held?.arrivedAtMs).toBe(5);
  });

  test('uses a slot again for a shorter packet', () => {
    const buffer = startedAt(0);
    buffer.hold(packetOf(1, 100), 0);
    buffer.shift(true);
    buffer.restart(256);
    buffer.hold(packetOf(257, 3), 0);
    const held = buffer.shift(true);
    expect(held?.sizeBytes).toBe(15);
    expect(held?.bytes.length).toBe(112);
  });

  test('gives out what is next, and the first one behind a gap only when told to skip it', () => {
    const buffer = startedAt(1);
    for (const sequence of [5, 2, 3]) buffer.hold(packetOf(sequence), sequence);
    expect(buffer.shift(false)).toBeUndefined();
    const order = [buffer.shift(true), buffer.shift(false), buffer.shift(false)];
    expect(order.map((each) => each?.arrivedAtMs)).toEqual([2, 3, undefined]);
    expect(buffer.shift(true)?.arrivedAtMs).toBe(5);
    expect(buffer.shift(true)).toBeUndefined();
  });

  test('says since when the longest waiting packet waits', () => {
    const buffer = startedAt(1);
    expect(buffer.waitingSinceMs).toBeUndefined();
    buffer.hold(packetOf(4), 10);
    buffer.hold(packetOf(3), 20);
    buffer.hold(packetOf(6), 30);
    expect(buffer.waitingSinceMs).toBe(10);
    buffer.shift(true);
    expect(buffer.waitingSinceMs).toBe(10);
    buffer.shift(true);
    expect(buffer.waitingSinceMs).toBe(30);
    buffer.shift(true);
    expect(buffer.waitingSinceMs).toBeUndefined();
  });

  test('holds 1 MiB at most', () => {
    const buffer = startedAt(0);
    const fits = Array.from({ length: 20 }, (_, at) => buffer.hold(packetOf(at + 1, 65_000), 0));
    expect(fits.filter(Boolean)).toHaveLength(16);
    buffer.shift(true);
    expect(buffer.hold(packetOf(20, 65_000), 0)).toBe(true);
  });
});
