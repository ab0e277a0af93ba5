// Access units written bit by bit: what the encoder at hand never makes.

import { expect, test } from 'vitest';
import { CODE_BOOKS, type CodeBook } from './code-books.ts';
import { AacDecoder } from './decoder.ts';

const bit = (value: number, width: number) => value.toString(2).padStart(width, '0');

function bytesOf(...fields: string[]): Uint8Array {
  const text = fields.join('').replaceAll(' ', '');
  const whole = text.padEnd(Math.ceil(text.length / 8) * 8, '0');
  return Uint8Array.from(whole.match(/.{8}/g) ?? [], (byte) => Number.parseInt(byte, 2));
}

/** The word of a symbol in a canonical code. */
function wordOf({ counts, symbols }: CodeBook, symbol: number): string {
  let left = symbols.indexOf(symbol);
  let word = 0;
  for (const [index, count] of counts.entries()) {
    if (left < count) return bit(word + left, index + 1);
    left -= count;
    word = (word + count) << 1;
  }
  throw new Error(`no symbol ${symbol}`);
}

/** Fills up to a whole byte. */
const aligned = (text: string) => text.padEnd(Math.ceil(text.length / 8) * 8, '0');

const SINGLE = '000 0000';
const END = '111';
const NO_TOOLS = '000';
/** Gain, window information of one long window without bands, none of the tools. */
const SILENCE = `${SINGLE} ${bit(100, 8)} 0 00 0 ${bit(0, 6)} 0 ${NO_TOOLS}`.replaceAll(' ', '');
/** 60 steps up: the last word of 19 bits. */
const UP_60 = wordOf(CODE_BOOKS[11]!, 120);
const decode = (...fields: string[]) => new AacDecoder(44_100).decode(bytesOf(...fields));

test('an element without bands is silence', () => {
  expect(decode(SILENCE, END)).toEqual([new Float32Array(1024)]);
});

test('a missing end is forgiven', () => {
  expect(decode(SILENCE)).toHaveLength(1);
});

test('data, fill elements and a program configuration are skipped', () => {
  const fill = `110 ${bit(2, 4)} ${bit(0xabcd, 16)}`.replaceAll(' ', '');
  const longFill = `110 1111 ${bit(3, 8)} ${'1'.repeat(8 * 17)}`.replaceAll(' ', '');
  const data = `${aligned(`${fill}1000000 1${bit(2, 8)}`.replaceAll(' ', ''))}${bit(0xffff, 16)}`;
  const longData = `1000000 0 11111111 ${bit(1, 8)} ${'1'.repeat(8 * 256)}`.replaceAll(' ', '');
  expect(decode(fill, longFill, SILENCE, END)).toHaveLength(1);
  expect(decode(data, SILENCE, END)).toHaveLength(1);
  expect(decode(longData, SILENCE, END)).toHaveLength(1);
});

test('a program configuration is skipped with its mixdowns, its elements and its comment', () => {
  const counts = '0001 0001 0001 01 001 0001';
  const mixdowns = '1 0000 1 0000 1 000';
  const elements = `${'0'.repeat(5 * 4)}${'0'.repeat(4 * 2)}`;
  const before = `101 ${bit(0, 10)} ${counts} ${mixdowns} ${elements}`.replaceAll(' ', '');
  const comment = `${bit(2, 8)}${bit(0xffff, 16)}`;
  expect(decode(aligned(before), comment, SILENCE, END)).toHaveLength(1);
});

