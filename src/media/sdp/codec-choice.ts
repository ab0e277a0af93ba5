// Which of the offered codecs can play what a stream carries (H.264: RFC 6184 §8.1, table 5; H.265: RFC 7798 §7).

import { levelName, profileName } from '#media/h265/profile.ts';
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

/** More than there are ranks: any profile above is better than one below. */
const BELOW = 100;

/** What a missing profile-level-id means (RFC 6184 §8.1): Baseline, level 1. */
const DEFAULT_PROFILE_LEVEL_ID = '42000a';

/** Offered beside the codecs, but no codec: redundancy, comfort noise, telephone keys. */
const AUXILIARY = new Set(['RED', 'ULPFEC', 'FLEXFEC-03', 'CN', 'TELEPHONE-EVENT']);

/**
 * The offered H.264 that plays a stream of this profile, the closest first, or undefined. Where only
 * lower profiles are offered, the highest of them is taken: Firefox offers nothing but Baseline and
 * decodes Main and High all the same (Firefox ESR 153, its own decoder). Levels are not compared:
 * browsers decode above the level they offer, and may send and receive at different ones. Packets of a
 * stream are of packetization mode 1, so nothing else is chosen.
 */
export function chooseH264(
  codecs: readonly OfferedCodec[],
  stream: { readonly profileLevelId: string },
): OfferedCodec | undefined {
  const wanted = findProfile(stream.profileLevelId);
  if (!wanted) return undefined;
  let best: { codec: OfferedCodec; distance: number } | undefined;
  for (const codec of codecs) {
    if (!isH264(codec) || codec.parameters.get('packetization-mode') !== '1') continue;
    const distance = profileDistance(wanted, codec);
    if (distance !== undefined && (!best || distance < best.distance)) best = { codec, distance };
  }
  return best?.codec;
}

/** What a missing parameter means (RFC 7798 §7.1, draft-ietf-avtcore-hevc-webrtc §4.2). */
const H265_DEFAULTS = { profileId: 1, tierFlag: 0, levelId: 93, txMode: 'SRST' } as const;

/** As the stream's SPS says it: general_profile_idc, general_tier_flag, general_level_idc. */
interface H265Stream {
  readonly profileId: number;
  readonly tierFlag: number;
  readonly levelId: number;
}

/**
 * The offered H.265 that plays a stream of this profile, tier and level. Browsers list only the
 * highest level that they decode, so a stream may have a lower one, but none above.
 */
export function chooseH265(
  codecs: readonly OfferedCodec[],
  stream: H265Stream,
): OfferedCodec | undefined {
  return codecs.find((codec) => {
    if (!isH265(codec) || transmissionMode(codec) !== H265_DEFAULTS.txMode) return false;
    const offered = readH265(codec);
    return (
      offered.profileId === stream.profileId &&
      offered.tierFlag >= stream.tierFlag &&
      offered.levelId >= stream.levelId
    );
  });
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
    const detail = describeDetail(codec);
    profiles.set(codec.name, detail === undefined ? known : known.add(detail));
  }
  const words = [...profiles].map(([name, ids]) =>
    ids.size > 0 ? `${name} (${[...ids].join(', ')})` : name,
  );
  return words.length > 0 ? words.join(', ') : 'no codec';
}

function describeDetail(codec: OfferedCodec): string | undefined {
  if (isH264(codec)) return profileLevelId(codec);
  if (!isH265(codec)) return undefined;
  const { profileId, levelId } = readH265(codec);
  return `${profileName(profileId)} up to level ${levelName(levelId)}`;
}

function readH265({ parameters }: OfferedCodec): H265Stream {
  const number = (name: string, missing: number) => {
    const value = parameters.get(name);
    return value !== undefined && /^\d{1,3}$/.test(value) ? Number(value) : missing;
  };
  return {
    profileId: number('profile-id', H265_DEFAULTS.profileId),
    tierFlag: number('tier-flag', H265_DEFAULTS.tierFlag),
    levelId: number('level-id', H265_DEFAULTS.levelId),
  };
}

function transmissionMode({ parameters }: OfferedCodec): string {
  return (parameters.get('tx-mode') ?? H265_DEFAULTS.txMode).toUpperCase();
}

function isH265(codec: OfferedCodec): boolean {
  return codec.name.toUpperCase() === 'H265' && codec.clockRate === 90_000;
}

/**
 * 0 for the same profile, 1 and how far the offered one ranks above, or much more and how far it ranks
 * below; undefined for an unknown one.
 */
function profileDistance(wanted: H264Profile, codec: OfferedCodec): number | undefined {
  const offered = findProfile(profileLevelId(codec));
  if (!offered) return undefined;
  if (offered.rank < wanted.rank) return BELOW + wanted.rank - offered.rank;
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
