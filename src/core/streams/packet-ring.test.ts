// The ring holds what it is asked to hold, and no more than its limits.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { PacketRing } from './packet-ring.ts';

const fields = { timestamp: 1, frame: 1, marker: false };

function packetOf(index: number, sizeBytes: number): Uint8Array {
  return new Uint8Array(sizeBytes).fill(index & 0xff);
}

test('PacketRing gives back copies of what was pushed, with their fields', () => {
  const ring = new PacketRing();
  const packet = Uint8Array.of(1, 2, 3);
  ring.push(packet, { timestamp: 0xffff_ffff, frame: 7, marker: true }, 0);
  packet.fill(9);
  expect(ring.packet(0)).toEqual(Uint8Array.of(1, 2, 3));
  expect(ring.timestamp(0)).toBe(0xffff_ffff);
  expect(ring.frame(0)).toBe(7);
  expect(ring.marker(0)).toBe(true);
  expect(ring.packet(1)).toBeUndefined();
});

test('PacketRing keeps everything from keepFrom on, whatever the sizes', () => {
  const sizes = fc.array(fc.integer({ min: 1, max: 3000 }), { minLength: 1, maxLength: 1500 });
  fc.assert(
    fc.property(sizes, fc.nat(400), (packetSizes, gopPackets) => {
      const ring = new PacketRing();
      packetSizes.forEach((sizeBytes, index) => {
        const keepFrom = index - (index % (gopPackets + 1));
        ring.push(
          packetOf(index, sizeBytes),
          { timestamp: index, frame: index, marker: false },
          keepFrom,
        );
        expect(ring.first).toBeLessThanOrEqual(keepFrom);
      });
      for (let index = ring.first; index < ring.next; index++) {
        expect(ring.packet(index)).toEqual(packetOf(index, packetSizes[index]!));
        expect(ring.timestamp(index)).toBe(index);
        expect(ring.frame(index)).toBe(index);
      }
    }),
    { numRuns: 30 },
  );
});

test('PacketRing keeps 512 packets for retransmission when no group of pictures asks for more', () => {
  const ring = new PacketRing();
  for (let index = 0; index < 5000; index++) ring.push(packetOf(index, 1200), fields, index);
  expect(ring.next - ring.first).toBeGreaterThanOrEqual(512);
  expect(ring.next - ring.first).toBeLessThan(512 + 2 * 55);
  expect(ring.sizeBytes).toBeLessThan(800_000);
});

test('PacketRing lets an endless group of pictures go at 16 MiB', () => {
  const ring = new PacketRing();
  for (let index = 0; index < 16_000; index++) ring.push(packetOf(index, 1500), fields, 0);
  expect(ring.sizeBytes).toBeLessThanOrEqual(16 * 1024 * 1024);
  expect(ring.first).toBeGreaterThan(0);
  expect(ring.packet(ring.next - 1)).toEqual(packetOf(ring.next - 1, 1500));
});

test('PacketRing lets tiny packets go at 16,384 of them', () => {
  const ring = new PacketRing();
  for (let index = 0; index < 40_000; index++) ring.push(packetOf(index, 20), fields, 0);
  expect(ring.next - ring.first).toBeLessThanOrEqual(16_384);
  expect(ring.packet(ring.first)).toEqual(packetOf(ring.first, 20));
});

test('PacketRing takes a packet larger than a chunk', () => {
  const ring = new PacketRing();
  ring.push(packetOf(3, 65_507 + 12), fields, 0);
  ring.push(packetOf(4, 100_000), fields, 0);
  expect(ring.packet(0)).toEqual(packetOf(3, 65_519));
  expect(ring.packet(1)).toEqual(packetOf(4, 100_000));
});
