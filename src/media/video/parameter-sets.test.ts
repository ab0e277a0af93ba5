// The newest parameter sets of a track.

import { expect, test } from 'vitest';
import { formatStapA } from '#media/h264/payload.ts';
import { PPS, SPS } from '../../../test/support/rtp-packets.ts';
import { ParameterSets } from './parameter-sets.ts';

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
  const pps = [1, 2, 3, 4, 5].map((id) => Uint8Array.of(0x68, id));
  for (const unit of pps) sets.read(unit);
  sets.read(new Uint8Array(300).fill(0x68));
  expect(sets.aggregate()).toEqual(formatStapA([SPS, ...pps.slice(1)]));
});
