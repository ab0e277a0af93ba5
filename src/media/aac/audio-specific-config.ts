// What a decoder of AAC must know beforehand (ISO 14496-3 §1.6.2.1 and, for what follows, §4.4.1).
//
//    0                   1
//    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   |  object | rate  |channel|L|C|E|   rate 15: 24 bits with the rate itself come before the channels
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+   L: frames of 960 samples, C: core coder, E: extension

import { InputError } from '#std/errors.ts';
import { Bits } from './bits.ts';

interface AudioSpecificConfig {
  /** Of the core: 2 is AAC-LC. HE-AAC is AAC-LC with `sbr`. */
  readonly objectType: number;
  /** Of the core. With SBR the decoder puts out twice as much. */
  readonly sampleRate: number;
  readonly channels: number;
  /** Samples of the core in a frame. */
  readonly frameSamples: 1024 | 960 | 512 | 480;
  /** What the decoder puts out if spectral band replication is announced, else undefined. */
  readonly sbr: { readonly sampleRate: number; readonly parametricStereo: boolean } | undefined;
}

export const AAC_LC = 2;
const SBR = 5;
const PARAMETRIC_STEREO = 29;
const ESCAPED_OBJECT_TYPE = 31;
/** AAC low delay (§4.4.1.1: 512 or 480 samples). */
const LOW_DELAY = 23;
/** Main, LC, SSR, LTP, and the error resilient LC, LTP and low delay: what has the same fields. */
const READABLE_OBJECT_TYPES: readonly number[] = [1, AAC_LC, 3, 4, 17, 19, LOW_DELAY];
const ERROR_RESILIENT: readonly number[] = [17, 19, LOW_DELAY];

const SAMPLE_RATES = [
  96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8000,
  7350,
];
const EXPLICIT_RATE = 15;
/** By channel configuration; 0 would be a layout of its own. */
const CHANNELS = [0, 1, 2, 3, 4, 5, 6, 8];

const SYNC_SBR = 0x2b7;
const SYNC_PARAMETRIC_STEREO = 0x548;
const SYNC_BITS = 11;

export function parseAudioSpecificConfig(bytes: Uint8Array): AudioSpecificConfig {
  const bits = new Bits(bytes);
  const config = readAudioSpecificConfig(bits);
  // Announced behind the rest, where older decoders don't look (§1.6.6.1).
  return config.sbr ? config : { ...config, sbr: readTrailingSbr(bits) };
}

/** Reads up to the end of the frame's description; SBR that is announced behind it is not read. */
export function readAudioSpecificConfig(bits: Bits): AudioSpecificConfig {
  let objectType = readObjectType(bits);
  const sampleRate = readSampleRate(bits);
  const channels = CHANNELS[bits.read(4)];
  if (!channels)
    throw invalid('it has a channel layout of its own. Set the camera to mono or stereo');
  let sbr: AudioSpecificConfig['sbr'];
  if (objectType === SBR || objectType === PARAMETRIC_STEREO) {
    const parametricStereo = objectType === PARAMETRIC_STEREO;
    sbr = { sampleRate: readSampleRate(bits), parametricStereo };
    objectType = readObjectType(bits);
  }
  if (!READABLE_OBJECT_TYPES.includes(objectType)) {
    throw invalid(`audio object type ${objectType} is not supported. Set the camera to AAC-LC`);
  }
  const isShort = bits.readFlag();
  if (bits.readFlag()) bits.read(14); // coreCoderDelay
  const isExtended = bits.readFlag();
  if (isExtended && ERROR_RESILIENT.includes(objectType)) bits.read(3);
  if (isExtended) bits.readFlag(); // extensionFlag3
  return { objectType, sampleRate, channels, frameSamples: frameSamples(objectType, isShort), sbr };
}

/** Writes AAC without error resilience; SBR is announced before the rest (§1.6.6.1, explicit). */
export function formatAudioSpecificConfig(config: AudioSpecificConfig): Uint8Array {
  const { objectType, sampleRate, channels, frameSamples, sbr } = config;
  const rates = sbr ? rateField(sbr.sampleRate) : '';
  const outer = sbr?.parametricStereo ? PARAMETRIC_STEREO : SBR;
  const fields = [
    field(sbr ? outer : objectType, 5),
    rateField(sampleRate),
    field(CHANNELS.indexOf(channels), 4),
    sbr ? rates + field(objectType, 5) : '',
    frameSamples === 960 ? '1' : '0',
    '00',
  ].join('');
  const bytes = fields.match(/.{1,8}/g) ?? [];
  return Uint8Array.from(bytes, (each) => Number.parseInt(each.padEnd(8, '0'), 2));
}

function readTrailingSbr(bits: Bits): AudioSpecificConfig['sbr'] {
  if (bits.left < SYNC_BITS + 5 || bits.read(SYNC_BITS) !== SYNC_SBR) return undefined;
  if (readObjectType(bits) !== SBR || !bits.readFlag()) return undefined;
  const sampleRate = readSampleRate(bits);
  const hasMore = bits.left > SYNC_BITS && bits.read(SYNC_BITS) === SYNC_PARAMETRIC_STEREO;
  return { sampleRate, parametricStereo: hasMore && bits.readFlag() };
}

function readObjectType(bits: Bits): number {
  const type = bits.read(5);
  return type === ESCAPED_OBJECT_TYPE ? 32 + bits.read(6) : type;
}

function readSampleRate(bits: Bits): number {
  const index = bits.read(4);
  const rate = index === EXPLICIT_RATE ? bits.read(24) : SAMPLE_RATES[index];
  if (!rate) throw invalid(`it has no sample rate (index ${index})`);
  return rate;
}

function frameSamples(objectType: number, isShort: boolean): AudioSpecificConfig['frameSamples'] {
  if (objectType === LOW_DELAY) return isShort ? 480 : 512;
  return isShort ? 960 : 1024;
}

function rateField(sampleRate: number): string {
  const index = SAMPLE_RATES.indexOf(sampleRate);
  return index === -1 ? field(EXPLICIT_RATE, 4) + field(sampleRate, 24) : field(index, 4);
}

function field(value: number, bits: number): string {
  return value.toString(2).padStart(bits, '0');
}

function invalid(reason: string): InputError {
  return new InputError(`Cannot use the AAC configuration: ${reason}.`, { code: 'invalid_aac' });
}
