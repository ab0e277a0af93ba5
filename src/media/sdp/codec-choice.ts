// Which of the offered codecs can play what a stream carries (H.264: RFC 6184 §8.1, table 5).

import type { OfferedCodec } from './offered-codecs.ts';

interface H264Profile {
  readonly name: string;
  /** A decoder plays the profiles of its rank and of those below. */
  readonly rank: number;
  /** profile_idc, and what the masked constraint flags must be. */
  readonly idc: number;
  readonly mask: number;
  readonly flags: number;
}

/**
 * The first that fits counts. Baseline shares its rank with Constrained Baseline, and High with
 * Constrained High: what they have more (slice groups; interlace, B pictures) no camera sends to a
 * live viewer, and Safari offers nothing but the constrained ones.
 */
const PROFILES: readonly H264Profile[] = [
  { name: 'constrained-baseline', rank: 0, idc: 0x42, mask: 0x40, flags: 0x40 },
  { name: 'constrained-baseline', rank: 0, idc: 0x4d, mask: 0x80, flags: 0x80 },
  { name: 'constrained-baseline', rank: 0, idc: 0x58, mask: 0xc0, flags: 0xc0 },
  { name: 'baseline', rank: 0, idc: 0x42, mask: 0x40, flags: 0 },
  { name: 'main', rank: 1, idc: 0x4d, mask: 0x80, flags: 0 },
  { name: 'constrained-high', rank: 2, idc: 0x64, mask: 0x0c, flags: 0x0c },
  { name: 'high', rank: 2, idc: 0x64, mask: 0, flags: 0 },
  { name: 'high-4:4:4', rank: 3, idc: 0xf4, mask: 0, flags: 0 },
];

/** What a missing profile-level-id means (RFC 6184 §8.1): Baseline, level 1. */
const DEFAULT_PROFILE_LEVEL_ID = '42000a';

/** Offered beside the codecs, but no codec: redundancy, comfort noise, telephone keys. */
const AUXILIARY = new Set(['RED', 'ULPFEC', 'FLEXFEC-03', 'CN', 'TELEPHONE-EVENT']);

/**
 * The offered H.264 that plays a stream of this profile, the closest first, or undefined. Levels are
 * not compared: browsers decode above the level they offer, and may send and receive at different
 * ones. Packets of a stream are of packetization mode 1, so nothing else is chosen.
 */
export function chooseH264(
  codecs: readonly OfferedCodec[],
  stream: { readonly profileLevelId: string },
): OfferedCodec | undefined {
  const wanted = findProfile(stream.profileLevelId);
  if (!wanted) return undefined;
  let best: { codec: OfferedCodec; distance: number } | undefined;
  for (const codec of codecs) {
    const distance = isH264(codec) ? profileDistance(wanted, codec) : undefined;
    if (distance === undefined || codec.parameters.get('packetization-mode') !== '1') continue;
    if (!best || distance < best.distance) best = { codec, distance };
  }
  return best?.codec;
}

/** RFC 7587 §7: always 48 kHz and two channels, whatever the sound in it is. */
export function chooseOpus(codecs: readonly OfferedCodec[]): OfferedCodec | undefined {
  return codecs.find(
    (codec) =>
      codec.name.toLowerCase() === 'opus' && codec.clockRate === 48_000 && codec.channels === 2,
  );
}

/** For a refusal in words: `VP8, VP9, H264 (42e01f, 640c1f), AV1`. */
export function describeCodecs(codecs: readonly OfferedCodec[]): string {
  const profiles = new Map<string, Set<string>>();
  for (const codec of codecs) {
    if (AUXILIARY.has(codec.name.toUpperCase())) continue;
    const known = profiles.get(codec.name) ?? new Set();
    profiles.set(codec.name, isH264(codec) ? known.add(profileLevelId(codec)) : known);
  }
  const words = [...profiles].map(([name, ids]) =>
    ids.size > 0 ? `${name} (${[...ids].join(', ')})` : name,
  );
  return words.length > 0 ? words.join(', ') : 'no codec';
}

/** 0 for the same profile, else 1 and how far the offered one ranks above; undefined if below. */
function profileDistance(wanted: H264Profile, codec: OfferedCodec): number | undefined {
  const offered = findProfile(profileLevelId(codec));
  if (!offered || offered.rank < wanted.rank) return undefined;
  return offered.name === wanted.name ? 0 : 1 + offered.rank - wanted.rank;
}

function findProfile(id: string): H264Profile | undefined {
  const [, idc = '', flags = ''] = /^([\da-f]{2})([\da-f]{2})[\da-f]{2}$/i.exec(id) ?? [];
  return PROFILES.find(
    (profile) =>
      profile.idc === Number.parseInt(idc, 16) &&
      profile.flags === (Number.parseInt(flags, 16) & profile.mask),
  );
}

/** Cut, because it ends up in messages. */
function profileLevelId(codec: OfferedCodec): string {
  const id = codec.parameters.get('profile-level-id') ?? DEFAULT_PROFILE_LEVEL_ID;
  return id.toLowerCase().slice(0, 6);
}

function isH264(codec: OfferedCodec): boolean {
  return codec.name.toUpperCase() === 'H264' && codec.clockRate === 90_000;
}
