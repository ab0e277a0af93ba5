// L16.

import { expect, test } from 'vitest';
import { decodeL16 } from './l16.ts';

test('decodeL16 reads the highest byte first, and signs', () => {
  const payload = Uint8Array.of(0x7f, 0xff, 0x80, 0x00, 0xff, 0xff, 0x00, 0x01, 0x40);
  expect([...decodeL16(payload)].map((sample) => sample * 32_768)).toEqual([
    32_767, -32_768, -1, 1,
  ]);
});
