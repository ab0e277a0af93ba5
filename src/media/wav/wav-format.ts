// What reading and writing WAV files have in common (RIFF; numbers little-endian).
//
//   ┌──────────────────┬─────────────────────┬─────────────┬─────────────────────┐
//   │ "RIFF" u32 "WAVE"│ "fmt " 16 or 40 …   │ other chunks│ "data" u32 samples… │
//   └──────────────────┴─────────────────────┴─────────────┴─────────────────────┘
//
//   fmt: tag u16 │ channels u16 │ rate u32 │ bytes/s u32 │ bytes/frame u16 │ bits u16, and if the tag
//   is WAVE_FORMAT_EXTENSIBLE: 22 u16 │ valid bits u16 │ speakers u32 │ tag u16 and 14 bytes of GUID

import type { SampleFormat } from '#media/pcm/interleaved.ts';

/** In WAV files, 24 bits in four bytes lie in the upper three: as `S32_LE` they are read. */
export type WavSampleFormat = Exclude<SampleFormat, 'S24_LE'>;

export interface WavFormat {
  readonly format: WavSampleFormat;
  readonly channels: number;
  readonly sampleRate: number;
}

export const RIFF_HEADER_BYTES = 12;
export const CHUNK_HEADER_BYTES = 8;
export const SHORT_FORMAT_BYTES = 16;
export const EXTENSIBLE_FORMAT_BYTES = 40;

export const TAG_INTEGER = 1;
export const TAG_FLOAT = 3;
export const TAG_EXTENSIBLE = 0xfffe;
/** Where the tag is that stands behind `TAG_EXTENSIBLE`. */
export const SUB_TAG_AT = 24;
/** What makes a GUID of a tag. */
export const GUID_TAIL = [0, 0, 0, 0, 0x10, 0, 0x80, 0, 0, 0xaa, 0, 0x38, 0x9b, 0x71];

/** The size of a chunk that is longer than 32 bits can say, or not known yet. */
export const UNKNOWN_SIZE = 0xffff_ffff;
