// Many channels in lockstep: pass band, aliases and delay measured, channels that come and go.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { InputError } from '#std/errors.ts';
import { ChannelResampler } from './channel-resampler.ts';

const PAIRS = [48_000, 44_100].flatMap((fromRate) =>
  [48_000, 44_100, 32_000, 24_000]
    .filter((toRate) => toRate !== fromRate)
    .map((toRate) => ({ fromRate, toRate })),
);
const CHANNELS = Array.from({ length: 32 }, (_, at) => at + 1);
const FULL_SCALE_DB = 20 * Math.log10(Math.SQRT1_2);

function sine(rate: number, hz: number, length = rate / 2): Float32Array {
  return Float32Array.from({ length }, (_, at) => Math.sin((2 * Math.PI * hz * at) / rate));
}

/** 32 frequencies between two. */
function spread(lowest: number, highest: number): number[] {
  return CHANNELS.map((channel) => lowest + ((highest - lowest) * (channel - 1)) / 31);
}

/** What becomes of half a second of each sine, without the filter's start. */
function resampleSines(rates: { fromRate: number; toRate: number }, frequencies: number[]) {
  const resampler = new ChannelResampler(rates);
  resampler.setChannels(CHANNELS);
  const planes = frequencies.map((hz) => sine(rates.fromRate, hz));
  const count = resampler.push(planes, rates.fromRate / 2);
  const start = Math.floor(count / 10);
  const outputs = CHANNELS.map((channel) => resampler.output(channel)!.slice(start, count));
  return { outputs, start, delay: resampler.delay };
}

function rmsDb(samples: Float32Array): number {
  const energy = samples.reduce((sum, sample) => sum + sample * sample, 0);
  return 10 * Math.log10(energy / samples.length + 1e-30);
}

/** The sine of this frequency that fits best, and how loud what is left is without it. */
function fitSine(samples: Float32Array, { hz, rate }: { hz: number; rate: number }) {
  let [cc, ss, cs, xc, xs] = [0, 0, 0, 0, 0];
  const step = (2 * Math.PI * hz) / rate;
  samples.forEach((sample, at) => {
    const [cos, sin] = [Math.cos(step * at), Math.sin(step * at)];
    cc += cos * cos;
    ss += sin * sin;
    cs += cos * sin;
    xc += sample * cos;
    xs += sample * sin;
  });
  const divisor = cc * ss - cs * cs;
  const a = (xc * ss - xs * cs) / divisor;
  const b = (xs * cc - xc * cs) / divisor;
  const rest = samples.map(
    (sample, at) => sample - a * Math.cos(step * at) - b * Math.sin(step * at),
  );
  return {
    gainDb: 20 * Math.log10(Math.hypot(a, b)),
    phase: Math.atan2(a, b),
    restDb: rmsDb(rest) - FULL_SCALE_DB,
  };
}

describe.each(PAIRS)('from $fromRate Hz to $toRate Hz', (rates) => {
  const { fromRate, toRate } = rates;
  const edge = Math.min(fromRate, toRate) / 2;

  test('the pass band is flat, and no image rises above -90 dB', () => {
    const frequencies = spread(50, 0.9 * edge);
    const { outputs } = resampleSines(rates, frequencies);
    outputs.forEach((samples, at) => {
      const { gainDb, restDb } = fitSine(samples, { hz: frequencies[at]!, rate: toRate });
      expect(Math.abs(gainDb)).toBeLessThanOrEqual(0.1);
      expect(restDb).toBeLessThanOrEqual(-90);
    });
  });

  test('what lies above the edge is at least 90 dB lower', () => {
    const isFalling = toRate < fromRate;
    const frequencies = spread(edge, fromRate / 2 - 1);
    // When the rate rises, what lies above the edge are the images of what lies right below it.
    const given = isFalling ? frequencies : spread(0.9 * edge, 0.97 * edge);
    const { outputs } = resampleSines(rates, given);
    outputs.forEach((samples, at) => {
      const heardDb = isFalling
        ? rmsDb(samples) - FULL_SCALE_DB
        : fitSine(samples, { hz: given[at]!, rate: toRate }).restDb;
      expect(heardDb).toBeLessThanOrEqual(-90);
    });
  });

  test('every frequency is late by as much as it says, less than 2.5 ms', () => {
    const frequencies = spread(50, 0.9 * edge);
    const { outputs, start, delay } = resampleSines(rates, frequencies);
    expect((1_000 * delay) / fromRate).toBeLessThan(2.5);
    outputs.forEach((samples, at) => {
      const hz = frequencies[at]!;
      const { phase } = fitSine(samples, { hz, rate: toRate });
      const expected = 2 * Math.PI * hz * (start / toRate - delay / fromRate);
      expect(Math.cos(phase - expected)).toBeGreaterThan(1 - 1e-6);
    });
  });

  test('no samples are gained or lost', () => {
    const resampler = new ChannelResampler(rates);
    const planes = [new Float32Array(fromRate / 100)];
    let count = 0;
    for (let block = 0; block < 500; block++) count += resampler.push(planes, fromRate / 100);
    expect(count).toBe(5 * toRate);
  });
});

const rates = { fromRate: 48_000, toRate: 44_100 };

