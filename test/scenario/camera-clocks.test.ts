// Cameras' timestamps as they are, and what a browser is sent instead.
// docs/reference/camera-quirks.md has the table of all.

import { describe, expect, test } from 'vitest';
import { timestampDistance } from '#media/rtp/distance.ts';
import { openCameraStream } from '../support/camera-stream.ts';
import { expectAllFrames, shownMs, ticksBetween, watch } from '../support/watch-camera.ts';

const SECOND_MS = 1_000;
const TICKS_PER_MS = 90;

describe('quirk 22: timestamps that players must not see', () => {
  test.each([3_600, -3_600, -0.2])(
    'quirk 22: they jump by %s s, and go on as if nothing had been (retina#64)',
    async (seconds) => {
      const { gate, viewer } = await watch();
      gate.camera.jump(seconds);
      await gate.play(4 * SECOND_MS);
      expectAllFrames(gate, viewer, 190);
      expect(shownMs(viewer)).toBeGreaterThan(7_800);
      expect(shownMs(viewer)).toBeLessThan(9_200);
      expect(gate.warnings).toHaveLength(1);
    },
  );

  test.each(['jittering', 'stopped'] as const)(
    'quirk 22: they are %s, and the picture keeps its pace (go2rtc#917)',
    async (timestamps) => {
      const { gate, viewer } = await watch();
      gate.camera.behave({ timestamps });
      await gate.play(4 * SECOND_MS);
      expectAllFrames(gate, viewer, 190);
      expect(shownMs(viewer)).toBeGreaterThan(7_500);
      expect(shownMs(viewer)).toBeLessThan(9_200);
    },
  );

  test('quirk 22: right ones are left as they are', async () => {
    const { gate, viewer } = await watch();
    const live = ticksBetween(viewer).slice(-50);
    expect(new Set(live)).toEqual(new Set([40 * TICKS_PER_MS]));
    expect(gate.warnings).toEqual([]);
  });
});

describe('quirk 23: the steps of sound are inexact', () => {
  test.each([
    ['opus', 960],
    ['pcmu', 160],
  ] as const)('quirk 23: %s goes out in steps of exactly %i (kvs#1607)', async (audio, step) => {
    const gate = await openCameraStream({ clip: { audio }, behaviour: { inexactSound: true } });
    await gate.live();
    const viewer = await gate.join();
    await gate.play(4 * SECOND_MS);
    const packets = viewer.packets('audio');
    expect(packets.length).toBeGreaterThan(150);
    const steps = packets
      .slice(1)
      .map(({ timestamp }, at) => timestampDistance(packets[at]!.timestamp, timestamp));
    expect(steps.filter((each) => each !== step)).toEqual([]);
  });

  test('quirk 23: packets that are missing leave their gap', async () => {
    const gate = await openCameraStream({ clip: { audio: 'opus' }, behaviour: { loseEvery: 10 } });
    await gate.live();
    const viewer = await gate.join();
    await gate.play(2 * SECOND_MS);
    const packets = viewer.packets('audio');
    const steps = packets
      .slice(1)
      .map(({ timestamp }, at) => timestampDistance(packets[at]!.timestamp, timestamp));
    expect(new Set(steps)).toEqual(new Set([960, 2 * 960]));
  });
});
