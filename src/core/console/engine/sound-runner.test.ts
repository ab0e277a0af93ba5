// The sound engine as a whole: what goes in by the source comes out in packets, once for all.

import { describe, expect, test } from 'vitest';
import { PACKET_TIMES_MS, SAMPLE_RATES } from '#contract/sound.ts';
import {
  ALL_CHANNELS,
  FAKE_FRAME_BYTES,
  numbered,
  planListener,
  SHUFFLED,
  SoundEngineSetUp,
  sampleOfFrame,
} from '../../../../test/support/sound-engine-set-up.ts';
import { readEntries, reassemble } from '../../../../test/support/sound-packets.ts';

describe('PCM', () => {
  test.each([
    ['pcm', 'bundle', 2],
    ['pcm', 'plain', 2],
    ['pcm24', 'bundle', 3],
    ['pcm24', 'plain', 3],
  ] as const)('%s as %s comes out bit by bit as it went in', (codec, layout, bytes) => {
    const engine = new SoundEngineSetUp();
    const listener = planListener(6_000, { codec, layout, channels: SHUFFLED });
    engine.apply({ listeners: [listener] });
    // A 24-bit sample in the one, a 16-bit sample in the other.
    const sampleOf = (channel: number, frame: number) =>
      bytes === 2 ? numbered(channel, frame) : numbered(channel, frame) + channel / 2 ** 23;
    engine.deliver(100, { sampleOf, frames: 111 });
    const heard = reassemble(engine.socket.packets, { listener, bytes });
    expect([...heard.keys()].toSorted()).toEqual(SHUFFLED.toSorted());
    for (const [channel, samples] of heard) {
      expect(samples.length).toBe(4_560);
      const expected = samples.map((_, at) => sampleOf(channel, at) * 2 ** (8 * bytes - 1));
      expect(samples).toEqual(expected);
    }
  });

  test('the channels of a card that is set to fewer are silent beyond', () => {
    const engine = new SoundEngineSetUp();
    const listener = planListener(6_000, { codec: 'pcm', channels: [2, 3] });
    engine.apply({ listeners: [listener] });
    engine.deliver(20, { channels: 2, sampleOf: () => 0.5 });
    const heard = reassemble(engine.socket.packets, { listener, bytes: 2 });
    expect(new Set(heard.get(2))).toEqual(new Set([16_384]));
    expect(new Set(heard.get(3))).toEqual(new Set([0]));
  });

  test('32 channels of L16 are 14 packets a tick', () => {
    const engine = new SoundEngineSetUp();
    engine.apply({ listeners: [planListener(6_000, { codec: 'pcm' })] });
    engine.deliver(100);
    expect(engine.socket.packets).toHaveLength(20 * 14);
  });

  test.each(PACKET_TIMES_MS)('no datagram of %f ms is larger than 1,150 bytes', (packetMs) => {
    const engine = new SoundEngineSetUp();
    const formats = SAMPLE_RATES.flatMap((sampleRate) =>
      (['pcm', 'pcm24'] as const).map((codec) => ({ sampleRate, codec })),
    );
    const listeners = formats.flatMap((format, at) =>
      ALL_CHANNELS.map((count) => {
        const channels = ALL_CHANNELS.slice(0, count);
        return planListener(6_000 + 100 * at + count, { ...format, channels, packetMs });
      }),
    );
    engine.apply({ listeners });
    engine.deliver(40);
    expect(Math.max(...engine.socket.packets.map(({ sizeBytes }) => sizeBytes))).toBeLessThan(
      1_151,
    );
    expect(new Set(engine.socket.packets.map(({ ssrc }) => ssrc)).size).toBe(
      new Set(listeners.flatMap(({ rtpStreams }) => rtpStreams.map(({ ssrc }) => ssrc))).size,
    );
  });
});

