// OSC messages: written as the specification says, read back, and nonsense refused.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { InputError } from '#std/errors.ts';
import { formatOscMessage, formatOscRequest, parseOscMessage } from './osc-message.ts';

const bytesOf = (text: string) => new Uint8Array(Buffer.from(text, 'latin1'));

test('a request is the address alone, ended and padded to words', () => {
  expect(formatOscRequest('/info')).toEqual(bytesOf('/info\0\0\0'));
  expect(formatOscRequest('/xin')).toEqual(bytesOf('/xin\0\0\0\0'));
});

test('a message is written as in the examples of OSC 1.0', () => {
  expect(formatOscMessage({ address: '/ch/01/config/name', arguments: ['Vox'] })).toEqual(
    bytesOf('/ch/01/config/name\0\0,s\0\0Vox\0'),
  );
  const bytes = formatOscMessage({ address: '/foo', arguments: [1000, -1, 'hello', 1.234, 5.678] });
  expect(Buffer.from(bytes).toString('hex')).toBe(
    Buffer.from('/foo\0\0\0\0,iisff\0\0', 'latin1').toString('hex') +
      '000003e8ffffffff68656c6c6f0000003f9df3b640b5b22d',
  );
});

test('what is written is read back', () => {
  const argument = fc.oneof(
    fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
    fc.float({ noNaN: true }).filter((value) => !Number.isInteger(value)),
    fc.string({ unit: 'grapheme' }).filter((text) => !/^\uFEFF|\0/.test(text)),
    fc.uint8Array({ maxLength: 40 }),
  );
  const message = fc.record({
    address: fc.string({ unit: 'grapheme-ascii' }).map((text) => `/${text}`),
    arguments: fc.array(argument, { maxLength: 20 }),
  });
  fc.assert(
    fc.property(message, (given) => {
      const bytes = formatOscMessage(given);
      expect(bytes.length % 4).toBe(0);
      expect(parseOscMessage(bytes)).toEqual(given);
    }),
  );
});

test('a last text without its padding is taken, as some firmware sends it', () => {
  expect(parseOscMessage(bytesOf('/a\0\0,s\0\0Vocal\0')).arguments).toEqual(['Vocal']);
});

test.each([
  ['name\0\0\0\0', 'it does not begin with an address'],
  ['/a', 'a text in it has no end'],
  ['/a\0\0si\0\0', 'its types are missing'],
  ['/a\0\0,i\0\0\0\0', 'it ends too early'],
  ['/a\0\0,b\0\0\0\0\0\u0009abc', 'it ends too early'],
  ['/a\0\0,b\0\0\u00ff\u00ff\u00ff\u00ff', 'it ends too early'],
  ['/a\0\0,T\0\0', 'it has an argument of the unknown type "T"'],
  [`/a\0\0,${'i'.repeat(70)}\0`, 'it has over 64 arguments'],
])('%j is refused: %s', (text, problem) => {
  expect(() => parseOscMessage(bytesOf(text))).toThrow(`This is no OSC message: ${problem}.`);
});

test('random and damaged bytes give a message or an InputError', () => {
  const valid = formatOscMessage({ address: '/node', arguments: ['ch/01', 3, 0.5] });
  const damaged = fc
    .tuple(fc.nat(valid.length - 1), fc.nat(255), fc.nat(valid.length))
    .map(([at, byte, end]) => {
      const bytes = valid.slice(0, end);
      bytes[at] = byte;
      return bytes;
    });
  fc.assert(
    fc.property(fc.oneof(fc.uint8Array({ maxLength: 100 }), damaged), (bytes) => {
      try {
        parseOscMessage(bytes);
      } catch (error) {
        expect(error).toBeInstanceOf(InputError);
      }
    }),
    { numRuns: 2_000 },
  );
});
