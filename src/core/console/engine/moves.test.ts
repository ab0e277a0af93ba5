// A listener moves from one rendition to another: RTP time has no gap and no overlap, and encoders are
// warm.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { PACKET_TIMES_MS } from '#contract/sound.ts';
import {
  numbered,
  planListener,
  SoundEngineSetUp,
  sampleOfFrame,
} from '../../../../test/support/sound-engine-set-up.ts';
import {
  readEntries,
  readIntegers,
  type SentPacket,
} from '../../../../test/support/sound-packets.ts';

const PORT = 6_000;
const one = { channels: [1], ssrc: 77 };

type Wish = NonNullable<Parameters<typeof planListener>[1]>;

function apply(engine: SoundEngineSetUp, wish: Wish): void {
  engine.apply({ listeners: [planListener(PORT, { ...one, ...wish })] });
}

/** How long each packet is, from the one that follows it. */
function durationsMs(packets: readonly SentPacket[]): number[] {
  return packets
    .slice(1)
    .map((packet, at) => ((packet.timestamp - (packets[at]?.timestamp ?? 0)) | 0) / 48);
}

function expectUnbroken(packets: readonly SentPacket[]): void {
  packets.slice(1).forEach((packet, at) => {
    expect((packet.sequence - (packets[at]?.sequence ?? 0)) & 0xffff).toBe(1);
    expect(packet.marker).toBe(false);
  });
  expect(new Set(packets.map(({ ssrc }) => ssrc)).size).toBe(1);
}

describe.each(PACKET_TIMES_MS)('from packets of %f ms', (fromMs) => {
  test.each(PACKET_TIMES_MS.filter((ms) => ms !== fromMs))('to %f ms', (toMs) => {
    const engine = new SoundEngineSetUp();
    apply(engine, { packetMs: fromMs });
    engine.deliver(105);
    apply(engine, { packetMs: toMs });
    engine.deliver(200);
    const { packets } = engine.socket;
    expectUnbroken(packets);
    const durations = durationsMs(packets);
    const at = durations.indexOf(toMs);
    expect(new Set(durations.slice(0, at))).toEqual(new Set([fromMs]));
    expect(new Set(durations.slice(at))).toEqual(new Set([toMs]));
    // Where both begin, after one packet to warm up: at most two of the longer and one of the shorter.
    const movedAtMs = durations.slice(0, at).reduce((sum, ms) => sum + ms, 0);
    expect(movedAtMs % Math.max(fromMs, toMs)).toBe(0);
    expect(movedAtMs).toBeLessThanOrEqual(105 + toMs + 2 * Math.max(fromMs, toMs));
    // Each packet begins with the sample of its time.
    let frame = 0;
    packets.forEach(({ payload }, index) => {
      const [entry] = readEntries(payload);
      expect(sampleOfFrame(entry?.frame ?? payload)).toBe(numbered(1, frame));
      frame += 48 * (durations[index] ?? 0);
    });
  });
});

test('the new encoder has had a packet before the first that is sent, the old one then ends', () => {
  const engine = new SoundEngineSetUp();
  apply(engine, { packetMs: 5 });
  engine.deliver(100);
  apply(engine, { packetMs: 10 });
  const [old, fresh] = engine.encoders;
  engine.deliver(10);
  expect(fresh?.calls).toBe(1);
  expect(engine.socket.packets).toHaveLength(22);
  engine.deliver(10);
  expect(fresh?.calls).toBe(2);
  expect(engine.socket.packets).toHaveLength(23);
  expect(old?.isClosed).toBe(true);
  expect(fresh?.isClosed).toBe(false);
});

test('a lower bitrate under the same packet time is taken without a gap', () => {
  const engine = new SoundEngineSetUp();
  apply(engine, { bitrate: 64_000 });
  engine.deliver(52, { frames: 48 });
  apply(engine, { bitrate: 32_000 });
  engine.deliver(53, { frames: 48 });
  expectUnbroken(engine.socket.packets);
  expect(engine.socket.packets).toHaveLength(21);
  expect(engine.encoders.map(({ bitrate, calls }) => [bitrate, calls])).toEqual([
    [64_000, 12],
    [32_000, 10],
  ]);
});

test('one that moves leaves the others where they are', () => {
  const engine = new SoundEngineSetUp();
  const other = planListener(7_000, { channels: [1] });
  engine.apply({ listeners: [planListener(PORT, one), other] });
  engine.deliver(100);
  engine.apply({ listeners: [planListener(PORT, { ...one, packetMs: 20 }), other] });
  engine.deliver(200);
  expect(new Set(durationsMs(engine.socket.to(7_000)))).toEqual(new Set([5]));
  expectUnbroken(engine.socket.to(7_000));
  expect(engine.openEncoders).toHaveLength(2);
});

test('back before it has happened is as if nothing had been', () => {
  const engine = new SoundEngineSetUp();
  apply(engine, { packetMs: 5 });
  engine.deliver(102, { frames: 48 });
  apply(engine, { packetMs: 20 });
  engine.deliver(1, { frames: 48 });
  apply(engine, { packetMs: 5 });
  engine.deliver(100);
  expect(new Set(durationsMs(engine.socket.packets))).toEqual(new Set([5]));
  expectUnbroken(engine.socket.packets);
  expect(engine.openEncoders).toHaveLength(1);
});

