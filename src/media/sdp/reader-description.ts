// What a stream is said to be to whoever reads it by RTSP (RFC 8866; RFC 2326 §C; parameters by
// RFC 6184 §8.1, RFC 7798 §7.1, RFC 7587 §7, RFC 3640 §4.1 and RFC 6416 §7.3).

import { encodeBase64 } from './base64.ts';
import type { DescribedAac, DescribedFormat } from './described-format.ts';

interface ReaderTrack {
  /** With the newest parameter sets. */
  readonly format: DescribedFormat;
  readonly payloadType: number;
  /** Relative to Content-Base. */
  readonly control: string;
}

interface ReaderSession {
  /** Decimal. */
  readonly sessionId: string;
  /** For people; no line breaks. */
  readonly name: string;
}

const NAL_TYPE_MASK = 0x1f;
const H264_SPS = 7;
const H265_SETS = { 32: 'sprop-vps', 33: 'sprop-sps', 34: 'sprop-pps' } as const;

export function formatReaderDescription(
  tracks: readonly ReaderTrack[],
  { sessionId, name }: ReaderSession,
): string {
  const lines = [
    'v=0',
    `o=- ${sessionId} 1 IN IP4 127.0.0.1`,
    `s=${name}`,
    'c=IN IP4 0.0.0.0',
    't=0 0',
    'a=control:*',
    'a=range:npt=now-',
    ...tracks.flatMap(formatMedia),
  ];
  return `${lines.join('\r\n')}\r\n`;
}

function formatMedia({ format, payloadType, control }: ReaderTrack): string[] {
  const parameters = formatParameters(format);
  return [
    `m=${format.kind} 0 RTP/AVP ${payloadType}`,
    `a=rtpmap:${payloadType} ${formatEncoding(format)}`,
    ...(parameters === '' ? [] : [`a=fmtp:${payloadType} ${parameters}`]),
    `a=control:${control}`,
  ];
}

function formatEncoding(format: DescribedFormat): string {
  if (format.kind === 'video') return `${format.codec}/${format.clockRate}`;
  // Opus says two channels, whatever it has (RFC 7587 §7).
  if (format.codec === 'opus') return 'opus/48000/2';
  const channels = format.channels === 1 ? '' : `/${format.channels}`;
  return `${encodingName(format)}/${format.clockRate}${channels}`;
}

function encodingName(format: DescribedFormat): string {
  if (format.codec !== 'AAC') return format.codec;
  return format.packing === 'latm' ? 'MP4A-LATM' : 'mpeg4-generic';
}

function formatParameters(format: DescribedFormat): string {
  switch (format.codec) {
    case 'H264':
      return formatH264(format.parameterSets);
    case 'H265':
      return formatH265(format.parameterSets);
    case 'AAC':
      return format.packing === 'latm' ? formatLatm(format) : formatGeneric(format);
    case 'opus':
      return format.channels === 2 ? 'sprop-stereo=1' : '';
    default:
      return '';
  }
}

function formatH264(sets: readonly Uint8Array[]): string {
  const sps = sets.find((unit) => ((unit[0] ?? 0) & NAL_TYPE_MASK) === H264_SPS);
  const parameters = ['packetization-mode=1'];
  if (sps) parameters.push(`profile-level-id=${formatHex(sps.subarray(1, 4))}`);
  if (sets.length > 0) parameters.push(`sprop-parameter-sets=${sets.map(encodeBase64).join(',')}`);
  return parameters.join(';');
}

function formatH265(sets: readonly Uint8Array[]): string {
  return Object.entries(H265_SETS)
    .map(([type, name]) => {
      const units = sets.filter((unit) => (((unit[0] ?? 0) >>> 1) & 0x3f) === Number(type));
      return units.length === 0 ? '' : `${name}=${units.map(encodeBase64).join(',')}`;
    })
    .filter((parameter) => parameter !== '')
    .join(';');
}

function formatGeneric({
  config,
  sizeLength,
  indexLength,
  indexDeltaLength,
}: DescribedAac): string {
  const mode = sizeLength === 6 ? 'AAC-lbr' : 'AAC-hbr';
  const widths = `sizelength=${sizeLength};indexlength=${indexLength};indexdeltalength=${indexDeltaLength}`;
  return `streamtype=5;profile-level-id=1;mode=${mode};${widths};config=${formatHex(config)}`;
}

function formatLatm({ config }: DescribedAac): string {
  return `profile-level-id=1;cpresent=0;config=${formatHex(muxConfig(config))}`;
}

/**
 * StreamMuxConfig of one stream (ISO 14496-3 §1.7.3): 15 bits of which only
 * `allStreamsSameTimeFraming` is set, the AudioSpecificConfig, then 13 bits: frame length type 0,
 * buffer fullness 255, no other data, no CRC.
 */
function muxConfig(config: Uint8Array): Uint8Array {
  const bits = [
    '010000000000000',
    ...Array.from(config, (byte) => byte.toString(2).padStart(8, '0')),
    '0001111111100',
  ].join('');
  return Uint8Array.from({ length: Math.ceil(bits.length / 8) }, (_, at) =>
    Number.parseInt(bits.slice(at * 8, at * 8 + 8).padEnd(8, '0'), 2),
  );
}

function formatHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