/** What each channel's output is, block after block. */
function collect(resampler: ChannelResampler, planes: Float32Array[], cuts: number[]) {
  const outputs = new Map<number, number[]>();
  let start = 0;
  for (const frames of cuts) {
    const block = planes.map((plane) => plane.subarray(start, start + frames));
    const count = resampler.push(block, frames);
    start += frames;
    for (const channel of CHANNELS) {
      const output = resampler.output(channel);
      if (output)
        outputs.set(channel, [...(outputs.get(channel) ?? []), ...output.slice(0, count)]);
    }
  }
  return outputs;
}

test('the samples are the same however the input is cut', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...PAIRS),
      fc.array(fc.integer({ min: 0, max: 400 }), { minLength: 1, maxLength: 8 }),
      fc.uniqueArray(fc.constantFrom(...CHANNELS), { minLength: 1, maxLength: 6 }),
      (pair, cuts, channels) => {
        const planes = CHANNELS.map((channel) => sine(pair.fromRate, 100 * channel, 3_200));
        const [atOnce, inPieces] = [new ChannelResampler(pair), new ChannelResampler(pair)];
        for (const resampler of [atOnce, inPieces]) resampler.setChannels(channels);
        const whole = collect(atOnce, planes, [cuts.reduce((sum, cut) => sum + cut, 0)]);
        expect(collect(inPieces, planes, cuts)).toEqual(whole);
        expect([...whole.keys()].toSorted()).toEqual(channels.toSorted());
      },
    ),
    { numRuns: 40 },
  );
});

test('a channel that comes later begins with silence and disturbs no other', () => {
  const planes = [sine(48_000, 440, 720), sine(48_000, 1_000, 720)];
  const silentFirst = planes[1]!.map((sample, at) => (at < 241 ? 0 : sample));
  const steady = new ChannelResampler(rates);
  steady.setChannels([1, 2]);
  const expected = collect(steady, [planes[0]!, silentFirst], [241, 479]);

  const joined = new ChannelResampler(rates);
  joined.setChannels([1]);
  const before = collect(joined, planes, [241]);
  joined.setChannels([2, 1]);
  const after = collect(
    joined,
    planes.map((plane) => plane.subarray(241)),
    [479],
  );
  expect([...before.get(1)!, ...after.get(1)!]).toEqual(expected.get(1));
  expect(after.get(2)).toEqual(expected.get(2)!.slice(-after.get(2)!.length));
});

test('a channel that comes back has forgotten what it was', () => {
  const resampler = new ChannelResampler(rates);
  resampler.setChannels([1]);
  collect(resampler, [new Float32Array(480).fill(1)], [480]);
  resampler.setChannels([]);
  expect(resampler.output(1)).toBeUndefined();
  resampler.setChannels([1]);
  const { value } = collect(resampler, [new Float32Array(480)], [480])
    .values()
    .next();
  expect(value).toEqual(Array(441).fill(0));
});

test('a channel that the source does not have is silent', () => {
  const resampler = new ChannelResampler(rates);
  resampler.setChannels([1, 2]);
  const planes = [sine(48_000, 440, 480), sine(48_000, 440, 480)];
  resampler.push(planes, 480);
  resampler.push(planes.slice(0, 1), 480);
  const count = resampler.push(planes.slice(0, 1), 480);
  expect(Math.max(...resampler.output(1)!.subarray(0, count))).toBeGreaterThan(0.9);
  expect(new Set(resampler.output(2)!.subarray(0, count))).toEqual(new Set([0]));
});

test('a channel that is named twice is there once', () => {
  const [once, twice] = [new ChannelResampler(rates), new ChannelResampler(rates)];
  once.setChannels([1]);
  twice.setChannels([1]);
  twice.setChannels([1, 1]);
  const planes = [sine(48_000, 440, 720)];
  expect(collect(twice, planes, [50, 670])).toEqual(collect(once, planes, [50, 670]));
});

test.each([48_000, 44_100])('at the same rate of %i Hz samples pass as they are', (rate) => {
  const resampler = new ChannelResampler({ fromRate: rate, toRate: rate });
  resampler.setChannels([2, 3]);
  expect(resampler.delay).toBe(0);
  expect(resampler.push([sine(rate, 1, 9), Float32Array.of(0.1, -1, 1e-7)], 3)).toBe(3);
  expect(resampler.output(2)!.subarray(0, 3)).toEqual(Float32Array.of(0.1, -1, 1e-7));
  expect(resampler.output(3)!.subarray(0, 3)).toEqual(new Float32Array(3));
  resampler.push([], 3);
  expect(resampler.output(2)!.subarray(0, 3)).toEqual(new Float32Array(3));
});

test('buffers are made anew only for a block that is larger than any before', () => {
  const resampler = new ChannelResampler(rates);
  resampler.setChannels([1]);
  const plane = new Float32Array(480);
  resampler.push([plane], 240);
  const output = resampler.output(1);
  resampler.push([plane], 240);
  expect(resampler.output(1)).toBe(output);
  resampler.push([plane], 480);
  expect(resampler.output(1)).not.toBe(output);
});

test('rates that would need enormous filters are refused', () => {
  expect(() => new ChannelResampler({ fromRate: 44_101, toRate: 48_000 })).toThrow(InputError);
});
