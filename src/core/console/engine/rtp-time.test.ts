// The numbers in the packets: RTP time, sequence, markers and time extensions, whatever happens.

import { describe, expect, test } from 'vitest';
import { PACKET_TIMES_MS, SAMPLE_RATES } from '#contract/sound.ts';
import { planListener, SoundEngineSetUp } from '../../../../test/support/sound-engine-set-up.ts';
import type { SentPacket } from '../../../../test/support/sound-packets.ts';

const PORT = 6_000;

function steps(packets: readonly SentPacket[]): number[] {
  return packets
    .slice(1)
    .map((packet, at) => (packet.timestamp - (packets[at]?.timestamp ?? 0)) | 0);
}

function sequenceSteps(packets: readonly SentPacket[]): Set<number> {
  return new Set(
    packets.slice(1).map((packet, at) => (packet.sequence - (packets[at]?.sequence ?? 0)) & 0xffff),
  );
}

const one = { channels: [1] };

describe('RTP time', () => {
  test.each(SAMPLE_RATES)('of PCM at %i Hz has lost nothing after 10,000 packets', (sampleRate) => {
    const engine = new SoundEngineSetUp();
    engine.apply({ listeners: [planListener(PORT, { ...one, codec: 'pcm', sampleRate })] });
    engine.deliver(50_010);
    const packets = engine.socket.packets.slice(0, 10_001);
    const [first, last] = [packets[0], packets.at(-1)];
    expect(((last?.timestamp ?? 0) - (first?.timestamp ?? 0)) >>> 0).toBe(50 * sampleRate);
    expect(new Set(steps(packets))).toEqual(
      new Set(sampleRate === 44_100 ? [220, 221] : [sampleRate / 200]),
    );
    expect(sequenceSteps(packets)).toEqual(new Set([1]));
  });

  test.each([
    [2.5, [110, 110, 110, 111]],
    [5, [220, 221]],
    [10, [441]],
    [20, [882]],
  ] as const)('at 44.1 kHz ticks of %f ms have %j frames in turn', (packetMs, frames) => {
    const engine = new SoundEngineSetUp();
    const wish = { ...one, codec: 'pcm', sampleRate: 44_100, packetMs } as const;
    engine.apply({ listeners: [planListener(PORT, wish)] });
    engine.deliver(210);
    const ticks = new Map<number, number>();
    for (const { timestamp, payload } of engine.socket.packets) {
      const tick = Math.round(
        ((timestamp - (engine.socket.packets[0]?.timestamp ?? 0)) >>> 0) / (44.1 * packetMs) - 0.4,
      );
      ticks.set(tick, (ticks.get(tick) ?? 0) + payload.length / 2);
    }
    const all = [...ticks.values()];
    expect(all.slice(0, 8)).toEqual(
      Array.from({ length: 8 }, (_, at) => frames[at % frames.length]),
    );
  });

  test.each(PACKET_TIMES_MS)('of Opus counts 48,000 a second with packets of %f ms', (packetMs) => {
    const engine = new SoundEngineSetUp();
    engine.apply({ listeners: [planListener(PORT, { ...one, packetMs, sampleRate: 24_000 })] });
    engine.deliver(1_000);
    expect(engine.socket.packets).toHaveLength(1_000 / packetMs);
    expect(new Set(steps(engine.socket.packets))).toEqual(new Set([48 * packetMs]));
  });

  test('of a console at 44.1 kHz goes on at 48 kHz with Opus, and loses nothing', () => {
    const engine = new SoundEngineSetUp();
    engine.apply({ listeners: [planListener(PORT, one)] });
    engine.deliver(10_000, { rate: 44_100, frames: 441 });
    expect(engine.socket.packets.length).toBe(2_000);
    expect(new Set(steps(engine.socket.packets))).toEqual(new Set([240]));
  });

  test('packets of one tick that differ in channels have one timestamp, parts of it their own', () => {
    const engine = new SoundEngineSetUp();
    const wish = planListener(PORT, { codec: 'pcm' });
    engine.apply({ listeners: [wish] });
    engine.deliver(10);
    const bySsrc = wish.rtpStreams.map(({ ssrc }) =>
      engine.socket.packets.filter((packet) => packet.ssrc === ssrc),
    );
    const [upper = [], lower = []] = bySsrc;
    expect(upper.map(({ timestamp }) => timestamp)).toEqual(
      lower.map(({ timestamp }) => timestamp),
    );
    expect(steps(upper).every((step) => step === 34 || step === 35)).toBe(true);
    expect(bySsrc.map((packets) => packets.map(({ marker }) => marker).indexOf(true))).toEqual([
      0, 0,
    ]);
    expect(bySsrc.flat().filter(({ marker }) => marker)).toHaveLength(2);
  });

  test('begins anywhere, and so do sequence numbers: they cannot be guessed', () => {
    const engine = new SoundEngineSetUp();
    engine.apply({ listeners: [planListener(6_000, one), planListener(6_002, one)] });
    engine.deliver(5);
    const [first, second] = engine.socket.packets;
    expect(first?.timestamp).not.toBe(second?.timestamp);
    expect(first?.sequence).not.toBe(second?.sequence);
  });
});

