// A track's codec as browsers are asked for it (RFC 6381 §3.3, ISO 14496-15 Annex E).

import { AAC_LC, parseAudioSpecificConfig } from '#media/aac/audio-specific-config.ts';
import type { Mp4Track } from './mp4-track.ts';
import { readVideoSets } from './video-sets.ts';

const SBR = 5;
const PARAMETRIC_STEREO = 29;
const PROFILE_SPACES = ['', 'A', 'B', 'C'];
const TIER_BIT = 0x20;
const PROFILE_MASK = 0x1f;

/** `avc1.640028`, `hvc1.1.6.L93.B0`, `mp4a.40.2`, `opus`: for `MediaSource.isTypeSupported`. */
export function codecString(track: Mp4Track): string {
  if (track.codec === 'opus') return 'opus';
  if (track.codec === 'AAC') return `mp4a.40.${audioObjectType(track.config)}`;
  const sets = readVideoSets(track);
  if (sets.codec === 'H265') return `hvc1.${hevcProfile(sets.format.profileTierLevel)}`;
  return `avc1.${[...sets.sps[0].subarray(1, 4)].map(hexByte).join('')}`;
}

function audioObjectType(config: Uint8Array): number {
  const { objectType, sbr } = parseAudioSpecificConfig(config);
  if (!sbr || objectType !== AAC_LC) return objectType;
  return sbr.parametricStereo ? PARAMETRIC_STEREO : SBR;
}

/**
 * Space and profile; compatibility flags, the last one first; tier and level; the six bytes of
 * constraints, up to the last that is not zero.
 */
function hevcProfile(bytes: Uint8Array): string {
  const [first = 0] = bytes;
  const space = PROFILE_SPACES[first >>> 6] ?? '';
  const compatibility = reverseBits(bytes.subarray(1, 5)).toString(16).toUpperCase();
  const tier = first & TIER_BIT ? 'H' : 'L';
  const constraints = [...bytes.subarray(5, 11)];
  while (constraints.at(-1) === 0) constraints.pop();
  return [
    `${space}${first & PROFILE_MASK}`,
    compatibility,
    `${tier}${bytes[11] ?? 0}`,
    ...constraints.map((each) => each.toString(16).toUpperCase()),
  ].join('.');
}

function reverseBits(bytes: Uint8Array): number {
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  return Number.parseInt([...bits].reverse().join(''), 2);
}

function hexByte(byte: number): string {
  return byte.toString(16).padStart(2, '0');
}
