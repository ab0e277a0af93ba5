// Goodbye: who leaves, with and without a reason.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatBye } from './goodbye.ts';
import { readRtcp } from './reading.ts';

test('formatBye leads with an empty receiver report and puts the reason behind the SSRC', () => {
  expect(Buffer.from(formatBye(7, 'camera')).toString('hex')).toBe(
    ['80c90001', '00000007', '81cb0003', '00000007', '0663616d', '65726100'].join(''),
  );
  expect(formatBye(7).length).toBe(16);
});

test('formatBye reads back, whatever the reason', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 400 }), (reason) => {
      expect(readRtcp(formatBye(7, reason))).toEqual({
        reports: [{ type: 'bye', ssrcs: [7] }],
        malformed: false,
      });
    }),
  );
});

test('readRtcp ends at a goodbye that counts more streams than it names', () => {
  expect(readRtcp(Buffer.from('83cb000100000007', 'hex'))).toEqual({
    reports: [],
    malformed: true,
  });
});