test('to other channels at the same time: the old ones until then', () => {
  const engine = new SoundEngineSetUp();
  apply(engine, { packetMs: 5, channels: [1, 2] });
  engine.deliver(100);
  apply(engine, { packetMs: 10, channels: [3] });
  engine.deliver(100);
  const { packets } = engine.socket;
  expectUnbroken(packets);
  const channels = packets.map(({ payload }) => readEntries(payload).map((each) => each.channel));
  expect(channels.slice(0, 22)).toEqual(Array.from({ length: 22 }, () => [1, 2]));
  expect(channels.slice(22)).toEqual(Array.from({ length: channels.length - 22 }, () => [3]));
});

test('in PCM each sample comes once', () => {
  const engine = new SoundEngineSetUp();
  for (const packetMs of [5, 20, 2.5, 10, 5] as const) {
    apply(engine, { codec: 'pcm', packetMs });
    engine.deliver(100);
  }
  const samples = engine.socket.packets.flatMap(
    ({ payload }) => readIntegers(payload, {})[0] ?? [],
  );
  expect(samples).toEqual(samples.map((_, frame) => numbered(1, frame) * 32_768));
  expect(samples).toHaveLength(48 * 500);
});

test('a plan that is said again during a move leaves it as it is', () => {
  const engine = new SoundEngineSetUp();
  apply(engine, { packetMs: 5 });
  engine.deliver(100);
  for (const stateVersion of [2, 3, 4]) {
    apply(engine, { packetMs: 20, stateVersion });
    engine.deliver(5);
  }
  engine.deliver(100);
  expectUnbroken(engine.socket.packets);
  expect(durationsMs(engine.socket.packets).slice(20)).toEqual([5, 5, 5, 5, 20, 20, 20]);
});

test('the last packet of the old one comes before the first of the new one, in any block', () => {
  const engine = new SoundEngineSetUp();
  const other = planListener(7_000, { channels: [1] });
  const mine = { ...one, packetMs: 20 } as const;
  engine.apply({ listeners: [other, planListener(PORT, mine)] });
  engine.deliver(100, { frames: 960 });
  engine.apply({ listeners: [other, planListener(PORT, one)] });
  engine.deliver(200, { frames: 4_800 });
  expectUnbroken(engine.socket.to(PORT));
  expect(durationsMs(engine.socket.to(PORT)).slice(0, 8)).toEqual([20, 20, 20, 20, 20, 20, 5, 5]);
});

test('before there is any sound it begins in the newest', () => {
  const engine = new SoundEngineSetUp();
  apply(engine, { packetMs: 5 });
  apply(engine, { packetMs: 20 });
  engine.deliver(60);
  expect(durationsMs(engine.socket.packets)).toEqual([20, 20]);
  expect(engine.encoders.map(({ calls }) => calls)).toEqual([0, 3]);
});

test('to another rate is another RTP stream, which begins where the old one ends', () => {
  const engine = new SoundEngineSetUp();
  apply(engine, { codec: 'pcm', ssrc: 1 });
  engine.deliver(100);
  apply(engine, { codec: 'pcm', sampleRate: 32_000, ssrc: 2 });
  engine.deliver(100);
  const [old, fresh] = [1, 2].map((ssrc) => engine.socket.packets.filter((it) => it.ssrc === ssrc));
  expect(old).toHaveLength(21);
  expect(fresh).toHaveLength(19);
  expect(fresh?.[0]).toMatchObject({ marker: true, payloadType: 98 });
  expect(fresh?.[0]?.extension).toBeDefined();
});

test('a move during a gap is made after it', () => {
  const engine = new SoundEngineSetUp();
  apply(engine, { packetMs: 5 });
  engine.deliver(100);
  apply(engine, { packetMs: 20 });
  engine.lose(48_000);
  engine.deliver(100);
  expect(durationsMs(engine.socket.packets).slice(-3)).toEqual([20, 20, 20]);
  expect(engine.socket.packets.filter(({ marker }) => marker)).toHaveLength(2);
  expect(engine.openEncoders).toHaveLength(1);
});

const wishes = fc.record({
  packetMs: fc.constantFrom(...PACKET_TIMES_MS),
  bitrate: fc.constantFrom(64_000, 32_000),
  afterMs: fc.integer({ min: 0, max: 90 }),
  /** In each block: less than a tick, one, and several. */
  frames: fc.constantFrom(24, 240, 1_000, 1_920),
});

test('whatever comes when, RTP time has no gap and no overlap, and nothing is left over', () => {
  fc.assert(
    fc.property(fc.array(wishes, { minLength: 1, maxLength: 12 }), (list) => {
      const engine = new SoundEngineSetUp();
      for (const { packetMs, bitrate, afterMs, frames } of list) {
        apply(engine, { packetMs, bitrate });
        engine.deliver(afterMs, { frames });
      }
      engine.deliver(200);
      const { packets } = engine.socket;
      expectUnbroken(packets);
      let frame = 0;
      const durations = durationsMs(packets);
      packets.forEach(({ payload }, at) => {
        const [entry] = readEntries(payload);
        expect(sampleOfFrame(entry?.frame ?? payload)).toBe(numbered(1, frame));
        frame += 48 * (durations[at] ?? 0);
      });
      expect(durations.at(-1)).toBe(list.at(-1)?.packetMs);
      expect(engine.openEncoders).toHaveLength(1);
    }),
    { numRuns: 200 },
  );
});
