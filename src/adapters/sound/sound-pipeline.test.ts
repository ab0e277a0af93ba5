// A pipeline without its thread: what ffmpeg encoded goes in, and ffmpeg judges what comes out.

import { describe, expect, test } from 'vitest';
import { RTP_HEADER_BYTES, readSequence, readTimestamp } from '#media/rtp/header.ts';
import {
  aacClip,
  decodeOpus,
  measureTone,
  pcmClip,
  type SoundClip,
} from '../../../test/support/sound-clips.ts';
import type { OpusPacket } from './messages.ts';
import { openOpusEncoder } from './opus-encoder.ts';
import { outputChannels, SoundPipeline } from './sound-pipeline.ts';

/** Just before the timestamps wrap. */
const START = 2 ** 32 - 5000;
const CAPTURED_MS = 10_000;

interface Changes {
  readonly keeps?: (index: number) => boolean;
  readonly timestamp?: (index: number, timestamp: number) => number;
  readonly payload?: (payload: Uint8Array, index: number) => Uint8Array;
}

async function convert(clip: SoundClip, changes: Changes = {}) {
  const pipeline = new SoundPipeline(
    clip.format,
    await openOpusEncoder(outputChannels(clip.format)),
  );
  const packets: OpusPacket[] = [];
  clip.payloads.forEach((payload, index) => {
    if (changes.keeps?.(index) === false) return;
    const timestamp = (START + index * clip.ticks) % 2 ** 32;
    const input = {
      payload: changes.payload?.(payload, index) ?? payload,
      timestamp: changes.timestamp?.(index, timestamp) ?? timestamp,
      marker: true,
      capturedAtMs: CAPTURED_MS + (index * clip.ticks * 1000) / clip.format.clockRate,
    };
    pipeline.take(input, (packet) => packets.push(packet));
  });
  const { damaged } = pipeline;
  pipeline.close();
  return { packets, damaged };
}

const timestampsOf = (packets: readonly OpusPacket[]) =>
  packets.map(({ packet }) => readTimestamp(packet));

function hear(packets: readonly OpusPacket[], channels: 1 | 2): Float32Array[] {
  return decodeOpus(
    packets.map(({ packet }) => packet.subarray(RTP_HEADER_BYTES)),
    channels,
  );
}

/** With the amplitude that is expected. */
const CLIPS: readonly [string, () => SoundClip, number][] = [
  ['AAC, 16 kHz, mono', () => aacClip({ rate: 16_000, channels: 1 }), 0.5],
  ['AAC, 44.1 kHz, stereo', () => aacClip({ rate: 44_100, channels: 2 }), 0.5],
  ['AAC, 48 kHz, mono', () => aacClip({ rate: 48_000, channels: 1 }), 0.5],
  // Its sixth channel is for low frequencies only, and has no such tone.
  ['AAC, 32 kHz, 5.1', () => aacClip({ rate: 32_000, channels: 6 }), 0.41],
  ['PCMU, 8 kHz, mono', () => pcmClip('PCMU', { rate: 8000, channels: 1 }), 0.5],
  ['PCMA, 16 kHz, mono', () => pcmClip('PCMA', { rate: 16_000, channels: 1 }), 0.5],
  ['L16, 44.1 kHz, stereo', () => pcmClip('L16', { rate: 44_100, channels: 2 }), 0.5],
];

