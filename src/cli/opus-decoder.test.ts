// libopus' decoders: what was encoded comes out, what is missing is bridged, damage is told.

import { createEncoder } from 'libopus-wasm';
import { expect, test } from 'vitest';
import { openOpusDecoders } from './opus-decoder.ts';

const openDecoder = await openOpusDecoders();

async function openReady() {
  const decoder = openDecoder();
  await new Promise(setImmediate);
  return decoder;
}

async function encodeTone(frames: number): Promise<Uint8Array[]> {
  const encoder = await createEncoder({ channels: 1, frameSize: frames, bitrate: 64_000 });
  const packets = Array.from({ length: 20 }, (_, packet) => {
    const samples = Float32Array.from(
      { length: frames },
      (__, at) => 0.25 * Math.sin((2 * Math.PI * 1_000 * (packet * frames + at)) / 48_000),
    );
    return encoder.encodeFloat(samples, { maxPacketBytes: 1_275 }).slice();
  });
  encoder.free();
  return packets;
}

function rms(samples: Float32Array): number {
  return Math.sqrt(samples.reduce((sum, each) => sum + each * each, 0) / samples.length);
}

test.each([120, 240, 960])(
  'packets of %i samples are decoded, and gaps sound on',
  async (frames) => {
    const decoder = await openReady();
    const samples = new Float32Array(frames);
    const packets = await encodeTone(frames);
    for (const packet of packets) expect(decoder.decode(packet, samples)).toBe(true);
    expect(rms(samples)).toBeGreaterThan(0.12);
    decoder.conceal(samples);
    expect(rms(samples)).toBeGreaterThan(0.05);
    decoder.close();
  },
);

test('a gap that is no multiple of 2.5 ms ends in silence', async () => {
  const decoder = await openReady();
  for (const packet of await encodeTone(240)) decoder.decode(packet, new Float32Array(240));
  const samples = new Float32Array(200).fill(9);
  decoder.conceal(samples);
  expect(rms(samples.subarray(0, 120))).toBeGreaterThan(0.05);
  expect(rms(samples.subarray(120))).toBe(0);
  const short = new Float32Array(60).fill(9);
  decoder.conceal(short);
  expect(rms(short)).toBe(0);
  decoder.close();
});

test('what is damaged, or of another length, is told', async () => {
  const decoder = await openReady();
  const [packet = new Uint8Array()] = await encodeTone(240);
  expect(decoder.decode(packet, new Float32Array(480))).toBe(false);
  expect(decoder.decode(Uint8Array.of(3, 0xff, 0xff), new Float32Array(240))).toBe(false);
  decoder.close();
});

test('in the turn of opening, and after closing, there is silence', async () => {
  const decoder = openDecoder();
  const samples = new Float32Array(240).fill(9);
  const [packet = new Uint8Array()] = await encodeTone(240);
  const early = openDecoder();
  expect(early.decode(packet, samples)).toBe(false);
  early.conceal(samples);
  expect(rms(samples)).toBe(0);
  decoder.close();
  decoder.close();
  early.close();
  await new Promise(setImmediate);
  expect(early.decode(packet, samples)).toBe(false);
});
