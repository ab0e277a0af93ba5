// The newest parameter sets of a track.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatStapA } from '#media/h264/payload.ts';
import { formatAp } from '#media/h265/payload.ts';
import { PPS, SPS } from '../../../test/support/rtp-packets.ts';
import { ParameterSets } from './parameter-sets.ts';

/** Of the ids 0 to 4, in Exp-Golomb. */
const PPS_OF_IDS = [0x80, 0x40, 0x60, 0x20, 0x28].map((id) => Uint8Array.of(0x68, id));

test('ParameterSets has no aggregate until it knows both kinds', () => {
  const sets = new ParameterSets('H264', []);
  sets.read(SPS);
  expect(sets.aggregate()).toBeUndefined();
  sets.read(PPS);
  expect(sets.aggregate()).toEqual(formatStapA([SPS, PPS]));
});

test('ParameterSets learns sets that share a packet, and keeps its own copy', () => {
  const sets = new ParameterSets('H264', []);
  const payload = formatStapA([SPS, PPS]);
  sets.read(payload);
  payload.fill(0);
  expect(sets.aggregate()).toEqual(formatStapA([SPS, PPS]));
});

test('ParameterSets forgets the PPS of an SPS that is no more', () => {
  const sets = new ParameterSets('H264', [SPS, PPS]);
  const other = Uint8Array.of(...SPS.slice(0, -1), 1);
  sets.read(other);
  expect(sets.aggregate()).toBeUndefined();
  sets.read(PPS);
  expect(sets.aggregate()).toEqual(formatStapA([other, PPS]));
});

test('ParameterSets makes nothing new when a camera repeats itself', () => {
  const sets = new ParameterSets('H264', [SPS, PPS]);
  const before = sets.aggregate();
  sets.read(SPS);
  sets.read(PPS);
  expect(sets.aggregate()).toBe(before);
});

test('ParameterSets keeps the four newest PPS and none that is absurdly long', () => {
  const sets = new ParameterSets('H264', [SPS]);
  for (const unit of PPS_OF_IDS) sets.read(unit);
  sets.read(new Uint8Array(300).fill(0x68));
  expect(sets.aggregate()).toEqual(formatStapA([SPS, ...PPS_OF_IDS.slice(1)]));
});

test('ParameterSets keeps the newest PPS of an id, even if an earlier one comes again', () => {
  const sets = new ParameterSets('H264', [SPS]);
  const [first, second, other] = [
    Uint8Array.of(0x68, 0x80, 1),
    Uint8Array.of(0x68, 0x80, 2),
    Uint8Array.of(0x68, 0x40),
  ];
  for (const unit of [first, other, second, first]) sets.read(unit);
  expect(sets.units()).toEqual([SPS, other, first]);
});

test('ParameterSets keeps the newest PPS that is too short for an id', () => {
  const sets = new ParameterSets('H264', [SPS]);
  for (const last of [1, 2]) sets.read(Uint8Array.of(0x68, last));
  expect(sets.units()).toEqual([SPS, Uint8Array.of(0x68, 2)]);
});

describe('H.265', () => {
  const vps = Uint8Array.of(64, 1, 7);
  const sps = Uint8Array.of(66, 1, 8);
  const pps = Uint8Array.of(68, 1, 0xc0);

  test('needs all three kinds, and sends them in order', () => {
    const sets = new ParameterSets('H265', [pps, vps]);
    sets.read(sps);
    expect(sets.complete).toBe(false);
    sets.read(pps);
    expect(sets.complete).toBe(true);
    expect(sets.aggregate()).toEqual(formatAp([vps, sps, pps]));
    expect(sets.sps).toEqual(sps);
  });

  test('forgets what depends on a VPS that is no more', () => {
    const sets = new ParameterSets('H265', [vps, sps, pps]);
    const other = Uint8Array.of(64, 1, 9);
    sets.read(other);
    expect(sets.units()).toEqual([other]);
  });

  test('replaces a PPS by one of its id', () => {
    const sets = new ParameterSets('H265', [vps, sps, pps]);
    const newer = Uint8Array.of(68, 1, 0xc1);
    const other = Uint8Array.of(68, 1, 0x41);
    for (const unit of [newer, other]) sets.read(unit);
    expect(sets.units()).toEqual([vps, sps, newer, other]);
  });
});

test('random payloads leave sets that are bounded and can be sent', () => {
  const payload = fc
    .tuple(fc.constantFrom(0x67, 0x68, 0x78, 64, 66, 68, 96), fc.uint8Array({ maxLength: 300 }))
    .map(([first, rest]) => Uint8Array.of(first, ...rest));
  const codecs = fc.constantFrom('H264' as const, 'H265' as const);
  fc.assert(
    fc.property(codecs, fc.array(payload, { maxLength: 12 }), (codec, payloads) => {
      const sets = new ParameterSets(codec, payloads);
      expect(sets.units().length).toBeLessThanOrEqual(6);
      expect(sets.aggregate() !== undefined).toBe(sets.complete);
    }),
  );
});
