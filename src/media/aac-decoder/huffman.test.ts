// The code books: whole, without ambiguity, and read as they are written.

import { expect, test } from 'vitest';
import { InputError } from '#std/errors.ts';
import { BlockBits } from './bits.ts';
import { CODE_BOOKS } from './code-books.ts';
import { HuffmanCode } from './huffman.ts';

/** How many symbols each book has (ISO/IEC 14496-3, table 4.151), and the longest word. */
const SIZES = [81, 81, 81, 81, 81, 81, 64, 64, 169, 169, 289, 121];
const LONGEST = [11, 9, 16, 12, 13, 11, 12, 10, 15, 12, 12, 19];

test.each(SIZES.map((size, index) => [index + 1, size] as const))(
  'code book %i has a word for each of %i symbols, and no word is left over',
  (number, size) => {
    const { counts, symbols } = CODE_BOOKS[number - 1]!;
    expect(symbols.toSorted((a, b) => a - b)).toEqual(Array.from({ length: size }, (_, at) => at));
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(size);
    expect(counts.reduce((sum, count, index) => sum + count / 2 ** (index + 1), 0)).toBe(1);
    expect(counts).toHaveLength(LONGEST[number - 1]!);
  },
);

test.each(SIZES.map((_, index) => index + 1))('every word of code book %i is read', (number) => {
  const book = CODE_BOOKS[number - 1]!;
  const code = new HuffmanCode(book);
  let word = 0;
  let place = 0;
  book.counts.forEach((count, index) => {
    const length = index + 1;
    for (let at = 0; at < count; at++) {
      // In front of three ones, so that it does not end where the bytes do.
      const text = `${word.toString(2).padStart(length, '0')}111`.padEnd(32, '0');
      const bits = new BlockBits(
        Uint8Array.from(text.match(/.{8}/g)!, (byte) => Number.parseInt(byte, 2)),
      );
      expect(code.read(bits)).toBe(book.symbols[place]);
      expect(bits.read(3)).toBe(7);
      word++;
      place++;
    }
    word <<= 1;
  });
});

test('a word behind the end is an InputError', () => {
  const code = new HuffmanCode(CODE_BOOKS[11]!);
  const bits = new BlockBits(Uint8Array.of(0xff));
  expect(() => code.read(bits)).toThrow(InputError);
});

test('a word that an incomplete code has not is an InputError', () => {
  const code = new HuffmanCode({ counts: [1], symbols: [7] });
  expect(code.read(new BlockBits(Uint8Array.of(0x00)))).toBe(7);
  expect(() => code.read(new BlockBits(Uint8Array.of(0xff)))).toThrow(InputError);
});
