// Video usability information at the end of a sequence parameter set (ITU-T H.264 Annex E.1).

import { InputError } from '#std/errors.ts';
import type { BitReader } from './bit-reader.ts';

export interface Vui {
  readonly frameRate?: number | undefined;
  readonly maxReorderFrames?: number | undefined;
}

const ASPECT_RATIO_EXTENDED = 255;
/** §E.2.2: cpb_cnt_minus1 is 0 to 31. */
const MAX_CPB_COUNT = 32;

export function readVui(bits: BitReader): Vui {
  skipPresentation(bits);
  const frameRate = bits.readFlag() ? readFrameRate(bits) : undefined;
  const nalHrd = skipHrd(bits);
  const vclHrd = skipHrd(bits);
  if (nalHrd || vclHrd) bits.readFlag(); // low_delay_hrd_flag
  bits.readFlag(); // pic_struct_present_flag
  return { frameRate, maxReorderFrames: bits.readFlag() ? readReorderFrames(bits) : undefined };
}

/** Aspect ratio, overscan, colours, chroma position. */
function skipPresentation(bits: BitReader): void {
  if (bits.readFlag() && bits.readBits(8) === ASPECT_RATIO_EXTENDED) bits.readBits(32);
  if (bits.readFlag()) bits.readFlag(); // overscan_appropriate_flag
  if (bits.readFlag()) {
    bits.readBits(4); // video_format, video_full_range_flag
    if (bits.readFlag()) bits.readBits(24); // colour_primaries, transfer, matrix
  }
  if (bits.readFlag()) {
    bits.readUnsigned(); // chroma_sample_loc_type_top_field
    bits.readUnsigned(); // chroma_sample_loc_type_bottom_field
  }
}

/** A tick is a field, so a frame takes two (§E.2.1). */
function readFrameRate(bits: BitReader): number | undefined {
  const unitsInTick = bits.readBits(32);
  const timeScale = bits.readBits(32);
  bits.readFlag(); // fixed_frame_rate_flag
  return unitsInTick > 0 && timeScale > 0 ? timeScale / (2 * unitsInTick) : undefined;
}

/** hrd_parameters() (§E.1.2), if there are any. */
function skipHrd(bits: BitReader): boolean {
  if (!bits.readFlag()) return false;
  const count = bits.readUnsigned() + 1;
  if (count > MAX_CPB_COUNT) {
    throw new InputError(
      `Cannot read the H.264 sequence parameter set: ${count} coded picture buffers are more than ${MAX_CPB_COUNT}.`,
      { code: 'invalid_h264' },
    );
  }
  bits.readBits(8); // bit_rate_scale, cpb_size_scale
  for (let buffer = 0; buffer < count; buffer++) {
    bits.readUnsigned(); // bit_rate_value_minus1
    bits.readUnsigned(); // cpb_size_value_minus1
    bits.readFlag(); // cbr_flag
  }
  bits.readBits(20); // lengths of delays and of time_offset
  return true;
}

function readReorderFrames(bits: BitReader): number {
  bits.readFlag(); // motion_vectors_over_pic_boundaries_flag
  bits.readUnsigned(); // max_bytes_per_pic_denom
  bits.readUnsigned(); // max_bits_per_mb_denom
  bits.readUnsigned(); // log2_max_mv_length_horizontal
  bits.readUnsigned(); // log2_max_mv_length_vertical
  return bits.readUnsigned();
}
