// AAC as session descriptions announce it: MPEG4-GENERIC (RFC 3640 §4.1) and MP4A-LATM (RFC 6416 §7.3).
//
//   AudioSpecificConfig   5 bits object type | 4 sampling index (15: 24 bits of Hz follow) | 4 channels | …
//   StreamMuxConfig       15 bits that are 0 1 000000 0000 000 for a single stream | AudioSpecificConfig | …

import type { DescribedAac, PayloadDescription } from './described-format.ts';

const SAMPLING_RATES = [
  96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8_000,
  7_350,
];
const AAC_LC = 2;
const EXPLICIT_RATE = 15;
/** Configurations have 2 to 20 bytes. */
const MAX_CONFIG_BYTES = 64;
const MUX_HEAD_BITS = 15;
/** `allStreamsSameTimeFraming`, and nothing else. */
const SINGLE_STREAM = 0x2000;
/** Of AAC-hbr (RFC 3640 §3.3.6), which is what all cameras mean. */
const HBR = { sizeLength: 13, indexLength: 3, indexDeltaLength: 3 };
/** §3.3.5. */
const LBR = { sizeLength: 6, indexLength: 2, indexDeltaLength: 2 };
const MAX_FIELD_BITS = 32;

/** The format, or why there is none. */
export function describeGeneric(payload: PayloadDescription): DescribedAac | string {
  const { parameters } = payload;
  const config = parseHex(parameters.get('config')) ?? makeConfig(payload);
  if (!config) return 'without a config that says how it is coded';
  const usual = parameters.get('mode')?.toLowerCase() === 'aac-lbr' ? LBR : HBR;
  return {
    ...common(payload, config),
    packing: 'generic',
    sizeLength: widthOf(parameters.get('sizelength'), usual.sizeLength),
    indexLength: widthOf(parameters.get('indexlength'), usual.indexLength),
    indexDeltaLength: widthOf(parameters.get('indexdeltalength'), usual.indexDeltaLength),
  };
}

/** The format, or why there is none. */
export function describeLatm(payload: PayloadDescription): DescribedAac | string {
  const mux = parseHex(payload.parameters.get('config'));
  if (!mux || payload.parameters.get('cpresent') === '1') return 'with its config in the packets';
  if (readBits(mux, 0, MUX_HEAD_BITS) !== SINGLE_STREAM) return 'of several streams or layers';
  return {
    ...common(payload, configOf(mux)),
    packing: 'latm',
    sizeLength: 0,
    indexLength: 0,
    indexDeltaLength: 0,
  };
}

function common(
  payload: PayloadDescription,
  config: Uint8Array,
): Pick<DescribedAac, 'kind' | 'codec' | 'clockRate' | 'channels' | 'config'> {
  const { rate, channels } = readConfig(config);
  return {
    kind: 'audio',
    codec: 'AAC',
    clockRate: payload.clockRate ?? rate ?? 48_000,
    channels: channels ?? payload.channels ?? 1,
    config,
  };
}

function readConfig(config: Uint8Array): {
  rate: number | undefined;
  channels: number | undefined;
} {
  const index = readBits(config, 5, 4);
  const isExplicit = index === EXPLICIT_RATE;
  const count = readBits(config, isExplicit ? 33 : 9, 4);
  return {
    rate: isExplicit ? readBits(config, 9, 24) : SAMPLING_RATES[index],
    channels: count === 7 ? 8 : count >= 1 && count <= 6 ? count : undefined,
  };
}

/** AAC-LC as the rtpmap says. */
function makeConfig({ clockRate, channels = 1 }: PayloadDescription): Uint8Array | undefined {
  const index = SAMPLING_RATES.indexOf(clockRate ?? 0);
  if (index < 0 || channels > 6) return undefined;
  return Uint8Array.of((AAC_LC << 3) | (index >>> 1), ((index & 1) << 7) | (channels << 3));
}

/** The AudioSpecificConfig inside; AAC-LC needs 16 bits, what others have is taken to the end. */
function configOf(mux: Uint8Array): Uint8Array {
  const isPlain =
    readBits(mux, MUX_HEAD_BITS, 5) === AAC_LC &&
    readBits(mux, MUX_HEAD_BITS + 5, 4) !== EXPLICIT_RATE;
  const bytes = isPlain ? 2 : Math.max(0, mux.length - 1);
  return Uint8Array.from({ length: bytes }, (_, at) => readBits(mux, MUX_HEAD_BITS + at * 8, 8));
}

function widthOf(text: string | undefined, usual: number): number {
  const bits = Number(text);
  return text && Number.isInteger(bits) && bits >= 0 && bits <= MAX_FIELD_BITS ? bits : usual;
}

function parseHex(text: string | undefined): Uint8Array | undefined {
  const digits = text?.replace(/^"(.*)"$/, '$1') ?? '';
  if (!/^(?:[0-9a-f]{2}){2,}$/i.test(digits) || digits.length > 2 * MAX_CONFIG_BYTES)
    return undefined;
  return Uint8Array.from({ length: digits.length / 2 }, (_, at) =>
    Number.parseInt(digits.slice(at * 2, at * 2 + 2), 16),
  );
}

/** Past the end reads as 0. */
function readBits(bytes: Uint8Array, from: number, count: number): number {
  let value = 0;
  for (let at = from; at < from + count; at++) {
    value = (value << 1) | (((bytes[at >>> 3] ?? 0) >>> (7 - (at & 7))) & 1);
  }
  return value;
}
