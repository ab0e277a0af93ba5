// What parameter sets say of the picture, for people and for the choice of a codec.

import { parseSps } from '#media/h264/sps.ts';
import { levelName, profileName } from '#media/h265/profile.ts';
import { parseHevcSps } from '#media/h265/sps.ts';
import { InputError } from '#std/errors.ts';
import type { ParameterSets } from './parameter-sets.ts';

const TIER_BIT = 0x20;
const PROFILE_MASK = 0x1f;
/** Where general_level_idc stands behind profile, compatibility flags and constraints. */
const LEVEL_AT = 11;
/** pic_order_cnt_type without any reordering. */
const SENT_ORDER = 2;

export interface Picture {
  readonly profile: string;
  readonly level: string;
  readonly width: number;
  readonly height: number;
  /** Frames are shown in another order than they are sent in. */
  readonly reorders: boolean;
  readonly bitDepth: number;
  /** H.265: general_profile_idc, general_tier_flag and general_level_idc. */
  readonly profileId: number;
  readonly tierFlag: number;
  readonly levelId: number;
}

/** Undefined while there is no SPS, or no sense in it. */
export function describeVideo(codec: 'H264' | 'H265', sets: ParameterSets): Picture | undefined {
  const { sps } = sets;
  if (!sps) return undefined;
  try {
    return codec === 'H264' ? describeH264(sps) : describeH265(sps);
  } catch (error) {
    if (error instanceof InputError) return undefined;
    throw error;
  }
}

function describeH264(unit: Uint8Array): Picture {
  const sps = parseSps(unit);
  return {
    profile: sps.profileName,
    level: sps.level,
    width: sps.width,
    height: sps.height,
    // Sets that do not say it leave it to the slices.
    reorders: sps.pictureOrderType !== SENT_ORDER && (sps.maxReorderFrames ?? 0) > 0,
    bitDepth: sps.bitDepth,
    profileId: sps.profileIdc,
    tierFlag: 0,
    levelId: sps.levelIdc,
  };
}

function describeH265(unit: Uint8Array): Picture {
  const sps = parseHevcSps(unit);
  const [first = 0] = sps.profileTierLevel;
  const profileId = first & PROFILE_MASK;
  const levelId = sps.profileTierLevel[LEVEL_AT] ?? 0;
  return {
    profile: profileName(profileId),
    level: levelName(levelId),
    width: sps.width,
    height: sps.height,
    reorders: sps.maxReorderPictures > 0,
    bitDepth: Math.max(sps.bitDepthLuma, sps.bitDepthChroma),
    profileId,
    tierFlag: first & TIER_BIT ? 1 : 0,
    levelId,
  };
}
