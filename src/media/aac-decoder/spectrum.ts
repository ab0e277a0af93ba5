// The coefficients of a channel: Huffman words for two or four at a time, then inverse quantization
// (ISO/IEC 14496-3 §4.6.3, §4.6.1, §4.6.2).

import { InputError } from '#std/errors.ts';
import type { BlockBits } from './bits.ts';
import { type HuffmanCode, spectralCode } from './huffman.ts';
import { BANDS_PER_GROUP, SHORT_LENGTH, type WindowInfo } from './window-info.ts';

const LENGTH = 1024;
const ESCAPE_BOOK = 11;
const ESCAPE = 16;
/** The largest number has 13 bits: 4 and these behind a first 1. */
const MAX_ESCAPE_PREFIX = 8;

interface Layout {
  readonly dimension: 2 | 4;
  /** How many values each number can have. */
  readonly base: number;
  /** What to subtract; 0 where signs follow the word. */
  readonly offset: number;
}

const quads = (offset: number): Layout => ({ dimension: 4, base: 3, offset });
const pairs = (base: number, offset: number): Layout => ({ dimension: 2, base, offset });
/** Table 4.151, by code book. */
const LAYOUTS: readonly (Layout | undefined)[] = [
  undefined,
  quads(1),
  quads(1),
  quads(0),
  quads(0),
  pairs(9, 4),
  pairs(9, 4),
  pairs(8, 0),
  pairs(8, 0),
  pairs(13, 0),
  pairs(13, 0),
  pairs(17, 0),
];

/** |q|^(4/3) for all but the rarest. */
const POWERS = Float64Array.from({ length: 256 }, (_, value) => value ** (4 / 3));

export function readSpectrum(
  bits: BlockBits,
  coded: { info: WindowInfo; books: Uint8Array; scales: Int16Array },
): Float64Array {
  const { info, books, scales } = coded;
  const spectrum = new Float64Array(LENGTH);
  // Within a group a band's windows come one after the other, before the next band.
  let window = 0;
  info.groups.forEach((windows, group) => {
    for (let band = 0; band < info.maxBand; band++) {
      const index = group * BANDS_PER_GROUP + band;
      const reader = BandReader.of(bits, books[index] ?? 0, scales[index] ?? 0);
      reader?.readWindows(spectrum, { info, band, from: window, to: window + windows });
    }
    window += windows;
  });
  return spectrum;
}

class BandReader {
  readonly #bits: BlockBits;
  readonly #code: HuffmanCode;
  readonly #layout: Layout;
  readonly #hasEscapes: boolean;
  readonly #gain: number;

  /** Undefined for bands that hold no numbers: empty, noise, intensity. */
  static of(bits: BlockBits, book: number, scale: number): BandReader | undefined {
    const layout = LAYOUTS[book];
    const code = spectralCode(book);
    return layout && code && new BandReader(bits, { code, layout, book, scale });
  }

  private constructor(
    bits: BlockBits,
    band: { code: HuffmanCode; layout: Layout; book: number; scale: number },
  ) {
    this.#bits = bits;
    this.#code = band.code;
    this.#layout = band.layout;
    this.#hasEscapes = band.book === ESCAPE_BOOK;
    this.#gain = 2 ** ((band.scale - 100) / 4);
  }

  readWindows(
    spectrum: Float64Array,
    place: { info: WindowInfo; band: number; from: number; to: number },
  ): void {
    const { offsets } = place.info.bands;
    const start = offsets[place.band] ?? 0;
    const end = offsets[place.band + 1] ?? 0;
    // The only long window is number 0.
    for (let window = place.from; window < place.to; window++) {
      this.#read(spectrum, window * SHORT_LENGTH + start, window * SHORT_LENGTH + end);
    }
  }

  /** Every band is a multiple of four wide, so whole words fill it. */
  #read(spectrum: Float64Array, start: number, end: number): void {
    const { dimension } = this.#layout;
    for (let at = start; at < end; at += dimension) this.#readWord(spectrum, at);
  }

  #readWord(spectrum: Float64Array, at: number): void {
    const { dimension, base, offset } = this.#layout;
    let symbol = this.#code.read(this.#bits);
    for (let index = dimension - 1; index >= 0; index--) {
      spectrum[at + index] = (symbol % base) - offset;
      symbol = Math.floor(symbol / base);
    }
    if (offset === 0) this.#readSigns(spectrum, at, at + dimension);
    if (this.#hasEscapes) this.#readEscapes(spectrum, at, at + dimension);
    for (let index = at; index < at + dimension; index++) {
      spectrum[index] = this.#dequantize(spectrum[index] ?? 0);
    }
  }

  #readSigns(spectrum: Float64Array, start: number, end: number): void {
    for (let at = start; at < end; at++) {
      const value = spectrum[at] ?? 0;
      if (value !== 0 && this.#bits.readFlag()) spectrum[at] = -value;
    }
  }

  #readEscapes(spectrum: Float64Array, start: number, end: number): void {
    for (let at = start; at < end; at++) {
      const value = spectrum[at] ?? 0;
      if (Math.abs(value) === ESCAPE) spectrum[at] = Math.sign(value) * this.#readEscape();
    }
  }

  #readEscape(): number {
    let width = 4;
    while (this.#bits.readFlag()) {
      if (++width > 4 + MAX_ESCAPE_PREFIX) {
        throw new InputError('Cannot decode the AAC access unit: a coefficient has over 13 bits.', {
          code: 'invalid_aac',
        });
      }
    }
    return (1 << width) + this.#bits.read(width);
  }

  #dequantize(value: number): number {
    if (value === 0) return 0;
    const size = Math.abs(value);
    const power = POWERS[size] ?? size ** (4 / 3);
    return (value < 0 ? -power : power) * this.#gain;
  }
}
