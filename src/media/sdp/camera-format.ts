// Which format a payload type of a camera's description stands for, or why it cannot be taken.

import { parseSps } from '#media/h264/sps.ts';
import { decodeBase64 } from './base64.ts';
import { describeGeneric, describeLatm } from './described-aac.ts';
import type { DescribedFormat, PayloadDescription } from './described-format.ts';

/** Payload types that mean something without an rtpmap (RFC 3551 §6). */
const STATIC: Readonly<Record<string, string>> = {
  0: 'PCMU/8000',
  3: 'GSM/8000',
  4: 'G723/8000',
  8: 'PCMA/8000',
  9: 'G722/8000',
  10: 'L16/44100/2',
  11: 'L16/44100/1',
  14: 'MPA/90000',
  18: 'G729/8000',
  26: 'JPEG/90000',
  32: 'MPV/90000',
  33: 'MP2T/90000',
};

const H264_SETS = [7, 8];
const H265_SETS = [32, 33, 34];
/** Three of each kind at most; cameras have one. */
const MAX_PARAMETER_SETS = 9;
/** A set of a few hundred bytes is already unusual. */
const MAX_PARAMETER_SET_BYTES = 4_096;

export function staticRtpmap(payloadType: string): string | undefined {
  return STATIC[payloadType];
}

/** The format, or why not, in words. */
export function describeVideo({
  encoding,
  parameters,
}: PayloadDescription): DescribedFormat | string {
  if (encoding === 'H264' && parameters.get('packetization-mode') !== '2') {
    const sets = readSets(parameters, ['sprop-parameter-sets'], isH264Set);
    return { kind: 'video', codec: 'H264', clockRate: 90_000, parameterSets: sets };
  }
  if (encoding === 'H265' || encoding === 'HEVC') {
    const sets = readSets(parameters, ['sprop-vps', 'sprop-sps', 'sprop-pps'], isH265Set);
    return { kind: 'video', codec: 'H265', clockRate: 90_000, parameterSets: sets };
  }
  return `video ${encoding} is not supported: set H.264 or H.265`;
}

/** The format, or why not, in words. */
export function describeAudio(payload: PayloadDescription): DescribedFormat | string {
  const { encoding, clockRate = 8_000, channels = 1 } = payload;
  switch (encoding) {
    case 'PCMU':
    case 'PCMA':
    case 'G722':
    case 'L16':
      return { kind: 'audio', codec: encoding, clockRate, channels };
    case 'OPUS':
      // Always 48,000 and declared as two channels (RFC 7587 §7), whatever cameras write.
      return { kind: 'audio', codec: 'opus', clockRate: 48_000, channels: payload.channels ?? 2 };
    case 'MPEG4-GENERIC':
    case 'AAC':
      return orReason(describeGeneric(payload));
    case 'MP4A-LATM':
      return orReason(describeLatm(payload));
    default:
      return `audio ${encoding} is not supported: set G.711, AAC or Opus`;
  }
}

function orReason(aac: DescribedFormat | string): DescribedFormat | string {
  return typeof aac === 'string' ? `audio AAC ${aac} is not supported: set G.711 or Opus` : aac;
}

/**
 * Missing, empty, in Annex-B form or wrong sets are no obstacle: they are learnt from the stream.
 * (MediaMTX#707, #787, #861; retina 0.4.11)
 */
function readSets(
  parameters: ReadonlyMap<string, string>,
  names: readonly string[],
  isSet: (unit: Uint8Array) => boolean,
): Uint8Array[] {
  return names
    .flatMap((name) => (parameters.get(name) ?? '').split(',', MAX_PARAMETER_SETS))
    .flatMap((text) => splitStartCodes(decodeBase64(text) ?? new Uint8Array(0)))
    .filter((unit) => unit.length <= MAX_PARAMETER_SET_BYTES && isSet(unit))
    .slice(0, MAX_PARAMETER_SETS);
}

/** NAL units, whether there are start codes before, between and behind them or none at all. */
function splitStartCodes(bytes: Uint8Array): Uint8Array[] {
  const units: Uint8Array[] = [];
  let start = 0;
  for (let at = 2; at <= bytes.length; at++) {
    const isCode = bytes[at] === 1 && bytes[at - 1] === 0 && bytes[at - 2] === 0;
    if (!isCode && at < bytes.length) continue;
    let end = isCode ? at - 2 : at;
    while (end > start && bytes[end - 1] === 0) end--;
    if (end > start) units.push(bytes.slice(start, end));
    start = at + 1;
  }
  return units;
}

function isH264Set(unit: Uint8Array): boolean {
  const type = (unit[0] ?? 0) & 0x1f;
  if (!H264_SETS.includes(type)) return false;
  return type !== H264_SETS[0] || isReadable(unit);
}

function isReadable(sps: Uint8Array): boolean {
  try {
    parseSps(sps);
    return true;
  } catch {
    return false;
  }
}

function isH265Set(unit: Uint8Array): boolean {
  return unit.length > 2 && H265_SETS.includes(((unit[0] ?? 0) >>> 1) & 0x3f);
}
