// Trickle fragments: candidates, the end of them, restarts, and nonsense.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { InputError } from '#std/errors.ts';
import { readTrickleFragment } from './trickle-fragment.ts';

const PWD = 'P2uYro0UCOQ4zxjKXaWCBui1';
const candidateLine = (foundation: number) =>
  `a=candidate:${foundation} 1 udp 2113937151 192.0.2.1 61764 typ host`;
const FRAGMENT = [
  'a=ice-options:trickle',
  'a=ice-ufrag:EsAw',
  `a=ice-pwd:${PWD}`,
  'm=audio 9 RTP/AVP 0',
  'a=mid:0',
  candidateLine(1),
  candidateLine(2),
  'a=end-of-candidates',
].join('\r\n');

describe('readTrickleFragment', () => {
  test('reads credentials, candidates and their end', () => {
    expect(readTrickleFragment(FRAGMENT)).toEqual({
      ufrag: 'EsAw',
      pwd: PWD,
      candidates: [candidateLine(1).slice(2), candidateLine(2).slice(2)],
      endOfCandidates: true,
    });
  });

  test('reads candidates that come without credentials', () => {
    expect(readTrickleFragment(candidateLine(1))).toEqual({
      ufrag: undefined,
      pwd: undefined,
      candidates: [candidateLine(1).slice(2)],
      endOfCandidates: false,
    });
  });

  test('names a candidate once that each bundled section repeats', () => {
    const text = ['m=audio 9 X 0', candidateLine(1), 'm=video 9 X 1', candidateLine(1)].join('\n');
    expect(readTrickleFragment(text).candidates).toHaveLength(1);
  });

  test('takes 32 candidates', () => {
    const text = Array.from({ length: 32 }, (_, index) => candidateLine(index)).join('\n');
    expect(readTrickleFragment(text).candidates).toHaveLength(32);
  });

  test.each([
    ['nothing', '', 'no a=ice-ufrag'],
    ['a media section alone', 'm=audio 9 X 0\na=mid:0', 'no a=ice-ufrag'],
    ['a short user fragment', 'a=ice-ufrag:abc', 'its a=ice-ufrag line'],
    ['a short password', `${candidateLine(1)}\na=ice-pwd:abc`, 'its a=ice-pwd line'],
    ['a candidate that is none', 'a=candidate:1 x', 'candidate:1 x'],
    [
      '33 candidates',
      Array.from({ length: 33 }, (_, index) => candidateLine(index)).join('\n'),
      'more than 32',
    ],
    ['more than 16 KiB', 'a=x\n'.repeat(4_100), 'longer than 16384'],
  ])('refuses %s', (_, text, reason) => {
    expect(() => readTrickleFragment(text)).toThrow(
      expect.objectContaining({
        code: 'invalid_candidate',
        message: expect.stringContaining(reason),
      }),
    );
  });

  test('gives nothing but InputError for a fragment with any part replaced', () => {
    const at = fc.nat(FRAGMENT.length);
    fc.assert(
      fc.property(at, at, fc.string(), (from, to, text) => {
        try {
          readTrickleFragment(FRAGMENT.slice(0, from) + text + FRAGMENT.slice(to));
        } catch (error) {
          expect(error).toBeInstanceOf(InputError);
        }
      }),
    );
  });
});
