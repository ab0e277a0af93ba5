// What a receiver makes of packets that are written by none of its own code.

import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import type { StreamConfig } from '#contract/listening.ts';
import { type ScriptedFormat, ScriptedRtp } from '../../../test/support/scripted-rtp.ts';
import { qosMetricsOf } from './qos-metrics.ts';
import { Receiver } from './receiver.ts';
import type { OpusDecoder, SoundTap } from './voices.ts';

/** A decoder whose samples are the last byte of the frame, and -1 where it bridged. */
class FakeDecoder implements OpusDecoder {
  isClosed = false;

  decode(frame: Uint8Array, samples: Float32Array): boolean {
    samples.fill(frame.at(-1) ?? 0);
    return frame.length > 2;
  }

  conceal(samples: Float32Array): void {
    samples.fill(-1);
  }

  close(): void {
    this.isClosed = true;
  }
}

class KeptSound implements SoundTap {
  readonly samples = new Map<number, number[]>();
  readonly misses = new Map<number, number>();

  heard(channel: number, samples: Float32Array): void {
    const kept = this.samples.get(channel) ?? [];
    this.samples.set(channel, kept);
    for (const sample of samples) kept.push(sample);
  }

  missed(channel: number): void {
    this.misses.set(channel, (this.misses.get(channel) ?? 0) + 1);
  }
}

let tap: KeptSound;
let decoders: FakeDecoder[];
beforeEach(() => {
  tap = new KeptSound();
  decoders = [];
});

const openDecoder = () => {
  const decoder = new FakeDecoder();
  decoders.push(decoder);
  return decoder;
};

/** The server's clock is 7 s ahead of ours. */
const sync = { latencyOf: (sent: number, received: number) => received + 7_000 - sent };
const WALL_MS = 1_700_000_000_000;

function open({ plays = true } = {}): Receiver {
  const player = plays ? { openDecoder, tap, quantumMs: 1 } : undefined;
  return new Receiver({ sync, player });
}

const PCM: ScriptedFormat = { compression: 'pcm', rate: 48_000, channels: [1, 2, 3], packetMs: 5 };

function configOf(format: ScriptedFormat, rtp: ScriptedRtp): StreamConfig {
  return {
    compression: format.compression,
    layout: 'bundle',
    sample_rate: format.rate as 48_000,
    clock_rate: rtp.clockRate,
    packet_time_ms: format.packetMs as 5,
    bitrate: null,
    channels: format.channels.map((id) => ({ id, name: `CH${id}` })),
    left_out: [],
    streams: [
      {
        payload_type: rtp.payloadType,
        ssrc: rtp.ssrc,
        channels: [...format.channels],
        port: 5_004,
      },
    ],
  };
}

/** 2.5 ms at 48 kHz. */
const FADED_FRAMES = 120;

interface Run {
  readonly format?: ScriptedFormat;
  readonly ticks: number;
  readonly drop?: (index: number) => boolean;
  readonly receiver?: Receiver;
  readonly seed?: number;
}

/** Which values there are, as integers, after the first ones, which are faded in. */
function valuesOf(samples: readonly number[] | undefined, bits = 16): Set<number> {
  const scaled = samples?.slice(FADED_FRAMES).map((sample) => sample * 2 ** (bits - 1));
  return new Set(scaled?.map((value) => Math.round(value * 1_000) / 1_000));
}

/** Ticks on pace, each packet 12 ms on its way, played as they come; says what was played. */
async function run({ format = PCM, ticks, drop, receiver = open(), seed = 3 }: Run) {
  const rtp = await ScriptedRtp.open(format, {}, seed);
  receiver.configure(configOf(format, rtp));
  const played: number[][] = format.channels.map(() => []);
  let index = 0;
  let dueFrames = 0;
  for (let tick = 0; tick < ticks; tick++) {
    const startMs = tick * format.packetMs;
    const arrival = { atMs: startMs + 12, wallMs: WALL_MS + startMs + 12 };
    for (const packet of rtp.nextTick(WALL_MS + 7_000 + startMs)) {
      if (!drop?.(index++)) receiver.receive(packet, arrival);
    }
    dueFrames += (format.packetMs * rtp.clockRate) / 1_000;
    dueFrames = play(receiver, { played, dueFrames, nowMs: arrival.atMs });
  }
  rtp.close();
  return { receiver, played };
}