test.each([
  ['a coupling channel', '010 0000', /coupling/],
  ['prediction', `${SINGLE} ${bit(100, 8)} 0 00 0 ${bit(0, 6)} 1`, /prediction/],
  ['gain control', `${SINGLE} ${bit(100, 8)} 0 00 0 ${bit(0, 6)} 0 001`, /gain control/],
  ['more bands than there are', `${SINGLE} ${bit(100, 8)} 0 00 0 ${bit(60, 6)} 0`, /60 bands/],
  ['pulses in short windows', `${SINGLE} ${bit(100, 8)} 0 10 0 0000 ${bit(0, 7)} 1`, /pulses/],
  [
    'pulses behind the last band',
    `${SINGLE} ${bit(9, 8)} 0 00 0 ${bit(0, 6)} 0 1 00 ${bit(60, 6)}`,
    /pulses/,
  ],
  ['code book 12', `${SINGLE} ${bit(9, 8)} 0 00 0 ${bit(1, 6)} 0 1100 00001`, /code book 12/],
  ['a section too long', `${SINGLE} ${bit(9, 8)} 0 00 0 ${bit(1, 6)} 0 0001 00010`, /section/],
  [
    'a filter of order 13',
    `${SINGLE} ${bit(9, 8)} 0 00 0 ${bit(0, 6)} 0 0 1 01 0 ${bit(0, 6)} 01101`,
    /order 13/,
  ],
  ['more than 8 channels', `${SILENCE.repeat(9)}`, /8 channels/],
])('refuses %s', (_, fields, message) => {
  expect(() => decode(fields, '0'.repeat(64))).toThrow(message);
});

test('a pulse behind the last coefficient is refused', () => {
  const pulses = `11 ${bit(48, 6)} ${`11111 0000 `.repeat(4)}`;
  const unit = `${SINGLE} ${bit(9, 8)} 0 00 0 ${bit(0, 6)} 0 1 ${pulses}`;
  expect(() => decode(unit, '0'.repeat(64))).toThrow(/pulse behind/);
});

test('pulses add to the numbers that were sent', () => {
  // Two bands of code book 1, whose word for four zeros is a single 0, with the gain at 1. The word
  // for one step up, 0 0 0 1, is the second shortest.
  const header = `${SINGLE} ${bit(100, 8)} 0 00 0 ${bit(2, 6)} 0`;
  const sections = '0001 00010';
  const scales = '0 0';
  const pulse = `1 00 ${bit(0, 6)} ${bit(3, 5)} ${bit(7, 4)}`;
  const zeros = '0 0';
  const [without] = decode(header, sections, scales, '0 0 0', zeros, END);
  const [plain = new Float32Array()] = decode(header, sections, scales, pulse, '0 0', zeros, END);
  expect(without?.every((sample) => sample === 0)).toBe(true);
  // A negative number of size 7^(4/3), since the one it is added to is not above zero.
  const expected = new Float64Array(1024);
  expected[3] = -(7 ** (4 / 3));
  const loudest = plain.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
  expect(loudest).toBeGreaterThan(0);
  expect(loudest).toBeLessThanOrEqual(7 ** (4 / 3) / 1024 / 32_768 + 1e-9);
});

test('noise that would be infinite is as loud as full scale', () => {
  const [bands, groups] = [14, 8];
  const header = `${SINGLE} ${bit(255, 8)} 0 10 0 ${bit(bands, 4)} ${bit(0, 7)}`;
  const sections = '1101 111 111 000'.repeat(groups);
  const energies = `${'1'.repeat(9)} ${UP_60.repeat(bands * groups - 1)}`;
  const [samples = new Float32Array()] = decode(header, sections, energies, NO_TOOLS, END);
  expect(samples.every((sample) => Math.abs(sample) <= 1)).toBe(true);
  expect(samples.some((sample) => Math.abs(sample) === 1)).toBe(true);
});

test('a filter along the frequencies is applied to what was sent', () => {
  // One band of code book 5, its first pair larger than nothing; the filter rings on behind it.
  const sent = (tns: string) => {
    const header = `${SINGLE} ${bit(200, 8)} 0 00 0 ${bit(2, 6)} 0`;
    const pairs = [31, 40, 40, 40].map((pair) => wordOf(CODE_BOOKS[4]!, pair)).join('');
    return decode(header, '0101 00010', '0 0', '0', tns, '0', pairs, END)[0];
  };
  const filter = `1 01 1 ${bit(49, 6)} ${bit(1, 5)} 0 0 0011`;
  expect(sent(filter)?.some((sample) => sample !== 0)).toBe(true);
  expect(sent(filter)).not.toEqual(sent('0'));
});