describe('a gap', () => {
  test('makes RTP time jump by what was lost; half-filled packets are dropped', () => {
    const engine = new SoundEngineSetUp();
    engine.apply({ listeners: [planListener(PORT, one)] });
    engine.deliver(50);
    engine.deliver(2, { frames: 96 });
    engine.lose(480);
    engine.deliver(50);
    const { packets } = engine.socket;
    // Up to 50 ms; 50 to 52 is half a packet, 52 to 62 is lost, 62 to 65 half a packet.
    expect(steps(packets).filter((step) => step !== 240)).toEqual([240 + 720]);
    expect(packets.filter(({ marker }) => marker)).toEqual([packets[0], packets[10]]);
    expect(sequenceSteps(packets)).toEqual(new Set([1]));
  });

  test.each(SAMPLE_RATES)('at %i Hz is as long as it was, to a sample', (sampleRate) => {
    const engine = new SoundEngineSetUp();
    engine.apply({ listeners: [planListener(PORT, { ...one, codec: 'pcm', sampleRate })] });
    for (let round = 0; round < 50; round++) {
      engine.deliver(20);
      engine.lose(977);
    }
    engine.deliver(40);
    const { packets } = engine.socket;
    const [first, last] = [packets[0], packets.at(-1)];
    const passedMs = (last?.sentAtMs ?? 0) - (first?.sentAtMs ?? 0);
    const rtpMs = (((last?.timestamp ?? 0) - (first?.timestamp ?? 0)) >>> 0) / (sampleRate / 1_000);
    expect(Math.abs(rtpMs - passedMs)).toBeLessThan(10);
    expect(sequenceSteps(packets)).toEqual(new Set([1]));
    expect(steps(packets).every((step) => step > 0)).toBe(true);
  });

  test('is counted, and said with the next report', () => {
    const engine = new SoundEngineSetUp();
    engine.apply({ listeners: [planListener(PORT, one)] });
    engine.deliver(50);
    engine.lose(480);
    engine.lose(20);
    expect(engine.captures.at(-1)?.overruns).toBe(0);
    engine.clock.advance(1_000);
    expect(engine.captures.at(-1)).toMatchObject({ state: 'live', overruns: 2, lostFrames: 500 });
  });
});

describe('a source that begins anew', () => {
  test('goes on in RTP time by what has passed, under the same SSRC', () => {
    const engine = new SoundEngineSetUp();
    engine.apply({ listeners: [planListener(PORT, one)] });
    engine.deliver(100);
    engine.source.sink?.onFailed('the card was pulled out');
    expect(engine.captures.at(-1)).toMatchObject({ state: 'failed', restarts: 0 });
    engine.clock.advance(3_000);
    engine.frame = 0;
    engine.deliver(100);
    const { packets } = engine.socket;
    expect(steps(packets).filter((step) => step !== 240)).toEqual([240 + 3_000 * 48]);
    expect(packets.filter(({ marker }) => marker)).toEqual([packets[0], packets[20]]);
    expect(sequenceSteps(packets)).toEqual(new Set([1]));
    expect(engine.captures.at(-1)).toMatchObject({ state: 'live', restarts: 1 });
  });

  test('in another rate is resampled, and RTP time stands on the grid', () => {
    const engine = new SoundEngineSetUp();
    engine.apply({
      listeners: [planListener(PORT, { codec: 'pcm', channels: [1], packetMs: 20 })],
    });
    engine.deliver(107, { frames: 48 });
    engine.frame = 0;
    engine.deliver(100, { rate: 44_100, frames: 441 });
    const { packets } = engine.socket;
    const start = packets[0]?.timestamp ?? 0;
    const ticks = new Set(
      packets.map(({ timestamp }) => Math.floor(((timestamp - start) >>> 0) / 960)),
    );
    // 0 to 100 ms, then from 120 on.
    expect([...ticks]).toEqual([0, 1, 2, 3, 4, 6, 7, 8, 9, 10]);
    expect(packets.filter(({ marker }) => marker)).toHaveLength(2);
  });

  test('never goes back, even when nothing has passed', () => {
    const engine = new SoundEngineSetUp();
    engine.apply({ listeners: [planListener(PORT, one)] });
    for (let round = 0; round < 20; round++) {
      engine.deliver(25 + round, { frames: 48 });
      engine.frame = 0;
    }
    expect(Math.min(...steps(engine.socket.packets))).toBeGreaterThanOrEqual(240);
    expect(sequenceSteps(engine.socket.packets)).toEqual(new Set([1]));
  });

  test('because the plan names another one is opened after the first has been closed', async () => {
    const engine = new SoundEngineSetUp();
    const listeners = [planListener(PORT, one)];
    engine.apply({ listeners });
    engine.deliver(100);
    const [first] = engine.sources;
    engine.apply({ source: 'tones:', listeners });
    expect(first?.isClosed).toBe(true);
    expect(engine.sources).toHaveLength(1);
    await new Promise(setImmediate);
    expect(engine.sources.map(({ name }) => name)).toEqual(['hw:XUSB', 'tones:']);
    // It counts from elsewhere, which is no gap.
    engine.frame = 48_000_000;
    engine.deliver(100);
    expect(Math.max(...steps(engine.socket.packets))).toBeLessThan(2_000);
    expect(sequenceSteps(engine.socket.packets)).toEqual(new Set([1]));
  });
});