/** Says how much more is due. */
function play(
  receiver: Receiver,
  { played, dueFrames, nowMs }: { played: number[][]; dueFrames: number; nowMs: number },
): number {
  let due = dueFrames;
  while (due > 0) {
    const sound = receiver.next(nowMs);
    if (!sound) return 0;
    due -= sound.frames;
    for (const [place, plane] of sound.planes.entries()) played[place]?.push(...plane);
  }
  return due;
}

const FORMATS: [string, ScriptedFormat][] = [
  ['L16', PCM],
  ['L16 at 44.1 kHz', { ...PCM, rate: 44_100 }],
  ['L16 at 44.1 kHz in 2.5 ms', { ...PCM, rate: 44_100, packetMs: 2.5 }],
  ['L16 at 24 kHz in 20 ms', { ...PCM, rate: 24_000, packetMs: 20 }],
  ['L24 of 32 channels', { ...PCM, compression: 'pcm24', channels: range(1, 32) }],
];

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, at) => from + at);
}

describe('PCM', () => {
  test.each(FORMATS)('%s is played as it was sent, no sample more or less', async (_, format) => {
    const ticks = 200;
    const { played } = await run({ format, ticks });
    const bits = format.compression === 'pcm' ? 16 : 24;
    const sent = (ticks * format.packetMs * format.rate) / 1_000;
    for (const [place, channel] of format.channels.entries()) {
      const samples = played[place] ?? [];
      expect(valuesOf(samples, bits)).toEqual(new Set([channel]));
      const heard = tap.samples.get(channel)?.map((sample) => sample * 2 ** (bits - 1));
      expect(new Set(heard)).toEqual(new Set([channel]));
      // What waits in the buffer, and what it grew by, at most.
      expect(Math.abs(samples.length - sent)).toBeLessThan((format.rate * 60) / 1_000);
      expect(heard?.length).toBeGreaterThan(sent * 0.9);
      // Whole ticks, the longer ones too.
      const inTick = (format.rate * format.packetMs) / 1_000;
      const wholeTicks = Math.round((heard?.length ?? 0) / inTick) * inTick;
      expect(Math.abs((heard?.length ?? 0) - wholeTicks)).toBeLessThan(1);
    }
  });

  test('a part of a tick that was lost is bridged, the rest of the tick is played', async () => {
    const drop = (index: number) => index === 101;
    const { played, receiver } = await run({ ticks: 100, drop });
    expect(valuesOf(played[1])).toEqual(new Set([2]));
    expect(receiver.counts.concealed).toBe(1);
    expect([...tap.misses.keys()]).toEqual([1, 2, 3]);
    const { played: whole } = await run({ ticks: 100 });
    expect(played[1]?.length).toBe(whole[1]?.length);
  });

  test('a whole tick that was lost is bridged', async () => {
    const drop = (index: number) => index === 100 || index === 101;
    const { played, receiver } = await run({ ticks: 100, drop });
    expect(receiver.counts).toEqual({ concealed: 1, dropped: 0 });
    expect(valuesOf(played[2])).toEqual(new Set([3]));
  });
});

test('Opus is decoded channel by channel, and what is lost is bridged by its decoder', async () => {
  const format: ScriptedFormat = { ...PCM, compression: 'opus', channels: [9, 4] };
  const { played, receiver } = await run({ format, ticks: 100, drop: (index) => index === 50 });
  expect(decoders).toHaveLength(2);
  expect(played[0]?.filter((sample) => sample === -1)).toHaveLength(240);
  expect(receiver.counts.concealed).toBe(1);
  expect(receiver.format).toEqual({ codec: 'opus', clockRate: 48_000, channels: [9, 4] });
  receiver.close();
  expect(decoders.every(({ isClosed }) => isClosed)).toBe(true);
});

