// The AAC decoder against ffmpeg's, sample by sample, and against nonsense.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { InputError } from '#std/errors.ts';
import { adtsFrames, runFfmpeg, splitPlanes } from '../../../test/support/sound-clips.ts';
import { AacDecoder, SAMPLES_PER_FRAME } from './decoder.ts';

/** Clicks over tones, different in each channel: long and short windows, and all between them. */
const CLICKS = [
  '0.8*lt(mod(t,0.23),0.002)*sin(6000*t)+0.1*sin(900*t)',
  '0.8*lt(mod(t,0.31),0.002)*sin(9000*t)+0.1*sin(700*t)',
];
const NOISE = ['0.3*(random(0)-0.5)', '0.2*(random(0)-0.5)+0.1*(random(1)-0.5)'];
/** The same noise in as many channels. */
const PINK = ['pink', 'pink'];
/** Bursts of noise that die away: what filters along the frequencies are for, up and down. */
const BURSTS = ['(0.6*random(0)-0.3)*exp(-60*mod(t,0.11))'];
const TONE = ['0.5*sin(2*PI*1000*t)'];
const WITHOUT_NOISE = ['-aac_pns', '0'];

interface Encoding {
  readonly sound: readonly string[];
  readonly rate: number;
  readonly options?: readonly string[];
  readonly seconds?: number;
}

function encode({ sound, rate, options = WITHOUT_NOISE, seconds = 3 }: Encoding) {
  const source =
    sound === PINK
      ? `anoisesrc=c=pink:a=0.3:seed=1:r=${rate}:d=${seconds}`
      : `aevalsrc=${sound.join('|').replaceAll(',', '\\,')}:s=${rate}:d=${seconds}`;
  const channels = sound.length;
  const input = ['-f', 'lavfi', '-i', source, '-ac', `${channels}`];
  const adts = runFfmpeg([...input, '-c:a', 'aac', ...options, '-f', 'adts', '-']);
  const decoded = runFfmpeg(['-f', 'aac', '-i', '-', '-f', 'f32le', '-'], adts);
  // Theirs may be louder than full scale.
  const theirs = splitPlanes(decoded, channels).map((plane) =>
    plane.map((sample) => Math.max(-1, Math.min(sample, 1))),
  );
  return { frames: adtsFrames(adts), theirs };
}

function decode(frames: readonly Uint8Array[], rate: number): Float32Array[] {
  const decoder = new AacDecoder(rate);
  const decoded = frames.map((frame) => decoder.decode(frame));
  return (decoded[0] ?? []).map((_, channel) => {
    const plane = new Float32Array(frames.length * SAMPLES_PER_FRAME);
    decoded.forEach((planes, at) => {
      plane.set(planes[channel]!, at * SAMPLES_PER_FRAME);
    });
    return plane;
  });
}

const energy = (samples: Float32Array) => samples.reduce((sum, sample) => sum + sample ** 2, 0);

/** How far the difference is below the sound. */
function snrDb(ours: Float32Array, theirs: Float32Array): number {
  const length = Math.min(ours.length, theirs.length);
  const difference = Float32Array.from({ length }, (_, at) => ours[at]! - theirs[at]!);
  return 10 * Math.log10(energy(theirs) / Math.max(energy(difference), 1e-30));
}