describe('Opus', () => {
  test('a bundle holds the channels in their order, each with its own frame', () => {
    const engine = new SoundEngineSetUp();
    engine.apply({ listeners: [planListener(6_000, { channels: SHUFFLED })] });
    engine.deliver(10);
    const [first, second] = engine.socket.packets;
    for (const [packet, frame] of [
      [first, 0],
      [second, 240],
    ] as const) {
      const entries = readEntries(packet?.payload ?? new Uint8Array());
      expect(entries.map(({ channel }) => channel)).toEqual(SHUFFLED);
      for (const entry of entries) {
        expect(sampleOfFrame(entry.frame)).toBe(numbered(entry.channel, frame));
      }
    }
    expect(engine.socket.packets).toHaveLength(2);
  });

  test('plain is a stream for each channel, at ports two apart', () => {
    const engine = new SoundEngineSetUp();
    engine.apply({ listeners: [planListener(6_000, { layout: 'plain', channels: [9, 4] })] });
    engine.deliver(5);
    expect(
      engine.socket.packets.map(({ port, ssrc, payloadType, payload }) => {
        return { port, ssrc, payloadType, sample: sampleOfFrame(payload) };
      }),
    ).toEqual([
      { port: 6_000, ssrc: 6_000_000, payloadType: 111, sample: numbered(9, 0) },
      { port: 6_002, ssrc: 6_000_001, payloadType: 111, sample: numbered(4, 0) },
    ]);
  });

  test('encoders are opened for the frames, the bitrate and the bandwidth of their rendition', () => {
    const engine = new SoundEngineSetUp();
    const channels = [1];
    engine.apply({
      listeners: [
        planListener(6_000, { channels, packetMs: 2.5, bitrate: 128_000 }),
        planListener(6_002, { channels, packetMs: 20, sampleRate: 24_000, bitrate: 32_000 }),
      ],
    });
    expect(engine.encoders).toMatchObject([
      { frames: 120, bitrate: 128_000, maxHz: 24_000 },
      { frames: 960, bitrate: 32_000, maxHz: 12_000 },
    ]);
  });

  test('a frame that is not there leaves the others in the packet', () => {
    const engine = new SoundEngineSetUp();
    engine.emptyFrames.add(0);
    engine.apply({ listeners: [planListener(6_000, { channels: [1, 2] })] });
    engine.deliver(5);
    const [packet] = engine.socket.packets;
    expect(readEntries(packet?.payload ?? new Uint8Array())).toMatchObject([{ channel: 2 }]);
  });
});

describe('sharing', () => {
  test('each channel is encoded once for 20 listeners, and the bytes are the same', () => {
    const engine = new SoundEngineSetUp();
    const ports = Array.from({ length: 20 }, (_, at) => 6_000 + 2 * at);
    engine.apply({ listeners: ports.map((port) => planListener(port)) });
    engine.deliver(1_000);
    expect(engine.encoders).toHaveLength(32);
    expect(engine.encoders.every(({ calls }) => calls === 200)).toBe(true);
    expect(engine.socket.packets).toHaveLength(20 * 200);
    for (let tick = 0; tick < 200; tick++) {
      const packets = ports.map((port) => engine.socket.to(port)[tick]);
      expect(new Set(packets.map((packet) => packet?.payload)).size).toBe(1);
      expect(new Set(packets.map((packet) => packet?.ssrc)).size).toBe(20);
    }
  });

  test('one whose time extension falls into another packet shares the payload all the same', () => {
    const engine = new SoundEngineSetUp();
    const early = planListener(6_000, { codec: 'pcm' });
    engine.apply({ listeners: [early] });
    engine.deliver(50);
    engine.socket.packets = [];
    engine.apply({ listeners: [early, planListener(6_100, { codec: 'pcm' })] });
    engine.deliver(5);
    const [one, other] = [engine.socket.to(6_000), engine.socket.to(6_100)];
    expect(one[0]?.extension).toBeUndefined();
    expect(other[0]?.extension).toBeDefined();
    expect(one).toHaveLength(14);
    expect(one.map(({ payload }) => payload)).toEqual(other.map(({ payload }) => payload));
    one.forEach(({ payload }, at) => {
      expect(other[at]?.payload).toBe(payload);
    });
  });

  test('those of other channels share the frames, not the packets', () => {
    const engine = new SoundEngineSetUp();
    engine.apply({
      listeners: [
        planListener(6_000, { channels: [1, 2, 3] }),
        planListener(6_002, { channels: [3, 2] }),
      ],
    });
    engine.deliver(100);
    expect(engine.encoders.map(({ calls }) => calls)).toEqual([20, 20, 20]);
    const sizes = [6_000, 6_002].map((port) => engine.socket.to(port)[5]?.payload.length);
    expect(sizes).toEqual([3 * (3 + FAKE_FRAME_BYTES), 2 * (3 + FAKE_FRAME_BYTES)]);
  });

  test('headers are not written over once they were handed to the socket', () => {
    const engine = new SoundEngineSetUp();
    engine.apply({ listeners: [planListener(6_000), planListener(6_002)] });
    engine.deliver(20_000);
    expect(engine.socket.changedHeaders).toBe(0);
    expect(engine.socket.packets).toHaveLength(8_000);
  });
});