describe('The figures', () => {
  test('are exact: loss, latency by both clocks, counts since the last reading', async () => {
    const drop = (index: number) => index % 100 === 31;
    const { receiver } = await run({ ticks: 1_000, drop });
    const figures = receiver.readInterval(5_000)!;
    expect(figures).toMatchObject({
      ...{ received: 1_980, expected: 2_000, lost: 20, lossPercent: 1, strays: 0 },
      ...{ concealed: 20, dropped: 0, latency: { p50Ms: 12, p95Ms: expect.closeTo(12, 0) } },
    });
    expect(qosMetricsOf(figures)).toMatchObject({
      ...{ packets_received: 1_980, packets_expected: 2_000, packet_loss_rate: 1 },
      ...{ latency_ms: 12, concealed: 20, dropped: 0, buffer_ms: expect.any(Number) },
    });
    expect(receiver.readInterval(6_000)).toMatchObject({
      received: 0,
      concealed: 0,
      latency: null,
    });
    expect(receiver.packets).toMatchObject({ received: 1_980, lost: 20 });
    expect(receiver.latency?.p50Ms).toBe(12);
  });

  test('are those of the network alone where nothing is played', async () => {
    const { receiver, played } = await run({ ticks: 100, receiver: open({ plays: false }) });
    expect(played).toEqual([[], [], []]);
    const figures = receiver.readInterval(500)!;
    expect(figures).toMatchObject({ received: 200, bufferMs: null, concealed: 0 });
    expect(qosMetricsOf(figures)).not.toHaveProperty('buffer_ms');
  });

  test('have a delay in the place of latency while the clocks are not compared, and else none', async () => {
    const receiver = new Receiver({ sync: { latencyOf: () => null }, player: undefined });
    expect(receiver.readInterval(0)).toBeUndefined();
    await run({ ticks: 10, receiver });
    const figures = receiver.readInterval(50)!;
    expect(qosMetricsOf(figures)).toMatchObject({ latency_ms: 0 });
    expect(qosMetricsOf({ ...figures, delay: null })).toBeUndefined();
  });
});

test('Packets that come before their stream is known are used when it is', async () => {
  const rtp = await ScriptedRtp.open(PCM, {}, 1);
  const receiver = open();
  for (let tick = 0; tick < 4; tick++) {
    for (const packet of rtp.nextTick(WALL_MS)) receiver.receive(packet, { atMs: 0, wallMs: 0 });
  }
  expect(receiver.readInterval(0)).toBeUndefined();
  receiver.configure(configOf(PCM, rtp));
  expect(receiver.readInterval(1)).toMatchObject({ received: 8, latency: expect.anything() });
});

test('More early packets than 512 are counted as strays', () => {
  const receiver = open();
  for (let at = 0; at < 600; at++) receiver.receive(Uint8Array.of(1), { atMs: 0, wallMs: 0 });
  expect(receiver.strays).toBe(88);
});

test('What is later than the threshold is dropped, from the moment it is known', async () => {
  const receiver = open();
  const late = { interpolateMs: 0, dropMs: 0 };
  receiver.changeThresholds(late);
  await run({ ticks: 20, receiver });
  expect(receiver.counts.dropped).toBe(40);
  const other = open();
  await run({ ticks: 20, receiver: other });
  expect(other.counts.dropped).toBe(0);
  other.changeThresholds(late);
  await run({ ticks: 20, receiver: other, seed: 4 });
  expect(other.counts.dropped).toBe(40);
});

test('Another session forgets what came before, but for the counts', async () => {
  const { receiver } = await run({ ticks: 100, drop: (index) => index === 50 });
  const { concealed } = receiver.counts;
  expect(concealed).toBe(1);
  receiver.restart();
  expect(receiver.format).toBeUndefined();
  expect(receiver.next(600)).toBeUndefined();
  expect(receiver.counts.concealed).toBe(concealed);
  const { played } = await run({
    format: { ...PCM, compression: 'pcm24' },
    ticks: 50,
    receiver,
    seed: 4,
  });
  expect(valuesOf(played[0], 24)).toEqual(new Set([1]));
  expect(receiver.packets).toMatchObject({ received: 299, lost: 1 });
});

