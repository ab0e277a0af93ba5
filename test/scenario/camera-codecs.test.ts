// What cameras send that browsers do not play, or not well.
// docs/reference/camera-quirks.md has the table of all.

import { describe, expect, test } from 'vitest';
import { createSoundConverter } from '../../src/adapters/sound/sound-converter.ts';
import { openCameraStream } from '../support/camera-stream.ts';
import { indexesIn } from '../support/clip-frames.ts';
import { SilentLog } from '../support/silent-log.ts';
import { expectAllFrames, payloadOf, textOf, watch } from '../support/watch-camera.ts';

const SECOND_MS = 1_000;

describe('quirk 24: B-frames', () => {
  test('quirk 24: they are seen, said with the setting to change, and converted where that can be (MediaMTX#1491)', async () => {
    const gate = await openCameraStream({ clip: { bFrames: 2 } });
    await gate.live();
    await gate.play(SECOND_MS);
    expect(gate.view.tracks[0]).toMatchObject({ reorders: true });
    expect(gate.warnings).toEqual([expect.stringContaining('B-frames to 0')]);
    const viewer = await gate.join();
    expect(viewer.viewer.view().choice).toContain('cannot be converted: it needs ffmpeg');
    expect(viewer.viewer.view().choice).toContain('with B-frames');
  });

  test('quirk 24: their timestamps are not mended', async () => {
    const { gate } = await watch({ clip: { bFrames: 2 } });
    expect(Object.values(gate.main.video!.faults)).toEqual([0, 0, 0, 0, 0, 0]);
  });

  test('quirk 24: without them there is nothing to say', async () => {
    const { gate } = await watch();
    expect(gate.view.tracks[0]).toMatchObject({ reorders: false });
    expect(gate.warnings).toEqual([]);
  });
});

describe('quirk 25: a key frame every ten seconds', () => {
  const clip = { gopFrames: 250, seconds: 20 };

  test('quirk 25: the newest one is kept: who joins late has the picture at once (WebRTC#92)', async () => {
    const gate = await openCameraStream({ clip });
    await gate.live();
    await gate.play(8 * SECOND_MS);
    const viewer = await gate.join();
    await gate.play(SECOND_MS);
    const [first] = indexesIn(gate.clip, viewer.frames());
    expect(first).toBe(0);
    expectAllFrames(gate, viewer, 210);
  });

  test('quirk 25: its length is measured and said', async () => {
    const gate = await openCameraStream({ clip });
    await gate.live();
    await gate.play(21 * SECOND_MS);
    expect(gate.view.tracks[0]).toMatchObject({ gopFrames: 250 });
    expect(gate.warnings).toEqual([expect.stringContaining('only every 10 s')]);
  });
});

describe('quirk 26: sound that browsers do not play', () => {
  test.each(['aac-16k', 'pcma-16k', 'l16'] as const)(
    'quirk 26: %s comes as Opus (go2rtc#1506)',
    async (audio) => {
      const converter = createSoundConverter({ log: new SilentLog() });
      const gate = await openCameraStream({ clip: { audio }, converter });
      await gate.live();
      const viewer = await gate.join(true);
      // The converter works in real time, in a thread of its own.
      await gate.playUntil(() => viewer.packets('audio').length > 50, 'sound');
      expect(viewer.viewer.subscribers[1]!.track.format).toMatchObject({
        codec: 'opus',
        clockRate: 48_000,
      });
      expectAllFrames(gate, viewer, 20);
    },
  );

  test('quirk 26: Opus that is declared 48000/1 is passed on as it is (gortsplib#511)', async () => {
    const description = (sdp: string) => sdp.replace('opus/48000/2', 'opus/48000');
    const gate = await openCameraStream({ clip: { audio: 'opus' }, behaviour: { description } });
    await gate.live();
    const viewer = await gate.join();
    await gate.play(SECOND_MS);
    const sent = new Set(gate.clip.tracks[1]!.frames.flatMap(({ units }) => units.map(textOf)));
    const payloads = viewer.packets('audio').map(({ bytes }) => textOf(payloadOf(bytes)));
    expect(payloads.length).toBeGreaterThan(40);
    expect(payloads.filter((payload) => !sent.has(payload))).toEqual([]);
  });

  test('quirk 26: sound that cannot be converted leaves the picture', async () => {
    const { gate, viewer } = await watch({ clip: { audio: 'l16' } });
    expect(viewer.viewer.view().choice).toContain('the sound');
    expectAllFrames(gate, viewer);
  });
});
