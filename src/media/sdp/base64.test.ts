// Base64 against Node's, and the ways in which cameras bend it.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeBase64, encodeBase64 } from './base64.ts';

test('bytes are encoded as Node does, and decoded again', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
      const text = encodeBase64(bytes);
      expect(text).toBe(Buffer.from(bytes).toString('base64'));
      expect(decodeBase64(text)).toEqual(bytes);
      expect(decodeBase64(text.replaceAll('=', ''))).toEqual(bytes);
    }),
  );
});

test.each([
  ['with line breaks', 'Z00A\r\nHw==', [0x67, 0x4d, 0x00, 0x1f]],
  ['with a letter too many', 'Z00AH', [0x67, 0x4d, 0x00]],
  ['empty', '', []],
])('text %s is decoded', (_, text, bytes) => {
  expect(Array.from(decodeBase64(text) ?? [])).toEqual(bytes);
});

test('text with another letter is not decoded', () => {
  expect(decodeBase64('Z00*')).toBeUndefined();
});