describe('AacDecoder', () => {
  test.each<[string, Encoding]>([
    ['a tone, 16 kHz, mono', { sound: TONE, rate: 16_000 }],
    ['clicks, 44.1 kHz, stereo', { sound: CLICKS, rate: 44_100 }],
    [
      'clicks at 48 kb/s',
      { sound: CLICKS, rate: 48_000, options: [...WITHOUT_NOISE, '-b:a', '48k'] },
    ],
    [
      'clicks at 200 kb/s',
      { sound: CLICKS, rate: 48_000, options: [...WITHOUT_NOISE, '-b:a', '200k'] },
    ],
    [
      'middle and side',
      { sound: CLICKS, rate: 44_100, options: [...WITHOUT_NOISE, '-aac_ms', '1'] },
    ],
    [
      'intensity',
      {
        sound: NOISE,
        rate: 44_100,
        options: [...WITHOUT_NOISE, '-aac_coder', 'fast', '-b:a', '96k'],
      },
    ],
    ['noise shaped in time', { sound: BURSTS, rate: 44_100 }],
    ['noise shaped in time, 16 kHz, stereo', { sound: [...BURSTS, ...BURSTS], rate: 16_000 }],
    [
      'without noise shaping',
      { sound: CLICKS, rate: 44_100, options: [...WITHOUT_NOISE, '-aac_tns', '0'] },
    ],
    ['5.1', { sound: [...CLICKS, ...CLICKS, ...CLICKS], rate: 32_000, seconds: 1 }],
    ...[8000, 11_025, 12_000, 22_050, 24_000, 32_000, 64_000, 88_200, 96_000].map(
      (rate): [string, Encoding] => [`clicks at ${rate} Hz`, { sound: CLICKS, rate, seconds: 1 }],
    ),
  ])('decodes as ffmpeg does: %s', (_, encoding) => {
    const { frames, theirs } = encode(encoding);
    const ours = decode(frames, encoding.rate);
    expect(ours).toHaveLength(encoding.sound.length);
    ours.forEach((plane, channel) => {
      expect(snrDb(plane, order(theirs, channel))).toBeGreaterThan(110);
    });
  });

  test('puts noise of the right energy where only the energy was sent', () => {
    const options = ['-b:a', '64k', '-aac_pns', '1'];
    const { frames, theirs } = encode({ sound: PINK, rate: 44_100, options });
    decode(frames, 44_100).forEach((plane, channel) => {
      const other = theirs[channel]!;
      expect(Math.abs(10 * Math.log10(energy(plane) / energy(other)))).toBeLessThan(0.5);
      // It is other noise: the test would be worth nothing if there were none.
      expect(snrDb(plane, other)).toBeLessThan(40);
    });
  });

  test('fades out where frames are missing, and comes back', () => {
    const { frames, theirs } = encode({ sound: TONE, rate: 48_000 });
    const decoder = new AacDecoder(48_000);
    expect(decoder.conceal()).toEqual([]);
    for (const frame of frames.slice(0, 10)) decoder.decode(frame);
    const [fade = new Float32Array()] = decoder.conceal();
    expect(energy(fade.subarray(0, 100))).toBeGreaterThan(1);
    expect(energy(fade.subarray(-10))).toBeLessThan(0.001);
    expect(energy(decoder.conceal()[0]!)).toBe(0);
    decoder.decode(frames[20]!);
    const [back = new Float32Array()] = decoder.decode(frames[21]!);
    expect(snrDb(back, theirs[0]!.subarray(21 * 1024, 22 * 1024))).toBeGreaterThan(110);
  });

  test('goes on when the number of channels changes', () => {
    const mono = encode({ sound: TONE, rate: 48_000, seconds: 1 });
    const stereo = encode({ sound: CLICKS, rate: 48_000, seconds: 1 });
    const decoder = new AacDecoder(48_000);
    expect(decoder.decode(mono.frames[5]!)).toHaveLength(1);
    expect(decoder.decode(stereo.frames[5]!)).toHaveLength(2);
    expect(decoder.decode(mono.frames[6]!)).toHaveLength(1);
  });

  test('refuses an access unit without sound', () => {
    expect(() => new AacDecoder(48_000).decode(Uint8Array.of(0xe0))).toThrow(/no sound/);
    expect(() => new AacDecoder(48_000).decode(new Uint8Array(0))).toThrow(InputError);
  });

  test('makes of random bytes sound within full scale or an InputError', () => {
    const decoder = new AacDecoder(44_100);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
        expectSoundOrInputError(decoder, bytes);
      }),
      { numRuns: 2000 },
    );
  });

  test.each([16_000, 44_100])('makes of damaged frames the same, at %i Hz', (rate) => {
    const { frames } = encode({ sound: CLICKS, rate, options: [], seconds: 1 });
    const decoder = new AacDecoder(rate);
    const damage = fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), { maxLength: 5 });
    fc.assert(
      fc.property(fc.constantFrom(...frames), damage, fc.nat(), (frame, changes, cut) => {
        const bytes = frame.slice(0, cut % 3 === 0 ? cut % frame.length : frame.length);
        for (const [at, byte] of changes) if (bytes.length > 0) bytes[at % bytes.length] = byte;
        expectSoundOrInputError(decoder, bytes);
      }),
      { numRuns: 1000 },
    );
  });
});

/** ffmpeg puts left and right first, the standard the centre. */
function order(planes: readonly Float32Array[], channel: number): Float32Array {
  return planes[planes.length === 6 ? [2, 0, 1, 4, 5, 3][channel]! : channel]!;
}

function expectSoundOrInputError(decoder: AacDecoder, bytes: Uint8Array): void {
  try {
    for (const plane of decoder.decode(bytes)) {
      expect(plane).toHaveLength(SAMPLES_PER_FRAME);
      expect(plane.every((sample) => sample >= -1 && sample <= 1)).toBe(true);
    }
  } catch (error) {
    expect(error).toBeInstanceOf(InputError);
    expect(error).toMatchObject({ code: 'invalid_aac' });
  }
}
