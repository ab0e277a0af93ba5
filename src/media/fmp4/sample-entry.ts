// Sample entries: what a decoder needs to know of a track (ISO 14496-12 §12, ISO 14496-15 §5.3 and
// §8.3 for H.264 and H.265, ISO 14496-14 §5.6 for AAC, "Encapsulation of Opus in ISOBMFF" §4.3).

import { parseAudioSpecificConfig } from '#media/aac/audio-specific-config.ts';
import { NAL_PPS, NAL_SPS, NAL_VPS } from '#media/h265/payload.ts';
import { InputError } from '#std/errors.ts';
import { box, fullBox, u16, u32, zeros } from './box.ts';
import type { AacMp4Track, Mp4Track, OpusMp4Track, VideoMp4Track } from './mp4-track.ts';
import { type AvcSets, type HevcSets, readVideoSets } from './video-sets.ts';

const DATA_REFERENCE = 1;
/** 72 dpi in fixed point 16.16. */
const RESOLUTION = 0x48_0000;
const COLOUR_DEPTH = 0x18;
const SAMPLE_BITS = 16;
/** NAL units have lengths of four bytes before them; the field holds one less. */
const LENGTH_SIZE_MINUS_ONE = 3;
/** Bits 3–5; nobody counts the sub-layers for a player that takes them all. */
const ONE_TEMPORAL_LAYER = 1 << 3;
/** ISO 14496-15 §8.3.3: all sets of this type are here and none in the stream. */
const ARRAY_COMPLETE = 0x80;

const OPUS_SAMPLE_RATE = 48_000;
const MAX_OPUS_CHANNELS = 2;

/** Tags of descriptors (ISO 14496-1 §7.2.2.1). */
const ES_DESCRIPTOR = 3;
const DECODER_CONFIG = 4;
const DECODER_SPECIFIC = 5;
const SYNC_LAYER_CONFIG = 6;
const OBJECT_TYPE_AAC = 0x40;
/** Audio stream (5), and a reserved 1 bit. */
const STREAM_TYPE_AUDIO = (5 << 2) | 1;
const SYNC_LAYER_MP4 = 2;
/** The length is one byte: an AudioSpecificConfig has two to ten. */
const MAX_CONFIG_BYTES = 64;

export function sampleEntry(track: Mp4Track): Uint8Array {
  if (track.codec === 'AAC') return aacEntry(track);
  return track.codec === 'opus' ? opusEntry(track) : videoEntry(track);
}

function videoEntry(track: VideoMp4Track): Uint8Array {
  const sets = readVideoSets(track);
  return box(
    track.codec === 'H264' ? 'avc1' : 'hvc1',
    zeros(6),
    u16(DATA_REFERENCE),
    zeros(16),
    u16(sets.width, sets.height),
    u32(RESOLUTION, RESOLUTION, 0),
    u16(1), // frames in a sample
    zeros(32), // the compressor's name
    u16(COLOUR_DEPTH, 0xffff),
    sets.codec === 'H264' ? avcConfiguration(sets) : hevcConfiguration(sets),
  );
}

/**
 * AVCDecoderConfigurationRecord (ISO 14496-15 §5.3.3.1). The bytes that High profiles may have at
 * its end repeat what stands in the SPS; decoders do without them.
 */
function avcConfiguration({ sps, pps }: AvcSets): Uint8Array {
  const [, profile = 0, constraints = 0, level = 0] = sps[0];
  const header = [1, profile, constraints, level, 0xfc | LENGTH_SIZE_MINUS_ONE];
  return box('avcC', header, [0xe0 | sps.length], ...sized(sps), [pps.length], ...sized(pps));
}

/** HEVCDecoderConfigurationRecord (ISO 14496-15 §8.3.3.1). */
function hevcConfiguration({ vps, sps, pps, format }: HevcSets): Uint8Array {
  return box(
    'hvcC',
    [1],
    format.profileTierLevel,
    u16(0xf000), // minimum spatial segmentation: not known
    [0xfc], // parallelism: not known
    [0xfc | format.chromaFormat],
    [0xf8 | (format.bitDepthLuma - 8), 0xf8 | (format.bitDepthChroma - 8)],
    u16(0), // average frame rate: not known
    [ONE_TEMPORAL_LAYER | LENGTH_SIZE_MINUS_ONE, 3],
    ...hevcArray(NAL_VPS, vps),
    ...hevcArray(NAL_SPS, sps),
    ...hevcArray(NAL_PPS, pps),
  );
}

function hevcArray(type: number, sets: readonly Uint8Array[]): (Uint8Array | number[])[] {
  return [[ARRAY_COMPLETE | type], u16(sets.length), ...sized(sets)];
}

/** Each with its length in 16 bits before it. */
function sized(sets: readonly Uint8Array[]): (Uint8Array | number[])[] {
  return sets.flatMap((set) => [u16(set.length), set]);
}

function aacEntry(track: AacMp4Track): Uint8Array {
  const { config } = track;
  if (config.length > MAX_CONFIG_BYTES) {
    throw invalid(`an AAC configuration of ${config.length} bytes is too long`);
  }
  const { channels, sampleRate } = parseAudioSpecificConfig(config);
  const decoder = descriptor(
    DECODER_CONFIG,
    [OBJECT_TYPE_AAC, STREAM_TYPE_AUDIO, ...zeros(3)], // buffer size: not known
    u32(0, 0), // bitrates: not known
    descriptor(DECODER_SPECIFIC, config),
  );
  const description = descriptor(
    ES_DESCRIPTOR,
    [...u16(track.id), 0],
    decoder,
    descriptor(SYNC_LAYER_CONFIG, [SYNC_LAYER_MP4]),
  );
  return audioEntry('mp4a', { channels, sampleRate }, fullBox('esds', 0, description));
}

function opusEntry({ channels }: OpusMp4Track): Uint8Array {
  if (channels < 1 || channels > MAX_OPUS_CHANNELS) {
    throw invalid(`Opus of ${channels} channels needs a mapping; mono and stereo do not`);
  }
  // Nothing to skip before the first sample: a live track is entered anywhere.
  const specific = box('dOps', [0, channels], u16(0), u32(OPUS_SAMPLE_RATE), u16(0), [0]);
  return audioEntry('Opus', { channels, sampleRate: OPUS_SAMPLE_RATE }, specific);
}

function audioEntry(
  type: string,
  sound: { readonly channels: number; readonly sampleRate: number },
  specific: Uint8Array,
): Uint8Array {
  return box(
    type,
    zeros(6),
    u16(DATA_REFERENCE),
    zeros(8),
    u16(sound.channels, SAMPLE_BITS, 0, 0),
    // Fixed point 16.16: higher rates stand in the decoder's configuration only.
    u16(sound.sampleRate > 0xffff ? 0 : sound.sampleRate, 0),
    specific,
  );
}

/** Short enough that one byte holds the length (ISO 14496-1 §8.3.3). */
function descriptor(tag: number, ...parts: readonly (Uint8Array | readonly number[])[]): number[] {
  const content = parts.flatMap((part) => [...part]);
  return [tag, content.length, ...content];
}

function invalid(reason: string): InputError {
  return new InputError(`Cannot write the track as MP4: ${reason}.`, { code: 'invalid_fmp4' });
}
