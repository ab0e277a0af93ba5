// Canonical Huffman codes: in order of length, then of value, words are consecutive numbers.

import { InputError } from '#std/errors.ts';
import type { BlockBits } from './bits.ts';
import { CODE_BOOKS, type CodeBook } from './code-books.ts';

/** The longest word: scale factors have 19 bits. */
const MAX_WORD_BITS = 19;
/** Words of up to this length, nearly all of them, are found in one step. */
const FAST_BITS = 9;
/** Its place behind the spectral ones; its symbols 0 to 120 stand for steps of −60 to 60. */
const SCALE_FACTOR_BOOK = 11;
const SCALE_STEP_OFFSET = 60;

export class HuffmanCode {
  readonly #symbols: readonly number[];
  /** By the next bits: symbol and length of the word that they begin with, or 0. */
  readonly #fast = new Uint16Array(1 << FAST_BITS);
  /** Behind the last word of each length, as if all words had the greatest. */
  readonly #limits: number[] = [];
  /** What to add to a word of each length for its place among the symbols. */
  readonly #offsets: number[] = [];

  constructor(book: CodeBook) {
    this.#symbols = book.symbols;
    let word = 0;
    let place = 0;
    book.counts.forEach((count, index) => {
      const length = index + 1;
      this.#offsets.push(place - word);
      this.#fillFast(word, place, { count, length });
      word += count;
      place += count;
      this.#limits.push(word << (MAX_WORD_BITS - length));
      word <<= 1;
    });
  }

  read(bits: BlockBits): number {
    const fast = this.#fast[bits.peek(FAST_BITS)] ?? 0;
    if (fast === 0) return this.#readLong(bits);
    bits.skip(fast & 0xf);
    return fast >>> 4;
  }

  #readLong(bits: BlockBits): number {
    const next = bits.peek(MAX_WORD_BITS);
    for (let index = 0; index < this.#limits.length; index++) {
      if (next >= (this.#limits[index] ?? 0)) continue;
      bits.skip(index + 1);
      const word = next >>> (MAX_WORD_BITS - index - 1);
      return this.#symbols[word + (this.#offsets[index] ?? 0)] ?? 0;
    }
    throw new InputError('Cannot decode the AAC access unit: no such code word.', {
      code: 'invalid_aac',
    });
  }

  #fillFast(word: number, place: number, words: { count: number; length: number }): void {
    if (words.length > FAST_BITS) return;
    const span = 1 << (FAST_BITS - words.length);
    for (let index = 0; index < words.count; index++) {
      const entry = ((this.#symbols[place + index] ?? 0) << 4) | words.length;
      this.#fast.fill(entry, (word + index) * span, (word + index + 1) * span);
    }
  }
}

const CODES = CODE_BOOKS.map((book) => new HuffmanCode(book));

/** Spectral code books are numbered from 1. */
export function spectralCode(book: number): HuffmanCode | undefined {
  return CODES[book - 1];
}

/** A step from one scale factor to the next, −60 to 60 (§4.6.2.3.2). */
export function readScaleStep(bits: BlockBits): number {
  return (CODES[SCALE_FACTOR_BOOK]?.read(bits) ?? 0) - SCALE_STEP_OFFSET;
}
