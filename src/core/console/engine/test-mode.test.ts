// Test mode through the whole engine: each channel's own signal, at its own place.

import { describe, expect, test } from 'vitest';
import {
  planListener,
  SHUFFLED,
  SoundEngineSetUp,
  sampleOfFrame,
} from '../../../../test/support/sound-engine-set-up.ts';
import { readEntries, readIntegers, reassemble } from '../../../../test/support/sound-packets.ts';

describe('test mode', () => {
  test.each([48_000, 44_100, 32_000, 24_000] as const)(
    'every PCM sample of channel n is n, at %i Hz',
    (sampleRate) => {
      const engine = new SoundEngineSetUp();
      const l16 = planListener(6_000, { codec: 'pcm', sampleRate, channels: SHUFFLED });
      const l24 = planListener(7_000, { codec: 'pcm24', sampleRate, channels: SHUFFLED });
      engine.apply({ isTestMode: true, listeners: [l16, l24] });
      engine.deliver(200);
      for (const [listener, bytes] of [
        [l16, 2],
        [l24, 3],
      ] as const) {
        const packets = engine.socket.to(listener === l16 ? 6_000 : 7_000);
        const heard = reassemble(packets, { listener, bytes });
        expect([...heard.keys()].toSorted()).toEqual(SHUFFLED.toSorted());
        for (const [channel, samples] of heard) {
          expect(samples.length).toBeGreaterThan((sampleRate * 190) / 1_000);
          expect(new Set(samples)).toEqual(new Set([channel]));
        }
      }
    },
  );

  test('with Opus channel n is a sine of 100 × n Hz that goes on from packet to packet', () => {
    const engine = new SoundEngineSetUp();
    engine.apply({ isTestMode: true, listeners: [planListener(6_000, { packetMs: 2.5 })] });
    engine.deliver(100);
    const ticks = engine.socket.packets.map(({ payload }) => readEntries(payload));
    expect(ticks).toHaveLength(40);
    ticks.forEach((entries, tick) => {
      for (const { channel, frame } of entries) {
        const phase = 2 * Math.PI * 100 * channel * tick * 0.0025;
        expect(sampleOfFrame(frame)).toBeCloseTo(10 ** (-12 / 20) * Math.sin(phase), 5);
      }
    });
  });

  test('it goes on and off from one tick to the next', () => {
    const engine = new SoundEngineSetUp();
    const listeners = [planListener(6_000, { codec: 'pcm', channels: [9] })];
    engine.apply({ isTestMode: true, listeners });
    engine.deliver(5);
    engine.apply({ isTestMode: false, listeners });
    engine.deliver(5, { sampleOf: () => 0.25 });
    const samples = engine.socket.packets.map(({ payload }) => readIntegers(payload, {})[0]?.[0]);
    expect(samples).toEqual([9, 8_192]);
  });
});
