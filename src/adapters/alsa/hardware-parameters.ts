// What a card can do, as `arecord --dump-hw-params` tells it, and what of it is taken.

import { CONSOLE_CHANNELS } from '#contract/sound.ts';
import type { SampleFormat } from '#media/pcm/interleaved.ts';

/** The card's own come first: 24 bits in 32, packed, and what only old ones have. */
const FORMATS = ['S32_LE', 'S24_3LE', 'S24_LE', 'S16_LE'] as const satisfies SampleFormat[];
/** What consoles run at, the better one first. */
const RATES = [48_000, 44_100] as const;

interface Range {
  readonly from: number;
  readonly to: number;
}

export interface HardwareParameters {
  readonly formats: readonly string[];
  readonly channels: Range;
  readonly rates: Range;
}

export interface CaptureParameters {
  readonly format: (typeof FORMATS)[number];
  readonly channels: number;
  readonly sampleRate: number;
}

/** What consoles' cards mostly offer: the first try. */
export const USUAL_PARAMETERS: CaptureParameters = {
  format: FORMATS[0],
  channels: CONSOLE_CHANNELS,
  sampleRate: RATES[0],
};

/**
 * Lines like `FORMAT:  S32_LE`, `CHANNELS: 32`, `RATE: [44100 48000]`; round brackets exclude the number.
 * Undefined if one of the three is missing or makes no sense.
 */
export function parseHardwareParameters(text: string): HardwareParameters | undefined {
  const formats = lineOf('FORMAT', text)?.split(/ +/);
  const channels = parseRange(lineOf('CHANNELS', text));
  const rates = parseRange(lineOf('RATE', text));
  return formats && channels && rates ? { formats, channels, rates } : undefined;
}

function lineOf(name: string, text: string): string | undefined {
  return RegExp(`^${name}: +(\\S.*)$`, 'm').exec(text)?.[1]?.trimEnd();
}

function parseRange(text: string | undefined): Range | undefined {
  const match = /^(?:(\d{1,10})|([[(])(\d{1,10}) (\d{1,10})([\])]))$/.exec(text ?? '');
  if (!match) return undefined;
  const [, only, open, low, high, close] = match;
  if (only !== undefined) return { from: Number(only), to: Number(only) };
  const from = Number(low) + (open === '(' ? 1 : 0);
  const to = Number(high) - (close === ')' ? 1 : 0);
  return from <= to ? { from, to } : undefined;
}

/** Or why nothing of it will do, as the end of a sentence. */
export function chooseParameters(
  card: HardwareParameters,
): CaptureParameters | { readonly refusal: string } {
  const format = FORMATS.find((each) => card.formats.includes(each));
  const sampleRate = RATES.find((rate) => card.rates.from <= rate && rate <= card.rates.to);
  const channels = Math.min(card.channels.to, CONSOLE_CHANNELS);
  if (!format) return { refusal: `it offers none of the formats ${FORMATS.join(', ')}` };
  if (!sampleRate) return { refusal: `it runs at neither ${RATES.join(' nor ')} Hz` };
  if (channels < card.channels.from || channels < 1) {
    return { refusal: `it gives ${card.channels.from} channels and no fewer` };
  }
  return { format, channels, sampleRate };
}

/** What is not as it should be, for people; null if all is well. */
export function remarkOn({ channels, sampleRate }: CaptureParameters): string | null {
  const remarks: string[] = [];
  if (channels < CONSOLE_CHANNELS) {
    remarks.push(
      `The card is set to ${channels} channels: set it to 32/32 on the console (Setup > card).`,
    );
  }
  if (sampleRate !== RATES[0]) {
    remarks.push(
      'The console runs at 44.1 kHz: all is heard, but resampled (48 kHz: Setup > config).',
    );
  }
  return remarks.length > 0 ? remarks.join(' ') : null;
}
