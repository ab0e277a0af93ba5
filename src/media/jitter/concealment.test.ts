// Gaps in sound, bridged: how loud the click is that remains, against a gap of silence.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { seededRandom } from '../../../test/support/seeded-random.ts';
import { Concealment } from './concealment.ts';

const RATE = 48_000;
const PACKET_SAMPLES = 240;

type Signal = (sample: number) => number;

const sine =
  (hz: number): Signal =>
  (sample) =>
    0.5 * Math.sin((2 * Math.PI * hz * sample) / RATE);

/** Three tones of a chord and their octaves. */
const chord: Signal = (sample) =>
  [220, 277.2, 329.6, 440, 554.4, 659.3].reduce((sum, hz) => sum + sine(hz)(sample) / 6, 0);

function createNoise(): Signal {
  const random = seededRandom(8);
  const values = Array.from({ length: RATE }, () => random() - 0.5);
  return (sample) => values[sample % RATE] ?? 0;
}

interface GapOptions {
  readonly isLost: (packet: number) => boolean;
  readonly bridge?: 'concealment' | 'silence';
  readonly packets?: number;
  readonly knowsAfter?: boolean;
}

/** A signal in packets of 5 ms, as it is heard. */
function playWithGaps(signal: Signal, options: GapOptions): Float32Array {
  const { isLost, bridge = 'concealment', packets = 60, knowsAfter = true } = options;
  const concealment = new Concealment(RATE);
  const heard = new Float32Array(packets * PACKET_SAMPLES);
  const packetAt = (packet: number) =>
    Float32Array.from({ length: PACKET_SAMPLES }, (_, at) => signal(packet * PACKET_SAMPLES + at));
  for (let packet = 0; packet < packets; packet++) {
    const samples = isLost(packet) ? new Float32Array(PACKET_SAMPLES) : packetAt(packet);
    const after = knowsAfter && !isLost(packet + 1) ? packetAt(packet + 1) : undefined;
    if (bridge === 'concealment') {
      if (isLost(packet)) concealment.conceal(samples, after);
      else concealment.play(samples);
    }
    heard.set(samples, packet * PACKET_SAMPLES);
  }
  return heard;
}

/** In dB, the energy of what is not smooth (the fourth difference), over all samples. */
function clickDb(heard: Float32Array): number {
  let energy = 0;
  const at = (index: number) => heard[index] ?? 0;
  for (let index = 4; index < heard.length; index++) {
    const bend =
      at(index) - 4 * at(index - 1) + 6 * at(index - 2) - 4 * at(index - 3) + at(index - 4);
    energy += bend ** 2;
  }
  return 10 * Math.log10(energy);
}

function errorDb(heard: Float32Array, signal: Signal): number {
  let [error, power] = [0, 0];
  heard.forEach((sample, at) => {
    error += (sample - signal(at)) ** 2;
    power += signal(at) ** 2;
  });
  return 10 * Math.log10(error / power);
}

function peak(samples: Float32Array): number {
  return samples.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
}

const onePacket = (packet: number) => packet === 30;

describe('Concealment of one lost packet', () => {
  test.each([100, 440, 997, 3_200])('leaves no click in a sine of %i Hz', (hz) => {
    const silent = playWithGaps(sine(hz), { isLost: onePacket, bridge: 'silence' });
    const bridged = playWithGaps(sine(hz), { isLost: onePacket });
    const whole = clickDb(playWithGaps(sine(hz), { isLost: () => false }));
    expect(clickDb(bridged)).toBeLessThan(Math.max(whole + 3, clickDb(silent) - 20));
    expect(errorDb(bridged, sine(hz))).toBeLessThan(errorDb(silent, sine(hz)) - 15);
  });

  test('leaves no click in a chord', () => {
    const silent = playWithGaps(chord, { isLost: onePacket, bridge: 'silence' });
    const bridged = playWithGaps(chord, { isLost: onePacket });
    expect(clickDb(bridged)).toBeLessThan(clickDb(silent) - 15);
    expect(errorDb(bridged, chord)).toBeLessThan(errorDb(silent, chord) - 6);
  });

  test('is no louder and no rougher than the noise around it', () => {
    const noise = createNoise();
    const bridged = playWithGaps(noise, { isLost: onePacket });
    const whole = playWithGaps(noise, { isLost: () => false });
    expect(Math.abs(clickDb(bridged) - clickDb(whole))).toBeLessThan(0.5);
    const gap = bridged.subarray(30 * PACKET_SAMPLES, 31 * PACKET_SAMPLES);
    const before = bridged.subarray(29 * PACKET_SAMPLES, 30 * PACKET_SAMPLES);
    const power = (samples: Float32Array) => samples.reduce((sum, each) => sum + each ** 2, 0);
    expect(10 * Math.log10(power(gap) / power(before))).toBeGreaterThan(-2);
  });

  test('fits what follows better when that is known', () => {
    const known = playWithGaps(chord, { isLost: onePacket });
    const unknown = playWithGaps(chord, { isLost: onePacket, knowsAfter: false });
    expect(errorDb(known, chord)).toBeLessThan(errorDb(unknown, chord));
  });

  test('keeps a constant as it is', () => {
    const heard = playWithGaps(() => 7 / 32_768, {
      isLost: (packet) => packet >= 10 && packet % 9 === 0,
    });
    expect(new Set(heard)).toEqual(new Set([Math.fround(7 / 32_768)]));
  });
});

