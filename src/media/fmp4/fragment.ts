// A fragment of a live MP4 (ISO 14496-12 §8.8): one or more samples of one track, to be played as
// soon as it is there. The libraries at hand close a fragment when the next key frame begins it;
// live, each frame is one.
//
//   moof ┬ mfhd: its number
//        └ traf ┬ tfhd: the track; offsets count from the moof
//               ├ tfdt: the time of the first sample, 64 bits
//               └ trun: duration, size, flags and, with B-frames, composition offset of each sample
//   mdat: the samples

import { writeWord } from '#media/rtp/header.ts';
import { BOX_HEADER_BYTES, writeBoxHeader } from './box.ts';
import { isVideo, type Mp4Track } from './mp4-track.ts';
import { isParameterSet } from './video-sets.ts';

const FULL_BOX_BYTES = BOX_HEADER_BYTES + 4;
const MFHD_BYTES = FULL_BOX_BYTES + 4;
const TFHD_BYTES = FULL_BOX_BYTES + 4;
const TFDT_BYTES = FULL_BOX_BYTES + 8;
const TRUN_BYTES = FULL_BOX_BYTES + 8;
const UNIT_LENGTH_BYTES = 4;

const DEFAULT_BASE_IS_MOOF = 0x2_0000;
const TFDT_VERSION_64_BITS = 0x100_0000;
/** Data offset, and of each sample duration, size and flags. */
const TRUN_FLAGS = 0x701;
const TRUN_HAS_OFFSETS = 0x800;
/** Offsets may be negative. */
const TRUN_VERSION_SIGNED = 0x100_0000;
/** §8.8.3.1: depends on no other sample; or depends on some, and is no sync sample. */
const KEY_FLAGS = 0x200_0000;
const DELTA_FLAGS = 0x101_0000;
const WORD_RANGE = 2 ** 32;

export interface Mp4Sample {
  /** In ticks, as is the offset. */
  readonly duration: number;
  /** Sound: always. */
  readonly isKey: boolean;
  /** A frame's NAL units without start codes, or a packet of sound. Copied. */
  readonly units: readonly Uint8Array[];
  /** How much later it is shown than decoded: with B-frames only. */
  readonly compositionOffset?: number;
}

interface FragmentFields {
  /** Counts the fragments of all tracks together, from 1. */
  readonly sequence: number;
  readonly track: Mp4Track;
  /** When the first sample is decoded, in ticks; up to 2^53. */
  readonly baseTime: number;
  readonly samples: readonly Mp4Sample[];
}

/** Parameter sets among the units are left out: they are in the initialization segment. */
export function writeFragment(fields: FragmentFields): Uint8Array {
  const { track, samples } = fields;
  const hasOffsets = samples.some(({ compositionOffset = 0 }) => compositionOffset !== 0);
  const trunBytes = TRUN_BYTES + samples.length * (hasOffsets ? 16 : 12);
  const trafBytes = BOX_HEADER_BYTES + TFHD_BYTES + TFDT_BYTES + trunBytes;
  const moofBytes = BOX_HEADER_BYTES + MFHD_BYTES + trafBytes;
  const sizes = samples.map((sample) => sampleBytes(track, sample));
  const mdatBytes = sizes.reduce((sum, size) => sum + size, BOX_HEADER_BYTES);

  const writer = new BoxWriter(new Uint8Array(moofBytes + mdatBytes));
  writer.header('moof', moofBytes);
  writer.header('mfhd', MFHD_BYTES);
  writer.words(0, fields.sequence);
  writer.header('traf', trafBytes);
  writer.header('tfhd', TFHD_BYTES);
  writer.words(DEFAULT_BASE_IS_MOOF, track.id);
  writer.header('tfdt', TFDT_BYTES);
  writer.words(TFDT_VERSION_64_BITS, Math.floor(fields.baseTime / WORD_RANGE), fields.baseTime);
  writer.header('trun', trunBytes);
  const flags = hasOffsets ? TRUN_VERSION_SIGNED | TRUN_FLAGS | TRUN_HAS_OFFSETS : TRUN_FLAGS;
  writer.words(flags, samples.length, moofBytes + BOX_HEADER_BYTES);
  for (const [at, { duration, isKey, compositionOffset = 0 }] of samples.entries()) {
    writer.words(duration, sizes[at] ?? 0, isKey ? KEY_FLAGS : DELTA_FLAGS);
    if (hasOffsets) writer.words(compositionOffset);
  }
  writer.header('mdat', mdatBytes);
  for (const sample of samples) writer.sample(track, sample);
  return writer.bytes;
}

class BoxWriter {
  readonly bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  header(type: string, sizeBytes: number): void {
    writeBoxHeader(this.bytes, this.#at, { type, sizeBytes });
    this.#at += BOX_HEADER_BYTES;
  }

  words(...words: readonly number[]): void {
    for (const word of words) {
      writeWord(this.bytes, this.#at, word);
      this.#at += 4;
    }
  }

  sample(track: Mp4Track, { units }: Mp4Sample): void {
    for (const unit of units) {
      if (!belongs(track, unit)) continue;
      if (isVideo(track)) this.words(unit.length);
      this.bytes.set(unit, this.#at);
      this.#at += unit.length;
    }
  }
}

function sampleBytes(track: Mp4Track, { units }: Mp4Sample): number {
  const lengthBytes = isVideo(track) ? UNIT_LENGTH_BYTES : 0;
  let size = 0;
  for (const unit of units) if (belongs(track, unit)) size += lengthBytes + unit.length;
  return size;
}

function belongs(track: Mp4Track, unit: Uint8Array): boolean {
  return !(isVideo(track) && isParameterSet(track.codec, unit));
}
