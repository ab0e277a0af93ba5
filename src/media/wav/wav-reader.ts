// Reading WAV files: what their samples are and where. RF64, for more than 4 GiB, is read too: 32 channels
// of 24 bits are as much after a quarter of an hour (EBU Tech 3306).

import { SAMPLE_BYTES } from '#media/pcm/interleaved.ts';
import { InputError } from '#std/errors.ts';
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

/** Twice what consoles record at once. */
const MAX_CHANNELS = 64;
/** What sound cards know. */
const MIN_RATE = 8_000;
const MAX_RATE = 192_000;
/** In `ds64`: where the 64 bits of the size of `data` are. */
const LONG_SIZE_AT = 8;
const LONG_SIZES_BYTES = 16;

interface WavHeader extends WavFormat {
  readonly dataStart: number;
  /** Whole frames, at least one. */
  readonly dataBytes: number;
}

interface Chunk {
  readonly id: string;
  /** Of what follows the chunk's header. */
  readonly start: number;
  readonly size: number;
}

const FORMATS: Readonly<Record<string, WavSampleFormat>> = {
  [`${TAG_INTEGER}/16`]: 'S16_LE',
  [`${TAG_INTEGER}/24`]: 'S24_3LE',
  [`${TAG_INTEGER}/32`]: 'S32_LE',
  [`${TAG_FLOAT}/32`]: 'FLOAT_LE',
};

/**
 * Of a file's beginning, up to where its samples begin at least. A size that the writer never came to
 * fill in means: to the end of the file.
 */
export function readWavHeader(beginning: Uint8Array, fileBytes: number): WavHeader {
  const view = new DataView(beginning.buffer, beginning.byteOffset, beginning.length);
  const riff = view.byteLength < RIFF_HEADER_BYTES ? '' : readText(view, 0);
  if ((riff !== 'RIFF' && riff !== 'RF64') || readText(view, CHUNK_HEADER_BYTES) !== 'WAVE') {
    throw invalid('it does not begin as one');
  }
  let wav: WavFormat | undefined;
  let longSize: number | undefined;
  for (const chunk of readChunks(view)) {
    if (chunk.id === 'fmt ') wav = readFormat(view, chunk);
    if (chunk.id === 'ds64') longSize = readLongSize(view, chunk);
    if (chunk.id !== 'data') continue;
    if (!wav) throw invalid('its samples come before their format');
    const size = chunk.size === UNKNOWN_SIZE ? longSize : chunk.size;
    return {
      ...wav,
      dataStart: chunk.start,
      dataBytes: countBytes(wav, chunk, { size, fileBytes }),
    };
  }
  throw invalid(`no samples begin in its first ${beginning.length} bytes`);
}

/** Each is longer than its header, so that there is an end. */
function* readChunks(view: DataView): Generator<Chunk> {
  let at = RIFF_HEADER_BYTES;
  while (at + CHUNK_HEADER_BYTES <= view.byteLength) {
    const start = at + CHUNK_HEADER_BYTES;
    const size = view.getUint32(at + 4, true);
    yield { id: readText(view, at), start, size };
    // Chunks begin at even places.
    at = start + size + (size & 1);
  }
}

function readFormat(view: DataView, { start, size }: Chunk): WavFormat {
  if (size < SHORT_FORMAT_BYTES || start + size > view.byteLength) {
    throw invalid('its format is cut off');
  }
  const tag = readTag(view, start, size);
  const channels = view.getUint16(start + 2, true);
  const sampleRate = view.getUint32(start + 4, true);
  const bits = view.getUint16(start + 14, true);
  const format = FORMATS[`${tag}/${bits}`];
  if (!format) {
    throw invalid(
      `samples of format ${tag} with ${bits} bits are not known; PCM of 16, 24 or 32 is`,
    );
  }
  if (channels < 1 || channels > MAX_CHANNELS) {
    throw invalid(`it has ${channels} channels; 1 to ${MAX_CHANNELS} are possible`);
  }
  if (sampleRate < MIN_RATE || sampleRate > MAX_RATE) {
    throw invalid(`its rate is ${sampleRate} Hz; ${MIN_RATE} to ${MAX_RATE} are possible`);
  }
  if (view.getUint16(start + 12, true) !== channels * SAMPLE_BYTES[format]) {
    throw invalid('its frames are longer than their samples');
  }
  return { format, channels, sampleRate };
}

function readTag(view: DataView, start: number, size: number): number {
  const tag = view.getUint16(start, true);
  if (tag !== TAG_EXTENSIBLE || size < EXTENSIBLE_FORMAT_BYTES) return tag;
  const tail = start + SUB_TAG_AT + 2;
  const isTag = GUID_TAIL.every((byte, index) => view.getUint8(tail + index) === byte);
  return isTag ? view.getUint16(start + SUB_TAG_AT, true) : tag;
}

function readLongSize(view: DataView, { start, size }: Chunk): number {
  if (size < LONG_SIZES_BYTES || start + LONG_SIZES_BYTES > view.byteLength) {
    throw invalid('its sizes are cut off');
  }
  const at = start + LONG_SIZE_AT;
  return view.getUint32(at + 4, true) * 2 ** 32 + view.getUint32(at, true);
}

function countBytes(
  { format, channels }: WavFormat,
  { start }: Chunk,
  { size, fileBytes }: { readonly size: number | undefined; readonly fileBytes: number },
): number {
  const frameBytes = channels * SAMPLE_BYTES[format];
  const present = Math.max(0, fileBytes - start);
  const frames = Math.floor(Math.min(size || present, present) / frameBytes);
  if (frames === 0) throw invalid('it has no samples');
  return frames * frameBytes;
}

function readText(view: DataView, at: number): string {
  return String.fromCharCode(...[0, 1, 2, 3].map((index) => view.getUint8(at + index)));
}

function invalid(problem: string): InputError {
  return new InputError(`This is no WAV file that can be played: ${problem}.`, {
    code: 'invalid_wav',
  });
}
