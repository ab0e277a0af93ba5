// What a sequence parameter set says about its stream: profile, level, size, frame rate
// (ITU-T H.264 §7.3.2.1.1, Annex E).

import { InputError } from '#std/errors.ts';
import { BitReader } from './bit-reader.ts';
import { NAL_SPS } from './payload.ts';
import { levelName, profileName } from './profile.ts';
import { readVui, type Vui } from './vui.ts';

export interface Sps {
  readonly profileIdc: number;
  /** The byte of constraint_set flags, set 0 in the highest bit. */
  readonly constraints: number;
  readonly levelIdc: number;
  /** As in SDP (RFC 6184 §8.1): `42c01f`. */
  readonly profileLevelId: string;
  /** `Constrained Baseline` */
  readonly profileName: string;
  /** `3.1` */
  readonly level: string;
  /** In pixels, after cropping. */
  readonly width: number;
  readonly height: number;
  /** Of luma and chroma, the larger. */
  readonly bitDepth: number;
  /** 2: frames are shown in the order in which they are sent (§8.2.1.3). */
  readonly pictureOrderType: number;
  /** Frames per second, if the set says so. */
  readonly frameRate: number | undefined;
  /** How many frames a decoder must hold back; 0 means no B-frames. Undefined: not said. */
  readonly maxReorderFrames: number | undefined;
}

/** Profiles whose sets hold chroma format, bit depths and scaling lists (§7.3.2.1.1). */
const HIGH_PROFILES: readonly number[] = [
  100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135,
];
/** √(8 · 139,264): the longest side in macroblocks that level 6.2 allows (Table A-1). */
const MAX_SIDE_MACROBLOCKS = 1055;
const MACROBLOCK_PIXELS = 16;
/** §7.4.2.1.1: num_ref_frames_in_pic_order_cnt_cycle. */
const MAX_POC_CYCLE = 255;
const CHROMA_MONOCHROME = 0;
const CHROMA_420 = 1;
const CHROMA_422 = 2;
const CHROMA_444 = 3;
/** §7.4.2.1.1: bit_depth_luma_minus8 is 0 to 6. */
const MAX_BIT_DEPTH = 14;
/** What profiles below High have. */
const PLAIN = { chroma: CHROMA_420, bitDepth: 8 };

/** Reads one NAL unit of type 7, without start code. */
export function parseSps(unit: Uint8Array): Sps {
  if (((unit[0] ?? 0) & 0x1f) !== NAL_SPS) {
    throw invalid('it is no NAL unit of type 7');
  }
  const bits = new BitReader(unit.subarray(1));
  const [profileIdc, constraints, levelIdc] = [
    bits.readBits(8),
    bits.readBits(8),
    bits.readBits(8),
  ];
  bits.readUnsigned(); // seq_parameter_set_id
  const { chroma, bitDepth } = HIGH_PROFILES.includes(profileIdc) ? readSamples(bits) : PLAIN;
  bits.readUnsigned(); // log2_max_frame_num_minus4
  const pictureOrderType = readPictureOrder(bits);
  bits.readUnsigned(); // max_num_ref_frames
  bits.readFlag(); // gaps_in_frame_num_value_allowed_flag
  const size = readSize(bits, chroma);
  const vui: Vui = bits.readFlag() ? readVui(bits) : {};
  return {
    profileIdc,
    constraints,
    levelIdc,
    profileLevelId: [profileIdc, constraints, levelIdc].map(formatHexByte).join(''),
    profileName: profileName(profileIdc, constraints),
    level: levelName(profileIdc, constraints, levelIdc),
    ...size,
    bitDepth,
    pictureOrderType,
    frameRate: vui.frameRate,
    maxReorderFrames: vui.maxReorderFrames,
  };
}

function readSamples(bits: BitReader): typeof PLAIN {
  const chroma = bits.readUnsigned();
  if (chroma > CHROMA_444) throw invalid(`there is no chroma format ${chroma}`);
  // With separate colour planes each is coded, and cropped, like monochrome.
  const separatePlanes = chroma === CHROMA_444 && bits.readFlag();
  const bitDepth = 8 + Math.max(bits.readUnsigned(), bits.readUnsigned());
  if (bitDepth > MAX_BIT_DEPTH) throw invalid(`${bitDepth} bits per sample are more than 14`);
  bits.readFlag(); // qpprime_y_zero_transform_bypass_flag
  if (bits.readFlag()) skipScalingLists(bits, chroma === CHROMA_444 ? 12 : 8);
  return { chroma: separatePlanes ? CHROMA_MONOCHROME : chroma, bitDepth };
}

/** §7.3.2.1.1.1: six lists of 16 entries, then lists of 64. */
function skipScalingLists(bits: BitReader, count: number): void {
  for (let list = 0; list < count; list++) {
    if (bits.readFlag()) skipScalingList(bits, list < 6 ? 16 : 64);
  }
}

function skipScalingList(bits: BitReader, length: number): void {
  let last = 8;
  let next = 8;
  for (let entry = 0; entry < length && next !== 0; entry++) {
    next = (last + bits.readSigned() + 256) & 0xff;
    if (next !== 0) last = next;
  }
}

function readPictureOrder(bits: BitReader): number {
  const type = bits.readUnsigned();
  if (type > 2) throw invalid(`there is no picture order count type ${type}`);
  if (type === 0) bits.readUnsigned(); // log2_max_pic_order_cnt_lsb_minus4
  if (type !== 1) return type;
  bits.readFlag(); // delta_pic_order_always_zero_flag
  bits.readSigned(); // offset_for_non_ref_pic
  bits.readSigned(); // offset_for_top_to_bottom_field
  const cycle = bits.readUnsigned();
  if (cycle > MAX_POC_CYCLE) throw invalid(`a picture order cycle of ${cycle} frames is too long`);
  for (let frame = 0; frame < cycle; frame++) bits.readSigned();
  return type;
}

function readSize(bits: BitReader, chroma: number): { width: number; height: number } {
  const columns = bits.readUnsigned() + 1;
  const rows = bits.readUnsigned() + 1;
  const framesOnly = bits.readFlag();
  if (!framesOnly) bits.readFlag(); // mb_adaptive_frame_field_flag
  bits.readFlag(); // direct_8x8_inference_flag
  const fieldFactor = framesOnly ? 1 : 2;
  if (Math.max(columns, rows * fieldFactor) > MAX_SIDE_MACROBLOCKS) {
    throw invalid(`${columns} x ${rows} macroblocks are more than any level allows`);
  }
  // Crop offsets count chroma samples, and in interlaced streams lines of a field (Table 6-1).
  const cropX = chroma === CHROMA_420 || chroma === CHROMA_422 ? 2 : 1;
  const cropY = (chroma === CHROMA_420 ? 2 : 1) * fieldFactor;
  const [left, right, top, bottom] = readCrop(bits);
  const width = columns * MACROBLOCK_PIXELS - cropX * (left + right);
  const height = rows * MACROBLOCK_PIXELS * fieldFactor - cropY * (top + bottom);
  if (width <= 0 || height <= 0) throw invalid('cropping leaves no picture');
  return { width, height };
}

function readCrop(bits: BitReader): readonly [number, number, number, number] {
  if (!bits.readFlag()) return [0, 0, 0, 0];
  return [bits.readUnsigned(), bits.readUnsigned(), bits.readUnsigned(), bits.readUnsigned()];
}

function formatHexByte(byte: number): string {
  return byte.toString(16).padStart(2, '0');
}

function invalid(reason: string): InputError {
  return new InputError(`Cannot read the H.264 sequence parameter set: ${reason}.`, {
    code: 'invalid_h264',
  });
}
