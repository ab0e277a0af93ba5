// Codec strings of every kind of track; those of H.265 from parameter sets written bit by bit.

import { expect, test } from 'vitest';
import { PPS, SPS } from '../../../test/support/rtp-packets.ts';
import { codecString } from './codec-string.ts';
import type { Mp4Track } from './mp4-track.ts';

const AAC = { id: 3, timescale: 16_000, codec: 'AAC' } as const;
const LEVEL_3_1 = '01011101';

/** What follows profile, tier and level in an SPS of 16 x 16 pixels, in Exp-Golomb codes. */
const REST = `1 010 ${'000010001'.repeat(2)} 0 1 1 1 0 1 1 1`;

/** Parameter sets whose SPS has these bits for profile, tier and level. */
function hevc(profileTierLevel: string): Mp4Track {
  const bits = `0000 000 1 ${profileTierLevel} ${REST} 1`.replaceAll(' ', '');
  const sps = [0x42, 0x01];
  for (const group of bits.match(/.{1,8}/g) ?? []) {
    const byte = Number.parseInt(group.padEnd(8, '0'), 2);
    if (byte <= 3 && sps.at(-1) === 0 && sps.at(-2) === 0) sps.push(3);
    sps.push(byte);
  }
  const parameterSets = [Uint8Array.of(0x40, 1), Uint8Array.from(sps), Uint8Array.of(0x44, 1)];
  return { id: 1, timescale: 90_000, codec: 'H265', parameterSets };
}

test.each<[string, Mp4Track]>([
  ['avc1.42c01f', { id: 1, timescale: 90_000, codec: 'H264', parameterSets: [SPS, PPS] }],
  ['opus', { id: 2, timescale: 48_000, codec: 'opus', channels: 2 }],
  ['mp4a.40.2', { ...AAC, config: Uint8Array.of(0x14, 0x08) }],
  ['mp4a.40.5', { ...AAC, config: Uint8Array.of(0x2b, 0x8a, 0x08, 0x00) }],
  ['mp4a.40.29', { ...AAC, config: Uint8Array.from(Buffer.from('138856e5a54880', 'hex')) }],
  ['mp4a.40.23', { ...AAC, config: Uint8Array.of(0xb9, 0x88) }],
  [
    'hvc1.1.6.L93.B0',
    hevc(`00 0 00001 ${'011'.padEnd(32, '0')} ${'1011'.padEnd(48, '0')} ${LEVEL_3_1}`),
  ],
  ['hvc1.A4.8.H93', hevc(`01 1 00100 ${'0001'.padEnd(32, '0')} ${'0'.repeat(48)} ${LEVEL_3_1}`)],
  [
    'hvc1.B3.FFFFFFFF.L93.FF.FF.FF.FF.FF.FF',
    hevc(`10 0 00011 ${'1'.repeat(32)} ${'1'.repeat(48)} ${LEVEL_3_1}`),
  ],
  [
    'hvc1.C3.1.L93.0.1',
    hevc(`11 0 00011 ${'1'.padEnd(32, '0')} ${'0000000000000001'.padEnd(48, '0')} ${LEVEL_3_1}`),
  ],
])('the codec string of a track is %s', (text, track) => {
  expect(codecString(track)).toBe(text);
});
