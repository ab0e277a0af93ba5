// Opus encoders of the console's channels: what comes out is decoded and measured.

import { Bandwidth, createDecoder, getPacketInfo } from 'libopus-wasm';
import { beforeAll, describe, expect, test } from 'vitest';
import type { ChannelEncoder, OpenChannelEncoder } from '#core/ports/sound-output.ts';
import { collectGarbage } from '../../../test/support/collect-garbage.ts';
import { openOpusEncoders } from './channel-encoders.ts';

const RATE = 48_000;
const FRAME_SIZES = [120, 240, 480, 960] as const;
/** 20 bytes for 2.5 ms cannot hold a tone: README.md has the table. */
const SHORT_BITRATE = 128_000;
/** -12 dBFS. */
const AMPLITUDE = 10 ** (-12 / 20);

let openEncoder: OpenChannelEncoder;
beforeAll(async () => {
  openEncoder = await openOpusEncoders();
});

/** Opened, and a turn of the event loop later. */
async function openReady(frames: number, { bitrate = 64_000, maxHz = 24_000 } = {}) {
  const encoder = openEncoder({ frames, bitrate, maxHz });
  await new Promise(setImmediate);
  return encoder;
}

function sine(hz: number, samples: number): Float32Array {
  return Float32Array.from(
    { length: samples },
    (_, at) => AMPLITUDE * Math.sin((2 * Math.PI * hz * at) / RATE),
  );
}

function encodeAll(encoder: ChannelEncoder, samples: Float32Array, frames: number): Uint8Array[] {
  const count = Math.floor(samples.length / frames);
  return Array.from({ length: count }, (_, at) =>
    encoder.encode(samples.subarray(at * frames, (at + 1) * frames)),
  );
}

async function decodeAll(packets: readonly Uint8Array[]): Promise<Float32Array> {
  const decoder = await createDecoder({ channels: 1 });
  const samples = packets.flatMap((packet) => [...decoder.decodeFloat(packet)]);
  decoder.free();
  return Float32Array.from(samples);
}

/** How much of a frequency is in it, as an amplitude; by a Hann window, so that others do not leak. */
function amplitudeAt(samples: Float32Array, hz: number): number {
  let [re, im] = [0, 0];
  samples.forEach((sample, at) => {
    const window = 1 - Math.cos((2 * Math.PI * at) / samples.length);
    re += window * sample * Math.cos((2 * Math.PI * hz * at) / RATE);
    im += window * sample * Math.sin((2 * Math.PI * hz * at) / RATE);
  });
  return (2 * Math.hypot(re, im)) / samples.length;
}

/** Finds the peak near a frequency, in steps of 0.1 Hz. */
function peakNear(samples: Float32Array, hz: number): { hz: number; amplitude: number } {
  let peak = { hz: 0, amplitude: 0 };
  for (let step = -20; step <= 20; step++) {
    const amplitude = amplitudeAt(samples, hz + step / 10);
    if (amplitude > peak.amplitude) peak = { hz: hz + step / 10, amplitude };
  }
  return peak;
}

describe.each(FRAME_SIZES)('packets of %i samples', (frames) => {
  test.each([1, 2, 5, 10, 17, 24, 32])(
    'hold the sine of 100 × %i Hz within 1 Hz and 1 dB',
    async (channel) => {
      const bitrate = frames === 120 ? SHORT_BITRATE : 64_000;
      const encoder = await openReady(frames, { bitrate });
      const decoded = await decodeAll(encodeAll(encoder, sine(100 * channel, RATE), frames));
      encoder.close();
      const peak = peakNear(decoded.subarray(RATE / 4), 100 * channel);
      expect(Math.abs(peak.hz - 100 * channel)).toBeLessThan(1);
      expect(Math.abs(20 * Math.log10(peak.amplitude / AMPLITUDE))).toBeLessThan(1);
    },
  );

  test.each([16_000, 48_000, 64_000, 96_000, 256_000])(
    'all have the size that %i bit/s allow, in silence and in noise',
    async (bitrate) => {
      const encoder = await openReady(frames, { bitrate });
      const loud = Float32Array.from({ length: 20 * frames }, (_, at) => Math.sin(at * at) / 2);
      const packets = [
        ...encodeAll(encoder, new Float32Array(20 * frames), frames),
        ...encodeAll(encoder, loud, frames),
      ];
      encoder.close();
      expect(new Set(packets.map(({ length }) => length)).size).toBe(1);
      expect(packets[0]?.length).toBeCloseTo((bitrate * frames) / RATE / 8, -0.5);
    },
  );
});

test.each([
  [24_000, Bandwidth.Fullband],
  [22_050, Bandwidth.Fullband],
  [16_000, Bandwidth.Superwideband],
  [12_000, Bandwidth.Superwideband],
])('up to %i Hz needs the bandwidth %i', async (maxHz, bandwidth) => {
  const encoder = await openReady(240, { maxHz });
  const packets = encodeAll(encoder, sine(15_000, RATE / 2), 240);
  encoder.close();
  expect(await getPacketInfo(packets[50] ?? new Uint8Array())).toMatchObject({
    bandwidth,
    channels: 1,
    samples: 240,
  });
  const heard = amplitudeAt((await decodeAll(packets)).subarray(RATE / 4), 15_000);
  if (bandwidth === Bandwidth.Fullband) expect(heard).toBeGreaterThan(AMPLITUDE / 2);
  else expect(heard).toBeLessThan(AMPLITUDE / 100);
});

test('what is encoded in the turn of opening is an empty frame, after closing too', async () => {
  const encoder = openEncoder({ frames: 240, bitrate: 64_000, maxHz: 24_000 });
  expect(encoder.encode(new Float32Array(240))).toHaveLength(0);
  await new Promise(setImmediate);
  expect(encoder.encode(new Float32Array(240))).toHaveLength(40);
  encoder.close();
  encoder.close();
  expect(encoder.encode(new Float32Array(240))).toHaveLength(0);
});

test('frames belong to the caller: a later one does not change them', async () => {
  const encoder = await openReady(240);
  const [first, second] = encodeAll(encoder, sine(440, 480), 240);
  const copy = first?.slice();
  encoder.encode(sine(880, 240));
  encoder.close();
  expect(first).toEqual(copy);
  expect(first?.buffer).not.toBe(second?.buffer);
});

test.each([Number.NaN, Number.POSITIVE_INFINITY, 1e30])(
  'samples of %d are a packet like others, and what follows sounds again',
  async (sample) => {
    const encoder = await openReady(240);
    expect(encoder.encode(new Float32Array(240).fill(sample))).toHaveLength(40);
    const decoded = await decodeAll(encodeAll(encoder, sine(1_000, RATE / 2), 240));
    encoder.close();
    const amplitude = amplitudeAt(decoded.subarray(RATE / 4), 1_000);
    expect(Math.abs(20 * Math.log10(amplitude / AMPLITUDE))).toBeLessThan(1);
  },
);

test('2,000 encoders opened, used and closed leave no memory behind', async () => {
  const round = async (count: number) => {
    for (let at = 0; at < count; at++) {
      const encoder = openEncoder({ frames: 240, bitrate: 64_000, maxHz: 24_000 });
      // Every third is closed before it is there.
      if (at % 3 > 0) await Promise.resolve().then(() => {});
      encoder.encode(new Float32Array(240));
      encoder.close();
    }
    await collectGarbage();
    return process.memoryUsage().external;
  };
  const before = await round(200);
  const after = await round(2_000);
  // WebAssembly's memory is in this figure: 2,000 encoders left open add more than 20 MiB to it.
  expect(after - before).toBeLessThan(4 * 2 ** 20);
});