describe('SoundPipeline', () => {
  test.each(CLIPS)('makes clean Opus of a tone: %s', async (_, makeClip, loud) => {
    const clip = makeClip();
    const { packets, damaged } = await convert(clip);
    expect(damaged).toBe(0);
    packets.forEach(({ packet }, index) => {
      expect(readSequence(packet)).toBe(index);
      expect(readTimestamp(packet)).toBe(index * 960);
    });
    const seconds = (clip.payloads.length * clip.ticks) / clip.format.clockRate;
    expect(Math.abs(packets.length / 50 - seconds)).toBeLessThanOrEqual(0.02);
    for (const samples of hear(packets, outputChannels(clip.format))) {
      const { amplitude, snrDb, step } = measureTone(samples.subarray(24_000, 168_000));
      expect(Math.abs(amplitude - loud)).toBeLessThan(0.01);
      expect(snrDb).toBeGreaterThan(30);
      // The steepest step of the tone itself is 0.065.
      expect(step).toBeLessThan(0.1);
    }
  });

  test('leaves out a payload of more than a second, and goes on behind it', async () => {
    const clip = pcmClip('PCMA', { rate: 8000, channels: 1 });
    const whole = await convert(clip);
    const { packets, damaged } = await convert(clip, {
      payload: (payload, index) => (index === 5 ? new Uint8Array(8_001) : payload),
    });
    expect(damaged).toBe(1);
    expect(packets.length).toBeLessThanOrEqual(whole.packets.length);
    expect(packets.length).toBeGreaterThan(whole.packets.length - 3);
  });

  test('says when each packet was captured, less what the conversion delays', async () => {
    const { packets } = await convert(aacClip({ rate: 16_000, channels: 1 }));
    // 24 samples of the filter at 16 kHz and 312 of Opus at 48 kHz.
    const delayMs = 1.5 + 6.5;
    packets.forEach(({ capturedAtMs }, index) => {
      expect(capturedAtMs).toBeCloseTo(CAPTURED_MS + index * 20 - delayMs, 6);
    });
  });

  test.each([
    ['AAC', () => aacClip({ rate: 48_000, channels: 1 })],
    ['PCMU', () => pcmClip('PCMU', { rate: 8000, channels: 1 })],
  ] as const)('keeps the gap where a second of %s is missing', async (_, makeClip) => {
    const clip = makeClip();
    const perSecond = clip.format.clockRate / clip.ticks;
    const from = Math.round(perSecond);
    const lost = Math.round(perSecond);
    const { packets } = await convert(clip, {
      keeps: (index) => index < from || index >= from + lost,
    });
    const timestamps = timestampsOf(packets);
    const whole = Math.floor((clip.payloads.length * clip.ticks * 48_000) / clip.format.clockRate);
    expect(whole - (timestamps.at(-1) ?? 0)).toBeLessThan(2 * 960);
    const steps = timestamps.slice(1).map((timestamp, index) => timestamp - timestamps[index]!);
    expect(steps.filter((step) => step !== 960)).toHaveLength(1);
    expect(steps.every((step) => step % 960 === 0)).toBe(true);
    packets.forEach(({ packet, capturedAtMs }) => {
      const expectedMs = CAPTURED_MS + readTimestamp(packet) / 48;
      expect(Math.abs(capturedAtMs - expectedMs)).toBeLessThan(25);
    });
  });

  test('fades out where AAC is missing, without a click', async () => {
    const { packets } = await convert(aacClip({ rate: 48_000, channels: 1 }), {
      keeps: (index) => index < 60 || index >= 80,
    });
    const [samples = new Float32Array()] = hear(packets, 1);
    expect(measureTone(samples.subarray(24_000)).step).toBeLessThan(0.1);
  });

  test('conceals and counts access units that make no sense, and goes on', async () => {
    const clip = aacClip({ rate: 44_100, channels: 2 });
    const { packets, damaged } = await convert(clip, {
      payload: (payload, index) =>
        index % 40 === 20 ? payload.map((byte, at) => (at < 4 ? byte : 0xff)) : payload,
    });
    expect(damaged).toBe(4);
    const seconds = (clip.payloads.length * clip.ticks) / clip.format.clockRate;
    expect(Math.abs(packets.length / 50 - seconds)).toBeLessThanOrEqual(0.02);
    expect(timestampsOf(packets)).toEqual(packets.map((_, index) => index * 960));
  });

  test('makes mono AAC silent if it is nonsense from the first access unit on', async () => {
    const { packets, damaged } = await convert(aacClip({ rate: 16_000, channels: 1 }), {
      // It begins with a coupling channel.
      payload: () => Uint8Array.of(0, 16, 0, 8 << 3, 0x40, 0, 0, 0, 0, 0, 0, 0),
    });
    expect(damaged).toBeGreaterThan(60);
    expect(hear(packets, 1)[0]?.every((sample) => Math.abs(sample) < 0.001)).toBe(true);
  });

  test('goes on without a gap when timestamps jitter by 30 ms', async () => {
    const { packets } = await convert(aacClip({ rate: 48_000, channels: 1 }), {
      timestamp: (index, timestamp) => (timestamp + (index % 2) * 1440) % 2 ** 32,
    });
    expect(timestampsOf(packets)).toEqual(packets.map((_, index) => index * 960));
  });

  test('counts on where timestamps fall behind by over 500 ms', async () => {
    const { packets } = await convert(aacClip({ rate: 48_000, channels: 1 }), {
      timestamp: (index, timestamp) => (index < 50 ? timestamp : timestamp - 480_000),
    });
    expect(timestampsOf(packets)).toEqual(packets.map((_, index) => index * 960));
  });
});
