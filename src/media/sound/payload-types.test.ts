// Payload types: the table of the protocol, without two meanings for one number.

import { expect, test } from 'vitest';
import {
  clockRateOf,
  payloadFormatOf,
  payloadTypeOf,
  type SoundCodec,
  type SoundLayout,
} from './payload-types.ts';

const RATES = [48_000, 44_100, 32_000, 24_000] as const;

test.each<[SoundCodec, SoundLayout, number[]]>([
  ['opus', 'bundle', [100, 100, 100, 100]],
  ['opus', 'plain', [111, 111, 111, 111]],
  ['pcm', 'bundle', [96, 97, 98, 99]],
  ['pcm', 'plain', [96, 97, 98, 99]],
  ['pcm24', 'bundle', [104, 105, 106, 107]],
  ['pcm24', 'plain', [104, 105, 106, 107]],
])('%s as %s has the payload types %j, from the highest rate down', (codec, layout, expected) => {
  const numbers = RATES.map((sampleRate) => payloadTypeOf({ codec, layout, sampleRate }));
  expect(numbers).toEqual(expected);
  expect(numbers.map(payloadFormatOf)).toEqual(
    RATES.map((sampleRate) => ({ codec, clockRate: codec === 'opus' ? 48_000 : sampleRate })),
  );
});

test('the RTP clock of PCM is its rate, that of Opus always 48 kHz', () => {
  expect(RATES.map((sampleRate) => clockRateOf({ codec: 'pcm24', sampleRate }))).toEqual(RATES);
  expect(clockRateOf({ codec: 'opus', sampleRate: 24_000 })).toBe(48_000);
});

test('other numbers mean nothing, and ten do', () => {
  const known = Array.from({ length: 256 }, (_, at) => at).filter(payloadFormatOf);
  expect(known).toHaveLength(10);
  expect(known.every((number) => number >= 96 && number <= 127)).toBe(true);
});
