// AudioSpecificConfig and StreamMuxConfig: real ones, written ones, nonsense.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { InputError } from '#std/errors.ts';
import { formatAudioSpecificConfig, parseAudioSpecificConfig } from './audio-specific-config.ts';
import { parseStreamMuxConfig } from './stream-mux-config.ts';

const hex = (text: string) => Uint8Array.from(Buffer.from(text, 'hex'));
const bits = (text: string) => {
  const groups = text.replaceAll(' ', '').match(/.{1,8}/g) ?? [];
  return Uint8Array.from(groups, (group) => Number.parseInt(group.padEnd(8, '0'), 2));
};

const LC = { objectType: 2, frameSamples: 1024, sbr: undefined };

describe('parseAudioSpecificConfig', () => {
  test.each([
    ['AAC-LC, 16 kHz, mono', '1408', { ...LC, sampleRate: 16_000, channels: 1 }],
    ['AAC-LC, 8 kHz, mono', '1588', { ...LC, sampleRate: 8000, channels: 1 }],
    ['AAC-LC, 48 kHz, 7.1', '11b8', { ...LC, sampleRate: 48_000, channels: 8 }],
    [
      'AAC-LC, 44.1 kHz, stereo, with the tail that says there is no SBR',
      '121056e500',
      { ...LC, sampleRate: 44_100, channels: 2 },
    ],
    [
      'HE-AAC announced in front',
      '2b8a0800',
      {
        ...LC,
        sampleRate: 22_050,
        channels: 1,
        sbr: { sampleRate: 44_100, parametricStereo: false },
      },
    ],
    [
      'HE-AAC announced behind',
      '138856e5a0',
      {
        ...LC,
        sampleRate: 22_050,
        channels: 1,
        sbr: { sampleRate: 44_100, parametricStereo: false },
      },
    ],
    [
      'HE-AAC v2 announced behind',
      '138856e5a54880',
      {
        ...LC,
        sampleRate: 22_050,
        channels: 1,
        sbr: { sampleRate: 44_100, parametricStereo: true },
      },
    ],
  ])('reads %s', (_, config, expected) => {
    expect(parseAudioSpecificConfig(hex(config))).toEqual(expected);
  });

  test.each([
    ['a rate of its own', '00010 1111 000000000010101011111000 0001 000', { sampleRate: 11_000 }],
    [
      'short frames and a core coder',
      '00010 1000 0001 1 1 00000000000000 0',
      { frameSamples: 960 },
    ],
    ['low delay', '10111 0011 0001 0 0 1 000 0', { objectType: 23, frameSamples: 512 }],
    ['short low delay', '10111 0011 0001 1 0 0', { objectType: 23, frameSamples: 480 }],
  ])('reads %s', (_, text, expected) => {
    expect(parseAudioSpecificConfig(bits(text))).toMatchObject(expected);
  });

  test.each([
    ['nothing', '', 'in the middle of a field'],
    ['one byte', '00010 010', 'in the middle of a field'],
    ['a reserved rate', '00010 1101 0001 000', 'no sample rate'],
    ['a rate of 0', '00010 1111 000000000000000000000000 0001 000', 'no sample rate'],
    ['a channel layout of its own', '00010 1000 0000 000', 'mono or stereo'],
    ['a reserved channel configuration', '00010 1000 1001 000', 'mono or stereo'],
    ['CELP', '01000 1000 0001 000', 'object type 8'],
    ['USAC', '11111 001010 1000 0001 000', 'object type 42'],
  ])('refuses %s', (_, text, message) => {
    expect(() => parseAudioSpecificConfig(bits(text))).toThrow(InputError);
    expect(() => parseAudioSpecificConfig(bits(text))).toThrow(message);
  });

  test('reads back what was written', () => {
    const rate = fc.oneof(
      fc.constantFrom(8000, 16_000, 44_100, 48_000),
      fc.integer({ min: 1, max: 2e5 }),
    );
    const sbr = fc.record({ sampleRate: rate, parametricStereo: fc.boolean() });
    const config = fc.record({
      objectType: fc.constantFrom(1, 2, 3, 4),
      sampleRate: rate,
      channels: fc.constantFrom(1, 2, 3, 4, 5, 6, 8),
      frameSamples: fc.constantFrom(1024 as const, 960 as const),
      sbr: fc.option(sbr, { nil: undefined }),
    });
    fc.assert(
      fc.property(config, (written) => {
        expect(parseAudioSpecificConfig(formatAudioSpecificConfig(written))).toEqual(written);
      }),
    );
  });

  test('answers random bytes with a configuration or an InputError', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 12 }), (bytes) => {
        for (const parse of [parseAudioSpecificConfig, parseStreamMuxConfig]) {
          try {
            expect(parse(bytes)).toBeDefined();
          } catch (error) {
            expect(error).toBeInstanceOf(InputError);
          }
        }
      }),
      { numRuns: 2000 },
    );
  });
});

describe('parseStreamMuxConfig', () => {
  test('takes the configuration out of what SDP says of a LATM track', () => {
    // As ffmpeg writes it: version 0, one frame, one program, one layer, AAC-LC 16 kHz mono.
    expect(parseStreamMuxConfig(hex('400028103fc0'))).toEqual(hex('1408'));
  });

  test('takes it out of version 1, where its length stands before it', () => {
    const header = '1 0 00 00000000 1 000000 0000 000';
    const config = '00 00001101 0001010000001';
    const parsed = parseStreamMuxConfig(bits(`${header} ${config} 000 11111111 0 0`));
    expect(parsed).toEqual(hex('1408'));
  });

  test.each([
    ['a version that does not exist', '1 1', 'version 1A'],
    ['different time bases', '0 0', 'time bases'],
    ['two programs', '0 1 000000 0001 000', '2 programs'],
    ['two layers', '0 1 000000 0000 001', '2 layers'],
    [
      'payloads of fixed size',
      '0 1 000000 0000 000 00010 1000 0001 000 001',
      'frame length type 1',
    ],
    ['a configuration that is cut off', '1 0 00 00000000 1 000000 0000 000 00 11111111', 'cut off'],
  ])('refuses %s', (_, text, message) => {
    expect(() => parseStreamMuxConfig(bits(text))).toThrow(message);
  });
});
