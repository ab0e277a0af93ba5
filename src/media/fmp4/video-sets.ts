// A video track's parameter sets, sorted, with what an MP4 repeats of them.

import { NAL_PPS as H264_PPS, NAL_SPS as H264_SPS } from '#media/h264/payload.ts';
import { parseSps } from '#media/h264/sps.ts';
import { NAL_PPS as H265_PPS, NAL_SPS as H265_SPS, NAL_VPS } from '#media/h265/payload.ts';
import { type HevcSps, parseHevcSps } from '#media/h265/sps.ts';
import { UNIT_SYNTAX } from '#media/video/unit-syntax.ts';
import { InputError } from '#std/errors.ts';
import type { VideoMp4Track } from './mp4-track.ts';

/** The SPS of H.264 are counted by five bits; cameras have one set of each kind. */
const MAX_SETS = 31;
/** Their lengths are written in 16 bits. */
const MAX_SET_BYTES = 0xffff;

type Units = readonly [Uint8Array, ...Uint8Array[]];

interface CommonSets {
  readonly width: number;
  readonly height: number;
  readonly sps: Units;
  readonly pps: Units;
}

export interface AvcSets extends CommonSets {
  readonly codec: 'H264';
}

export interface HevcSets extends CommonSets {
  readonly codec: 'H265';
  readonly vps: Units;
  readonly format: HevcSps;
}

export function readVideoSets(track: VideoMp4Track): AvcSets | HevcSets {
  return track.codec === 'H264' ? readAvcSets(track) : readHevcSets(track);
}

/** The type of a NAL unit, as its codec has it. */
export function unitType(codec: VideoMp4Track['codec'], unit: Uint8Array): number {
  return UNIT_SYNTAX[codec].typeOf(unit[0] ?? 0);
}

/** Whether it belongs into the sample entry, not into samples (ISO 14496-15 §5.4.2, §8.4.2). */
export function isParameterSet(codec: VideoMp4Track['codec'], unit: Uint8Array): boolean {
  const type = unitType(codec, unit);
  if (codec === 'H264') return type === H264_SPS || type === H264_PPS;
  return type >= NAL_VPS && type <= H265_PPS;
}

function readAvcSets(track: VideoMp4Track): AvcSets {
  const sps = pick(track, H264_SPS, 'SPS');
  const pps = pick(track, H264_PPS, 'PPS');
  const { width, height } = parseSps(sps[0]);
  return { codec: 'H264', width, height, sps, pps };
}

function readHevcSets(track: VideoMp4Track): HevcSets {
  const vps = pick(track, NAL_VPS, 'VPS');
  const sps = pick(track, H265_SPS, 'SPS');
  const pps = pick(track, H265_PPS, 'PPS');
  const format = parseHevcSps(sps[0]);
  return { codec: 'H265', width: format.width, height: format.height, vps, sps, pps, format };
}

function pick(track: VideoMp4Track, type: number, name: string): Units {
  const [first, ...rest] = track.parameterSets.filter((set) => unitType(track.codec, set) === type);
  if (!first) throw invalid(`its ${name} is missing. It comes with the next key frame`);
  if (rest.length >= MAX_SETS) throw invalid(`it has more than ${MAX_SETS} ${name}`);
  if ([first, ...rest].some((set) => set.length > MAX_SET_BYTES)) {
    throw invalid(`its ${name} is longer than ${MAX_SET_BYTES} bytes`);
  }
  return [first, ...rest];
}

function invalid(reason: string): InputError {
  return new InputError(`Cannot write the track as MP4: ${reason}.`, { code: 'invalid_fmp4' });
}
