// Which RTP payload type stands for which sound: one dynamic number for each format and rate, so that
// none ever changes its clock (PRODUCT 2.5; RFC 3551 §3).

export type SoundCodec = 'opus' | 'pcm' | 'pcm24';
export type SoundLayout = 'bundle' | 'plain';
export type SoundRate = 48_000 | 44_100 | 32_000 | 24_000;

export interface SoundFormat {
  readonly codec: SoundCodec;
  readonly layout: SoundLayout;
  readonly sampleRate: SoundRate;
}

interface PayloadFormat {
  readonly codec: SoundCodec;
  /** Of the RTP timestamps. */
  readonly clockRate: SoundRate;
}

const OPUS_BUNDLE = 100;
const OPUS_PLAIN = 111;
const PCM: Readonly<Record<SoundRate, number>> = {
  48000: 96,
  44100: 97,
  32000: 98,
  24000: 99,
};
/** L24 has the numbers of L16 and this. */
const PCM24_OFFSET = 8;

const RATES: readonly SoundRate[] = [48_000, 44_100, 32_000, 24_000];
/** Opus counts 48,000 a second whatever it holds (RFC 7587 §4.1). */
const OPUS_CLOCK_RATE = 48_000;

const FORMATS: ReadonlyMap<number, PayloadFormat> = new Map([
  [OPUS_BUNDLE, { codec: 'opus', clockRate: OPUS_CLOCK_RATE }],
  [OPUS_PLAIN, { codec: 'opus', clockRate: OPUS_CLOCK_RATE }],
  ...RATES.flatMap((clockRate): [number, PayloadFormat][] => [
    [PCM[clockRate], { codec: 'pcm', clockRate }],
    [PCM[clockRate] + PCM24_OFFSET, { codec: 'pcm24', clockRate }],
  ]),
]);

export function payloadTypeOf({ codec, layout, sampleRate }: SoundFormat): number {
  if (codec === 'opus') return layout === 'bundle' ? OPUS_BUNDLE : OPUS_PLAIN;
  return PCM[sampleRate] + (codec === 'pcm24' ? PCM24_OFFSET : 0);
}

/** Of the RTP timestamps. */
export function clockRateOf({ codec, sampleRate }: Omit<SoundFormat, 'layout'>): SoundRate {
  return codec === 'opus' ? OPUS_CLOCK_RATE : sampleRate;
}

/** Undefined for a number that is not ours. A payload of PCM looks the same in both layouts. */
export function payloadFormatOf(payloadType: number): PayloadFormat | undefined {
  return FORMATS.get(payloadType);
}
