// What cards tell of themselves, understood; and what is taken of it.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CONSOLE_CHANNELS } from '#contract/sound.ts';
import {
  chooseParameters,
  parseHardwareParameters,
  remarkOn,
  USUAL_PARAMETERS,
} from './hardware-parameters.ts';

function dump(format: string, channels: string, rate: string): string {
  return [
    'HW Params of device "hw:XUSB":',
    '--------------------',
    'ACCESS:  MMAP_INTERLEAVED RW_INTERLEAVED',
    `FORMAT:  ${format}`,
    'SUBFORMAT:  STD',
    'SAMPLE_BITS: 32',
    `CHANNELS: ${channels}`,
    `RATE: ${rate}`,
    'PERIOD_TIME: [125 1000000]',
    'TICK_TIME: ALL',
    '--------------------',
  ].join('\n');
}

function choose(format: string, channels: string, rate: string) {
  const card = parseHardwareParameters(dump(format, channels, rate));
  return card ? chooseParameters(card) : undefined;
}

describe('parseHardwareParameters', () => {
  test('reads numbers and ranges, with and without their ends', () => {
    expect(parseHardwareParameters(dump('S16_LE S32_LE', '[2 32]', '(44099 48001)'))).toEqual({
      formats: ['S16_LE', 'S32_LE'],
      channels: { from: 2, to: 32 },
      rates: { from: 44_100, to: 48_000 },
    });
    expect(parseHardwareParameters(dump('S24_3LE', '2', '44100'))?.channels).toEqual({
      from: 2,
      to: 2,
    });
  });

  test.each([
    ['without formats', dump('', '32', '48000')],
    ['with a rate that is none', dump('S32_LE', '32', 'NONE')],
    ['with an empty range', dump('S32_LE', '(4 5)', '48000')],
    ['that is empty', ''],
  ])('gives nothing of a dump %s', (_, text) => {
    expect(parseHardwareParameters(text)).toBeUndefined();
  });

  test('gives ranges or nothing of any text', () => {
    const piece = fc.constantFrom(
      'FORMAT:  ',
      'CHANNELS: ',
      'RATE: ',
      '[',
      '(',
      ']',
      ' ',
      '\n',
      '7',
    );
    const text = fc.array(fc.oneof(piece, fc.string({ maxLength: 8 }))).map((all) => all.join(''));
    fc.assert(
      fc.property(text, (said) => {
        const card = parseHardwareParameters(said);
        if (card) expect(card.channels.from).toBeLessThanOrEqual(card.channels.to);
      }),
    );
  });

  test('reads back any numbers', () => {
    const range = fc.tuple(fc.nat(1_000), fc.nat(1_000)).map(([from, more]) => [from, from + more]);
    fc.assert(
      fc.property(range, range, (channels, rates) => {
        const text = dump('S32_LE', `[${channels.join(' ')}]`, `[${rates.join(' ')}]`);
        const card = parseHardwareParameters(text);
        expect([card?.channels.from, card?.channels.to]).toEqual(channels);
        expect([card?.rates.from, card?.rates.to]).toEqual(rates);
      }),
    );
  });
});

describe('chooseParameters', () => {
  test.each([
    ['a console', 'S32_LE', '32', '48000', USUAL_PARAMETERS],
    [
      'a card that packs 24 bits and has no 32',
      'S16_LE S24_3LE',
      '32',
      '[44100 48000]',
      { ...USUAL_PARAMETERS, format: 'S24_3LE' },
    ],
    [
      'a console set to 2/2 at 44.1 kHz',
      'S24_LE S16_LE',
      '2',
      '44100',
      { format: 'S24_LE', channels: 2, sampleRate: 44_100 },
    ],
    [
      'a device that takes anything',
      'S8 S32_LE',
      '[1 1073741823]',
      '[1 4294967295]',
      USUAL_PARAMETERS,
    ],
  ])('takes the best of %s', (_, format, channels, rate, chosen) => {
    expect(choose(format, channels, rate)).toEqual(chosen);
  });

  test.each([
    ['none of our formats', 'U8 FLOAT_LE', '32', '48000', /none of the formats S32_LE/],
    ['another rate', 'S32_LE', '32', '96000', /neither 48000 nor 44100 Hz/],
    ['more channels only', 'S32_LE', '64', '48000', /gives 64 channels and no fewer/],
  ])('refuses %s', (_, format, channels, rate, refusal) => {
    expect(choose(format, channels, rate)).toEqual({ refusal: expect.stringMatching(refusal) });
  });
});

describe('remarkOn', () => {
  test('has nothing to say about 32 channels at 48 kHz', () => {
    expect(remarkOn(USUAL_PARAMETERS)).toBeNull();
  });

  test('says what to set on a console that is narrow and at 44.1 kHz', () => {
    const remark = remarkOn({ ...USUAL_PARAMETERS, channels: 2, sampleRate: 44_100 });
    expect(remark).toMatch(/set to 2 channels: set it to 32\/32 on the console/);
    expect(remark).toMatch(/runs at 44\.1 kHz/);
    expect(remarkOn({ ...USUAL_PARAMETERS, channels: CONSOLE_CHANNELS - 1 })).not.toMatch(/44\.1/);
  });
});
