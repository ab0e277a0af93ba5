// G.711 against the values of ITU-T G.711, tables 1 and 2.

import { expect, test } from 'vitest';
import { decodeG711 } from './g711.ts';

test.each([
  ['PCMU', 0xff, 0],
  ['PCMU', 0x7f, 0],
  ['PCMU', 0x80, 32_124],
  ['PCMU', 0x00, -32_124],
  ['PCMU', 0xf0, 120],
  ['PCMU', 0xef, 132],
  ['PCMA', 0xd5, 8],
  ['PCMA', 0x55, -8],
  ['PCMA', 0xaa, 32_256],
  ['PCMA', 0x2a, -32_256],
  ['PCMA', 0xc5, 264],
] as const)('%s code %i is the sample %i', (law, code, sample) => {
  expect((decodeG711(Uint8Array.of(code), law)[0] ?? 1) * 32_768).toBeCloseTo(sample, 6);
});

test.each(['PCMU', 'PCMA'] as const)('%s has 255 or 256 different samples', (law) => {
  const samples = decodeG711(
    Uint8Array.from({ length: 256 }, (_, code) => code),
    law,
  );
  expect(new Set([...samples].map((sample) => sample + 0)).size).toBe(law === 'PCMU' ? 255 : 256);
});
