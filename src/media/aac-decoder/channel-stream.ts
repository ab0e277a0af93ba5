// One channel of a frame as it is coded: code books, scale factors, pulses and the spectrum
// (individual_channel_stream, ISO/IEC 14496-3 §4.4.2.7, tables 4.50 to 4.56).

import { InputError } from '#std/errors.ts';
import type { BlockBits } from './bits.ts';
import { readScaleStep } from './huffman.ts';
import { readSpectrum } from './spectrum.ts';
import { readTns, type Tns } from './tns.ts';
import { BANDS_PER_GROUP, EIGHT_SHORT, type WindowInfo } from './window-info.ts';

/** Code books that stand for something else than numbers (§4.6.3, §4.6.13, §4.6.8.2). */
const BOOK_ZERO = 0;
const BOOK_ESCAPE = 11;
const BOOK_RESERVED = 12;
export const BOOK_NOISE = 13;
export const BOOK_INTENSITY_OUT_OF_PHASE = 14;
export const BOOK_INTENSITY = 15;

const MAX_GROUPS = 8;
/** 39 powers of two beside the scale factors' own middle: more than sound has. */
const MAX_SCALE = 155;

export interface ChannelStream {
  readonly info: WindowInfo;
  readonly books: Uint8Array;
  /** Scale factor, noise energy or intensity position, as the band's code book has it. */
  readonly scales: Int16Array;
  readonly tns: Tns | undefined;
  /** Long: 1,024 coefficients; short: 128 for each window, one window behind the other. */
  readonly spectrum: Float64Array;
}

interface Pulse {
  readonly at: number;
  readonly amplitude: number;
}

export function readChannelStream(
  bits: BlockBits,
  shared: WindowInfo | undefined,
  readInfo: () => WindowInfo,
): ChannelStream {
  const globalGain = bits.read(8);
  const info = shared ?? readInfo();
  const books = readSections(bits, info);
  const scales = readScales(bits, { info, books, globalGain });
  const pulses = bits.readFlag() ? readPulses(bits, info) : [];
  const tns = bits.readFlag() ? readTns(bits, info) : undefined;
  if (bits.readFlag()) throw invalid('it uses gain control, which AAC-LC has not');
  const spectrum = readSpectrum(bits, { info, books, scales });
  addPulses(pulses, { info, books, scales, spectrum });
  return { info, books, scales, tns, spectrum };
}

/** Runs of bands with the same code book. */
function readSections(bits: BlockBits, info: WindowInfo): Uint8Array {
  const books = new Uint8Array(MAX_GROUPS * BANDS_PER_GROUP);
  const width = info.sequence === EIGHT_SHORT ? 3 : 5;
  const more = (1 << width) - 1;
  info.groups.forEach((_, group) => {
    for (let band = 0; band < info.maxBand; ) {
      const book = bits.read(4);
      let length = 0;
      let part = more;
      while (part === more) {
        part = bits.read(width);
        length += part;
      }
      if (book === BOOK_RESERVED) throw invalid('there is no code book 12');
      if (band + length > info.maxBand) throw invalid('a section reaches behind its last band');
      const start = group * BANDS_PER_GROUP + band;
      books.fill(book, start, start + length);
      band += length;
    }
  });
  return books;
}

/** Three kinds of numbers, each coded as the difference from the one before of its kind. */
function readScales(
  bits: BlockBits,
  coded: { info: WindowInfo; books: Uint8Array; globalGain: number },
): Int16Array {
  const { info, books, globalGain } = coded;
  const scales = new Int16Array(MAX_GROUPS * BANDS_PER_GROUP);
  let factor = globalGain;
  let position = 0;
  let noise: number | undefined;
  const readOne = (book: number): number => {
    if (book === BOOK_INTENSITY || book === BOOK_INTENSITY_OUT_OF_PHASE) {
      position += readScaleStep(bits);
      return limitScale(position);
    }
    if (book === BOOK_NOISE) {
      noise = noise === undefined ? readFirstNoise(bits, globalGain) : noise + readScaleStep(bits);
      return limitScale(noise);
    }
    factor += readScaleStep(bits);
    if (factor < 0 || factor > 255) throw invalid(`a scale factor of ${factor} is out of range`);
    return factor;
  };
  info.groups.forEach((_, group) => {
    const start = group * BANDS_PER_GROUP;
    for (let at = start; at < start + info.maxBand; at++) {
      const book = books[at] ?? BOOK_ZERO;
      if (book !== BOOK_ZERO) scales[at] = readOne(book);
    }
  });
  return scales;
}

/** §4.6.13.3: 9 bits around the gain. */
function readFirstNoise(bits: BlockBits, globalGain: number): number {
  return globalGain - 90 + bits.read(9) - 256;
}

/** What nonsense would make infinite. */
function limitScale(scale: number): number {
  return Math.max(-MAX_SCALE, Math.min(scale, MAX_SCALE));
}

/** §4.6.5: single lines that would have needed a larger code book. */
function readPulses(bits: BlockBits, info: WindowInfo): Pulse[] {
  if (info.sequence === EIGHT_SHORT) throw invalid('it has pulses in short windows');
  const count = bits.read(2) + 1;
  let at = info.bands.offsets[bits.read(6)];
  if (at === undefined) throw invalid('its pulses begin behind the last band');
  const pulses: Pulse[] = [];
  for (let index = 0; index < count; index++) {
    at += bits.read(5);
    pulses.push({ at, amplitude: bits.read(4) });
  }
  if (at >= 1024) throw invalid('it has a pulse behind the last coefficient');
  return pulses;
}

/** They belong to the quantized numbers, so these are found again first. */
function addPulses(
  pulses: readonly Pulse[],
  coded: { info: WindowInfo; books: Uint8Array; scales: Int16Array; spectrum: Float64Array },
): void {
  const { info, books, scales, spectrum } = coded;
  for (const { at, amplitude } of pulses) {
    const band = info.bands.offsets.findLastIndex((offset) => offset <= at);
    const book = books[band] ?? BOOK_ZERO;
    if (book === BOOK_ZERO || book > BOOK_ESCAPE) continue;
    const gain = 2 ** (((scales[band] ?? 0) - 100) / 4);
    const value = spectrum[at] ?? 0;
    const quantized = Math.sign(value) * Math.round((Math.abs(value) / gain) ** 0.75);
    const changed = quantized + (quantized > 0 ? amplitude : -amplitude);
    spectrum[at] = Math.sign(changed) * Math.abs(changed) ** (4 / 3) * gain;
  }
}

function invalid(reason: string): InputError {
  return new InputError(`Cannot decode the AAC access unit: ${reason}.`, { code: 'invalid_aac' });
}
