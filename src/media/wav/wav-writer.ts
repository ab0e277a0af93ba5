// Writing WAV files: the header, and samples for after it.

import { SAMPLE_BYTES } from '#media/pcm/interleaved.ts';
import {
  CHUNK_HEADER_BYTES,
  EXTENSIBLE_FORMAT_BYTES,
  GUID_TAIL,
  RIFF_HEADER_BYTES,
  SHORT_FORMAT_BYTES,
  SUB_TAG_AT,
  TAG_EXTENSIBLE,
  TAG_FLOAT,
  TAG_INTEGER,
  UNKNOWN_SIZE,
  type WavFormat,
  type WavSampleFormat,
} from './wav-format.ts';

type WrittenFormat = Exclude<WavSampleFormat, 'S32_LE'>;

interface WrittenWav extends WavFormat {
  readonly format: WrittenFormat;
}

interface Frames {
  readonly format: WrittenFormat;
  /** The first of each plane. */
  readonly frames: number;
}

type SetSample = (view: DataView, at: number, sample: number) => void;

const SET_SAMPLE: Readonly<Record<WrittenFormat, SetSample>> = {
  S16_LE: (view, at, sample) => view.setInt16(at, toInteger(sample, 2 ** 15), true),
  S24_3LE: (view, at, sample) => {
    const value = toInteger(sample, 2 ** 23);
    view.setInt16(at, value, true);
    view.setInt8(at + 2, value >> 16);
  },
  FLOAT_LE: (view, at, sample) => view.setFloat32(at, sample, true),
};

/**
 * As long for one format, whatever follows. While the number of bytes is not known, write it for 0, and
 * write it anew over the first one at the end. From 4 GiB on it says what players take for "to the end".
 */
export function formatWavHeader(wav: WrittenWav, dataBytes: number): Uint8Array {
  const { format, channels } = wav;
  // Players take the short form for the old formats only.
  const isShort = channels <= 2 && format === 'S16_LE';
  const formatBytes = isShort ? SHORT_FORMAT_BYTES : EXTENSIBLE_FORMAT_BYTES;
  const dataAt = RIFF_HEADER_BYTES + CHUNK_HEADER_BYTES + formatBytes;
  const header = new Uint8Array(dataAt + CHUNK_HEADER_BYTES);
  const view = new DataView(header.buffer);
  writeChunkHeader(view, {
    at: 0,
    id: 'RIFF',
    size: header.length - CHUNK_HEADER_BYTES + dataBytes,
  });
  writeText(view, CHUNK_HEADER_BYTES, 'WAVE');
  writeChunkHeader(view, { at: RIFF_HEADER_BYTES, id: 'fmt ', size: formatBytes });
  writeFormat(view, RIFF_HEADER_BYTES + CHUNK_HEADER_BYTES, { wav, isShort });
  writeChunkHeader(view, { at: dataAt, id: 'data', size: dataBytes });
  return header;
}

/** Channels in turn. What integers cannot hold is clipped. */
export function formatWavSamples(
  planes: readonly Float32Array[],
  { format, frames }: Frames,
): Uint8Array {
  const sampleBytes = SAMPLE_BYTES[format];
  const bytes = new Uint8Array(planes.length * frames * sampleBytes);
  const view = new DataView(bytes.buffer);
  const setSample = SET_SAMPLE[format];
  planes.forEach((plane, channel) => {
    let at = channel * sampleBytes;
    for (let frame = 0; frame < frames; frame++, at += planes.length * sampleBytes) {
      setSample(view, at, plane[frame] ?? 0);
    }
  });
  return bytes;
}

function writeFormat(
  view: DataView,
  at: number,
  { wav, isShort }: { readonly wav: WrittenWav; readonly isShort: boolean },
): void {
  const { format, channels, sampleRate } = wav;
  const sampleBytes = SAMPLE_BYTES[format];
  const tag = format === 'FLOAT_LE' ? TAG_FLOAT : TAG_INTEGER;
  view.setUint16(at, isShort ? tag : TAG_EXTENSIBLE, true);
  view.setUint16(at + 2, channels, true);
  view.setUint32(at + 4, sampleRate, true);
  view.setUint32(at + 8, sampleRate * channels * sampleBytes, true);
  view.setUint16(at + 12, channels * sampleBytes, true);
  view.setUint16(at + 14, sampleBytes * 8, true);
  if (isShort) return;
  view.setUint16(at + 16, EXTENSIBLE_FORMAT_BYTES - SHORT_FORMAT_BYTES - 2, true);
  view.setUint16(at + 18, sampleBytes * 8, true);
  view.setUint16(at + SUB_TAG_AT, tag, true);
  GUID_TAIL.forEach((byte, index) => {
    view.setUint8(at + SUB_TAG_AT + 2 + index, byte);
  });
}

function writeChunkHeader(
  view: DataView,
  { at, id, size }: { readonly at: number; readonly id: string; readonly size: number },
): void {
  writeText(view, at, id);
  view.setUint32(at + 4, Math.min(size, UNKNOWN_SIZE), true);
}

function writeText(view: DataView, at: number, text: string): void {
  for (let index = 0; index < text.length; index++) {
    view.setUint8(at + index, text.charCodeAt(index));
  }
}

function toInteger(sample: number, fullScale: number): number {
  const value = Math.floor(sample * fullScale + 0.5);
  return Math.min(fullScale - 1, Math.max(-fullScale, value));
}