test('A longer packet time is followed without a gap, though packets of the old one still come', async () => {
  const channels = range(1, 8);
  const [short, long]: ScriptedFormat[] = [
    { ...PCM, channels },
    { ...PCM, channels, packetMs: 20 },
  ];
  const rtp = await ScriptedRtp.open(short!, {}, 5);
  const receiver = open();
  receiver.configure(configOf(short!, rtp));
  const send = (tick: number, packetMs: number) => {
    const arrival = { atMs: tick * packetMs, wallMs: WALL_MS + tick * packetMs };
    for (const packet of rtp.nextTick(WALL_MS)) receiver.receive(packet, arrival);
  };
  for (let tick = 0; tick < 37; tick++) send(tick, 5);
  receiver.configure({ ...configOf(short!, rtp), packet_time_ms: 20 });
  for (let tick = 37; tick < 40; tick++) send(tick, 5);
  rtp.changePacketTime(long!.packetMs);
  for (let tick = 10; tick < 20; tick++) send(tick, 20);
  rtp.close();
  for (let at = 0; at < 200; at++) receiver.next(at * 2);
  const samples = tap.samples.get(8) ?? [];
  expect(new Set(samples.map((sample) => sample * 32_768))).toEqual(new Set([8]));
  expect(samples).toHaveLength(48 * 400);
  expect(receiver.counts.dropped).toBe(0);
  expect(receiver.packets).toMatchObject({ lost: 0 });
});

describe('What cannot be used is counted', () => {
  test.each([
    ['another payload type', (packet: Uint8Array) => packet.with(1, 111)],
    ['another SSRC', (packet: Uint8Array) => packet.with(11, 0x77)],
    ['half a frame', (packet: Uint8Array) => packet.subarray(0, packet.length - 1)],
    ['no payload', (packet: Uint8Array) => packet.subarray(0, 12)],
    ['RTCP', (packet: Uint8Array) => packet.with(0, 0x01)],
  ])('%s', async (_, change) => {
    const rtp = await ScriptedRtp.open(PCM, {}, 1);
    const receiver = open();
    receiver.configure(configOf(PCM, rtp));
    const [packet] = rtp.nextTick(WALL_MS);
    receiver.receive(change(packet!), { atMs: 0, wallMs: WALL_MS });
    expect(receiver.strays).toBe(1);
    expect(receiver.readInterval(1)).toMatchObject({ received: 0 });
  });

  test('a payload type that is not ours, in what was agreed on', async () => {
    const rtp = await ScriptedRtp.open(PCM, {}, 1);
    const receiver = open();
    const config = configOf(PCM, rtp);
    receiver.configure({ ...config, streams: [{ ...config.streams[0]!, payload_type: 0 }] });
    const [packet] = rtp.nextTick(WALL_MS);
    receiver.receive(packet!, { atMs: 0, wallMs: WALL_MS });
    expect(receiver.strays).toBe(1);
  });

  test.each(['pcm', 'opus'] as const)(
    '%s that is changed anywhere never throws',
    async (compression) => {
      const format: ScriptedFormat = { ...PCM, compression };
      const rtp = await ScriptedRtp.open(format, {}, 1);
      const packets = Array.from({ length: 20 }, () => rtp.nextTick(WALL_MS)).flat();
      rtp.close();
      const change = fc.record({
        packet: fc.nat(packets.length - 1),
        at: fc.nat(1_149),
        value: fc.nat(255),
        length: fc.nat(1_150),
      });
      fc.assert(
        fc.property(fc.array(change, { maxLength: 60 }), (changes) => {
          const receiver = open();
          receiver.configure(configOf(format, rtp));
          changes.forEach(({ packet, at, value, length }, index) => {
            const changed = packets[packet]!.slice(0, Math.max(length, 1));
            if (at < changed.length) changed[at] = value;
            receiver.receive(changed, { atMs: index * 5, wallMs: WALL_MS });
            const sound = receiver.next(index * 5);
            expect(sound?.planes.every(({ length: frames }) => frames === sound.frames)).not.toBe(
              false,
            );
          });
          const { received = 0, duplicates = 0, strays = 0 } = receiver.packets ?? {};
          expect(received + duplicates + strays + receiver.strays).toBe(changes.length);
        }),
        { numRuns: 50 },
      );
    },
  );
});