describe('what nobody needs', () => {
  test('nothing is opened without a source in the plan', () => {
    const engine = new SoundEngineSetUp();
    engine.apply({ source: null });
    engine.clock.advance(5_000);
    expect(engine.sources).toEqual([]);
    expect(engine.reports).toEqual([]);
  });

  test('with meters and no listener it captures, and neither encodes nor sends', () => {
    const engine = new SoundEngineSetUp();
    engine.apply({ hasMeters: true });
    engine.deliver(1_000, { sampleOf: (channel) => (channel === 3 ? 0.5 : 0) });
    expect(engine.encoders).toEqual([]);
    expect(engine.socket.packets).toEqual([]);
    expect(engine.meters).toHaveLength(20);
    expect(engine.meters[5]?.peakDb).toHaveLength(32);
    expect(engine.meters[5]?.peakDb[2]).toBeCloseTo(-6.02);
    expect(engine.meters[5]?.rmsDb[3]).toBe(-120);
    engine.apply({ hasMeters: false });
    engine.deliver(1_000);
    expect(engine.meters).toHaveLength(20);
  });

  test('meters say nothing while the source does not deliver', () => {
    const engine = new SoundEngineSetUp();
    engine.apply({ hasMeters: true });
    engine.clock.advance(1_000);
    expect(engine.meters).toEqual([]);
  });

  test('an encoder is closed when the last listener of its channel goes', () => {
    const engine = new SoundEngineSetUp();
    const both = planListener(6_000, { channels: [1, 2] });
    const one = planListener(6_002, { channels: [2] });
    engine.apply({ listeners: [both, one] });
    engine.deliver(10);
    engine.apply({ listeners: [one] });
    engine.deliver(10);
    expect(engine.encoders.map(({ isClosed, calls }) => [isClosed, calls])).toEqual([
      [true, 2],
      [false, 4],
    ]);
    engine.apply({});
    engine.deliver(10);
    expect(engine.openEncoders).toEqual([]);
    expect(engine.encoders[1]?.calls).toBe(4);
    expect(engine.socket.packets).toHaveLength(2 + 4);
  });

  test('a listener that asks for other channels gets them from the next tick, its numbers go on', () => {
    const engine = new SoundEngineSetUp();
    engine.apply({ listeners: [planListener(6_000, { channels: [1, 2] })] });
    engine.deliver(10);
    engine.apply({ listeners: [planListener(6_000, { channels: [5] })] });
    engine.deliver(10);
    const { packets } = engine.socket;
    const channels = packets.map(({ payload }) => readEntries(payload).map((each) => each.channel));
    expect(channels).toEqual([[1, 2], [1, 2], [5], [5]]);
    const [first] = packets;
    expect(packets.map(({ sequence }) => (sequence - (first?.sequence ?? 0)) & 0xffff)).toEqual([
      0, 1, 2, 3,
    ]);
    expect(packets.map(({ marker }) => marker)).toEqual([true, false, false, false]);
  });

  test('a listener with another port is sent to that from the next packet on', () => {
    const engine = new SoundEngineSetUp();
    engine.apply({ listeners: [planListener(6_000, { ssrc: 5 })] });
    engine.deliver(5);
    const moved = planListener(7_000, { ssrc: 5 });
    engine.apply({ listeners: [{ ...moved, id: 'listener-6000', address: '::1' }] });
    engine.deliver(5);
    expect(engine.socket.packets.map(({ address, port }) => `${address} ${port}`)).toEqual([
      '192.168.0.7 6000',
      '::1 7000',
    ]);
    expect(engine.socket.packets[1]?.marker).toBe(false);
  });
});

test('after close nothing is sent, encoded, reported or opened any more', async () => {
  const engine = new SoundEngineSetUp();
  engine.apply({ hasMeters: true, listeners: [planListener(6_000)] });
  engine.deliver(100);
  const { sink } = engine.source;
  await engine.runner.close();
  await engine.runner.close();
  const sent = engine.socket.packets.length;
  const frames = 240;
  const planes = ALL_CHANNELS.map(() => new Float32Array(frames));
  sink?.onBlock({ planes, frames, firstFrame: engine.frame, capturedAtMs: 0 });
  engine.apply({ listeners: [planListener(6_000)] });
  engine.clock.advance(5_000);
  expect(engine.socket.packets).toHaveLength(sent);
  expect(engine.openEncoders).toEqual([]);
  expect(engine.source.isClosed).toBe(true);
  expect(engine.clock.pendingTimers).toBe(0);
  expect(engine.captures.at(-1)?.state).toBe('idle');
});