describe('the time extension', () => {
  test('is in the first packet and in the first after each 5 s of RTP time', () => {
    const engine = new SoundEngineSetUp();
    engine.apply({ listeners: [planListener(PORT, { ...one, packetMs: 20 })] });
    engine.deliver(15_100);
    const places = engine.socket.packets.flatMap(({ extension }, at) => (extension ? [at] : []));
    expect(places).toEqual([0, 250, 500, 750]);
  });

  test('says when the first sample was captured', () => {
    const engine = new SoundEngineSetUp();
    engine.clock.advance(7);
    engine.apply({ listeners: [planListener(PORT, { ...one, packetMs: 20 })] });
    engine.deliver(5_100);
    const timed = engine.socket.packets.filter(({ extension }) => extension);
    expect(timed).toHaveLength(2);
    for (const { extension, sentAtMs } of timed)
      expect(extension?.serverTimeMs).toBe(sentAtMs - 20);
  });

  test.each([44_100, 32_000, 24_000] as const)(
    'leaves out what the resampler to %i Hz delays',
    (sampleRate) => {
      const engine = new SoundEngineSetUp();
      const wish = { ...one, codec: 'pcm', sampleRate, packetMs: 10 } as const;
      engine.apply({ listeners: [planListener(PORT, wish)] });
      // A click after exactly 200 ms.
      engine.deliver(400, { sampleOf: (_, frame) => (frame === 9_600 ? 0.9 : 0) });
      const startMs = engine.socket.packets[0]?.extension?.serverTimeMs ?? 0;
      const { packets } = engine.socket;
      let loudest = { sample: 0, atMs: 0 };
      for (const { timestamp, payload } of packets) {
        const ticks = (timestamp - (packets[0]?.timestamp ?? 0)) >>> 0;
        const view = new DataView(payload.buffer, payload.byteOffset, payload.length);
        for (let at = 0; at < payload.length / 2; at++) {
          const sample = Math.abs(view.getInt16(2 * at));
          if (sample > loudest.sample)
            loudest = { sample, atMs: ((ticks + at) * 1_000) / sampleRate };
        }
      }
      const clickMs = startMs - Date.UTC(2026, 0, 1) + loudest.atMs;
      // The extension is rounded to a millisecond.
      expect(Math.abs(clickMs - 200)).toBeLessThan(0.6);
    },
  );

  test('has 0x02 once after a change of state, and 0x04 while an event is pending', () => {
    const engine = new SoundEngineSetUp();
    const flagsAfter = (changes: { stateVersion: number; isEventPending: boolean }) => {
      const before = engine.socket.packets.length;
      engine.apply({ listeners: [planListener(PORT, { ...one, ...changes })] });
      engine.deliver(5_000);
      const later = engine.socket.packets.slice(before);
      return later.flatMap(({ extension }) => (extension ? [extension.flags] : []));
    };
    expect(flagsAfter({ stateVersion: 4, isEventPending: false })).toEqual([0x01]);
    expect(flagsAfter({ stateVersion: 5, isEventPending: false })).toEqual([0x03]);
    expect(flagsAfter({ stateVersion: 5, isEventPending: true })).toEqual([0x05]);
    expect(flagsAfter({ stateVersion: 6, isEventPending: true })).toEqual([0x07]);
    expect(flagsAfter({ stateVersion: 6, isEventPending: false })).toEqual([0x01]);
  });

  test('is in the first packet of each SSRC; a change of state is said by the first of them', () => {
    const engine = new SoundEngineSetUp();
    const wish = { codec: 'pcm', channels: [1, 2], layout: 'plain' } as const;
    engine.apply({ listeners: [planListener(PORT, wish)] });
    engine.deliver(5_000);
    engine.apply({ listeners: [planListener(PORT, { ...wish, stateVersion: 2 })] });
    engine.deliver(100);
    const timed = engine.socket.packets.filter(({ extension }) => extension);
    expect(timed.map(({ port, extension }) => [port, extension?.flags])).toEqual([
      [6_000, 1],
      [6_002, 1],
      [6_000, 3],
      [6_002, 1],
    ]);
  });

  test('comes late after a long gap, and once', () => {
    const engine = new SoundEngineSetUp();
    engine.apply({ listeners: [planListener(PORT, { ...one, packetMs: 20 })] });
    engine.deliver(100);
    engine.lose(48_000 * 17);
    engine.deliver(5_000);
    const places = engine.socket.packets.flatMap(({ extension }, at) => (extension ? [at] : []));
    // At 17.1 s, and then at 20 s as if nothing had been.
    expect(places).toEqual([0, 5, 150]);
  });
});