describe('Concealment of longer gaps', () => {
  const isLost = (packet: number) => packet >= 20 && packet < 40;
  const msAt = (heard: Float32Array, ms: number) =>
    peak(heard.subarray((20 * 5 + ms) * 48, (20 * 5 + ms + 5) * 48));

  test('goes on for 20 ms, fades by 6 dB in 10 ms, and is silent from 60 ms on', () => {
    const heard = playWithGaps(sine(1_000), { isLost });
    expect(msAt(heard, 15)).toBeCloseTo(0.5, 2);
    expect(msAt(heard, 30)).toBeCloseTo(0.25, 2);
    expect(msAt(heard, 40)).toBeCloseTo(0.125, 2);
    expect(msAt(heard, 60)).toBe(0);
    expect(msAt(heard, 95)).toBe(0);
  });

  test('fades in within 5 ms where sound comes again', () => {
    const heard = playWithGaps(sine(1_000), { isLost });
    const back = 40 * PACKET_SAMPLES;
    expect(Math.abs(heard[back] ?? 1)).toBeLessThan(0.01);
    expect(peak(heard.subarray(back + 96, back + 144))).toBeLessThan(0.35);
    expect(peak(heard.subarray(back + 240, back + 480))).toBeCloseTo(0.5, 3);
  });

  test('leaves no click at either end', () => {
    const bridged = playWithGaps(sine(440), { isLost });
    const silent = playWithGaps(sine(440), { isLost, bridge: 'silence' });
    // What is left is where the crests of a repeated period are kept from exceeding the sound before.
    expect(clickDb(bridged)).toBeLessThan(clickDb(silent) - 9);
  });
});

describe('Concealment', () => {
  test('smooths a jump in the sound, and leaves alone what continues', () => {
    const concealment = new Concealment(RATE);
    const packet = (from: number) =>
      Float32Array.from({ length: 480 }, (_, at) => sine(440)(from + at));
    for (const from of [0, 480, 960, 1_440]) concealment.play(packet(from));
    const jumped = packet(4_060);
    concealment.play(jumped, false);
    const before = sine(440)(1_919);
    expect(Math.abs((jumped[0] ?? 9) - before)).toBeLessThan(0.04);
    expect(Math.abs(sine(440)(4_060) - before)).toBeGreaterThan(0.2);
    expect(jumped.subarray(120)).toEqual(packet(4_060).subarray(120));
    const next = packet(4_540);
    concealment.play(next);
    expect(next).toEqual(packet(4_540));
  });

  test('goes on from pieces of whatever length', () => {
    const pieces = (length: number) => {
      const concealment = new Concealment(RATE);
      for (let from = 0; from < 4_800; from += length) {
        concealment.play(Float32Array.from({ length }, (_, at) => chord(from + at)));
      }
      const bridged = new Float32Array(240);
      concealment.conceal(bridged);
      return bridged;
    };
    expect(pieces(2_400)).toEqual(pieces(100));
    expect(peak(pieces(2_400))).toBeGreaterThan(0.05);
  });

  test('is silence where nothing was heard before', () => {
    const samples = new Float32Array(480).fill(9);
    new Concealment(RATE).conceal(samples);
    expect(peak(samples)).toBe(0);
  });

  test('is never louder than what came in, and always a number', () => {
    const packets = fc.array(
      fc.record({
        isLost: fc.boolean(),
        isContinuous: fc.boolean(),
        hasAfter: fc.boolean(),
        samples: fc.float32Array({ min: -1, max: 1, noNaN: true, minLength: 1, maxLength: 300 }),
      }),
      { maxLength: 30 },
    );
    fc.assert(
      fc.property(packets, fc.constantFrom(48_000, 44_100, 24_000), (list, rate) => {
        const concealment = new Concealment(rate);
        const loudest = list.reduce((most, { samples }) => Math.max(most, peak(samples)), 0);
        for (const { isLost, isContinuous, hasAfter, samples } of list) {
          const heard = samples.slice();
          if (isLost) concealment.conceal(heard, hasAfter ? samples : undefined);
          else concealment.play(heard, isContinuous);
          expect(heard.every((sample) => Math.abs(sample) <= loudest + 1e-6)).toBe(true);
        }
      }),
    );
  });
});
