// Filters along the frequencies.

import { expect, test } from 'vitest';
import { bandsOf } from './bands.ts';
import { BlockBits } from './bits.ts';
import { applyTns, readTns } from './tns.ts';
import type { WindowInfo } from './window-info.ts';

const INFO: WindowInfo = {
  sequence: 0,
  shape: 0,
  bands: bandsOf(48_000).long,
  maxBand: 49,
  groups: [1],
};

function bytesOf(text: string): Uint8Array {
  const whole = text.replaceAll(' ', '').padEnd(64, '0');
  return Uint8Array.from(whole.match(/.{8}/g) ?? [], (byte) => Number.parseInt(byte, 2));
}

/** One filter over all bands, of one coefficient in four bits. */
const filter = (direction: 0 | 1, coefficient: string) =>
  readTns(new BlockBits(bytesOf(`01 1 110001 00001 ${direction} 0 ${coefficient}`)), INFO);
const K = Math.sin((3 * Math.PI) / 2 / 7.5);

test.each([
  ['0011', K],
  ['1101', -Math.sin((3 * Math.PI) / 2 / 8.5)],
])('a coefficient of code %s is %d', (code, value) => {
  expect(filter(0, code)[0]?.[0]?.coefficients[0]).toBeCloseTo(value, 12);
});

test('a filter upwards rings towards higher frequencies, as far as its bands reach', () => {
  const spectrum = new Float64Array(1024);
  spectrum[10] = 1;
  applyTns(filter(0, '0011'), INFO, spectrum);
  expect([...spectrum.subarray(9, 13)]).toEqual([0, 1, -K, K ** 2]);
  const end = INFO.bands.offsets[INFO.bands.tnsBands]!;
  spectrum.fill(0);
  spectrum[end - 1] = 1;
  applyTns(filter(0, '0011'), INFO, spectrum);
  expect(spectrum[end]).toBe(0);
});

test('a filter downwards rings towards lower frequencies', () => {
  const spectrum = new Float64Array(1024);
  spectrum[10] = 1;
  applyTns(filter(1, '0011'), INFO, spectrum);
  expect([...spectrum.subarray(8, 12)]).toEqual([K ** 2, -K, 1, 0]);
});
