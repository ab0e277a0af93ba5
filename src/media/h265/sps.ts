// What a sequence parameter set of H.265 says of its stream (ITU-T H.265 §7.3.2.2, §7.3.3).

import { BitReader } from '#media/h264/bit-reader.ts';
import { InputError } from '#std/errors.ts';

const UNIT_HEADER_BYTES = 2;
/** general_profile_space to general_level_idc, on whole bytes. */
const PROFILE_TIER_LEVEL_BYTES = 12;
const SUB_LAYER_PROFILE_BITS = 88;
const SUB_LAYER_LEVEL_BITS = 8;
const CHROMA_444 = 3;
/** Level 6.2 allows √(8 · 35,651,584) pixels (A.4.1). */
const MAX_SIDE = 16_888;
const MAX_BIT_DEPTH = 16;

export interface HevcSps {
  /** As it stands in the set, without emulation prevention. */
  readonly profileTierLevel: Uint8Array;
  readonly chromaFormat: number;
  readonly bitDepthLuma: number;
  readonly bitDepthChroma: number;
  readonly width: number;
  readonly height: number;
  /**
   * How many pictures are shown after one that is sent later; 0 means no B-frames. Slice types do
   * not tell: encoders for low delay send B slices that only look back.
   */
  readonly maxReorderPictures: number;
}

/** Reads one NAL unit of type 33. */
export function parseHevcSps(unit: Uint8Array): HevcSps {
  const bits = new BitReader(unit.subarray(UNIT_HEADER_BYTES));
  bits.readBits(4); // sps_video_parameter_set_id
  const subLayers = bits.readBits(3);
  bits.readFlag(); // sps_temporal_id_nesting_flag
  const profileTierLevel = Uint8Array.from({ length: PROFILE_TIER_LEVEL_BYTES }, () =>
    bits.readBits(8),
  );
  skipSubLayers(bits, subLayers);
  bits.readUnsigned(); // sps_seq_parameter_set_id
  const chromaFormat = bits.readUnsigned();
  if (chromaFormat > CHROMA_444) throw invalid(`there is no chroma format ${chromaFormat}`);
  const separatePlanes = chromaFormat === CHROMA_444 && bits.readFlag();
  const size = readSize(bits, separatePlanes ? 0 : chromaFormat);
  const bitDepthLuma = bits.readUnsigned() + 8;
  const bitDepthChroma = bits.readUnsigned() + 8;
  if (Math.max(bitDepthLuma, bitDepthChroma) > MAX_BIT_DEPTH) {
    throw invalid(`${Math.max(bitDepthLuma, bitDepthChroma)} bits per sample are more than 16`);
  }
  bits.readUnsigned(); // log2_max_pic_order_cnt_lsb_minus4
  const maxReorderPictures = readReorder(bits, subLayers);
  return {
    profileTierLevel,
    chromaFormat,
    bitDepthLuma,
    bitDepthChroma,
    ...size,
    maxReorderPictures,
  };
}

/** That of the highest sub-layer, which is the last, or the only one that is there. */
function readReorder(bits: BitReader, subLayers: number): number {
  const layers = bits.readFlag() ? subLayers + 1 : 1;
  let reorder = 0;
  for (let layer = 0; layer < layers; layer++) {
    bits.readUnsigned(); // sps_max_dec_pic_buffering_minus1
    reorder = bits.readUnsigned();
    bits.readUnsigned(); // sps_max_latency_increase_plus1
  }
  return reorder;
}

function skipSubLayers(bits: BitReader, count: number): void {
  const present = Array.from({ length: count }, () => [bits.readFlag(), bits.readFlag()]);
  // Filled up to eight, if there are any.
  if (count > 0) bits.readBits(2 * (8 - count));
  for (const [profile, level] of present) {
    const skipped = (profile ? SUB_LAYER_PROFILE_BITS : 0) + (level ? SUB_LAYER_LEVEL_BITS : 0);
    for (let bit = 0; bit < skipped; bit++) bits.readBit();
  }
}

/** In pixels, after cropping, whose offsets count chroma samples. */
function readSize(bits: BitReader, chroma: number): { width: number; height: number } {
  const [codedWidth, codedHeight] = [bits.readUnsigned(), bits.readUnsigned()];
  if (Math.max(codedWidth, codedHeight) > MAX_SIDE) {
    throw invalid(`${codedWidth} x ${codedHeight} pixels are more than any level allows`);
  }
  const crop = bits.readFlag() ? [0, 0, 0, 0].map(() => bits.readUnsigned()) : [];
  const [left = 0, right = 0, top = 0, bottom = 0] = crop;
  const width = codedWidth - (chroma === 1 || chroma === 2 ? 2 : 1) * (left + right);
  const height = codedHeight - (chroma === 1 ? 2 : 1) * (top + bottom);
  if (width <= 0 || height <= 0) throw invalid('cropping leaves no picture');
  return { width, height };
}

function invalid(reason: string): InputError {
  return new InputError(`Cannot read the H.265 sequence parameter set: ${reason}.`, {
    code: 'invalid_h265',
  });
}
