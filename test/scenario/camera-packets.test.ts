// Cameras' packets as they are, from the camera's socket through the rules to what a browser is sent.
// docs/reference/camera-quirks.md has the table of all.

import { describe, expect, test } from 'vitest';
import { RTP_HEADER_BYTES } from '#media/rtp/header.ts';
import { openCameraStream } from '../support/camera-stream.ts';
import { breaksIn, indexesIn, isKeySlice, isParameterSet } from '../support/clip-frames.ts';
import { expectAllFrames, expectOneRun, shownMs, textOf, watch } from '../support/watch-camera.ts';

const SECOND_MS = 1_000;
const MAX_PACKET_BYTES = 1_200;
const withoutSets = (sdp: string) => sdp.replace(/;\s*sprop-parameter-sets=[^\r;]*/g, '');

describe('quirk 14: parameter sets are missing in the description, or wrong', () => {
  test('quirk 14: they are learned from the stream (MediaMTX#707)', async () => {
    const { gate, viewer } = await watch({ behaviour: { parameterSets: 'in-band' } });
    expectAllFrames(gate, viewer);
    expect(gate.view.tracks[0]).toMatchObject({ profile: 'Main', width: 320, height: 180 });
  });

  test('quirk 14: those of the stream count where the description has others (retina 0.4.11)', async () => {
    const wrong = 'Z0LAHtkDxWhAAAADAEAAAAwDxYuS,aMuMsg==';
    const description = (sdp: string) =>
      sdp.replace(/(sprop-parameter-sets=)[^\r;]*/, `$1${wrong}`);
    const { gate, viewer } = await watch({ behaviour: { description } });
    expectAllFrames(gate, viewer);
    expect(gate.view.tracks[0]).toMatchObject({ width: 320, height: 180 });
  });

  test('quirk 14: with none anywhere it never is live, and viewers are told', async () => {
    const behaviour = { parameterSets: 'described', description: withoutSets } as const;
    const gate = await openCameraStream({ behaviour });
    await gate.playUntil(() => gate.main.state === 'retrying', 'the end of patience');
    expect(gate.main.reason).toBe('no complete frame for 10 s');
    await expect(gate.join(true)).rejects.toMatchObject({ code: 'stream_not_ready' });
  });
});

test('quirk 15: parameter sets that are never repeated go out before every key frame (Janus#3149)', async () => {
  const { gate, viewer } = await watch({ behaviour: { parameterSets: 'described' } });
  expectAllFrames(gate, viewer);
  const keyFrames = viewer.frames().filter(({ units }) => units.some(isKey));
  expect(keyFrames.length).toBeGreaterThan(3);
  for (const { units } of viewer.frames()) {
    const sets = units.filter((unit) => isParameterSet(unit, 'H264'));
    expect(sets).toHaveLength(units.some(isKey) ? 2 : 0);
  }
});

function isKey(unit: Uint8Array): boolean {
  return isKeySlice(unit, 'H264');
}

describe('quirk 16: several units in one packet, joined by start codes', () => {
  test('quirk 16: they are taken apart (AlexxIT/WebRTC#391, V380)', async () => {
    const { gate, viewer } = await watch({ behaviour: { packing: 'annex-b' } });
    expectAllFrames(gate, viewer);
    const startCode = Buffer.of(0, 0, 0, 1);
    for (const { bytes } of viewer.packets('video')) {
      expect(Buffer.from(bytes).indexOf(startCode, 12)).toBe(-1);
      expect(bytes.length).toBeLessThanOrEqual(MAX_PACKET_BYTES);
    }
  });

  test('quirk 16: in H.265 too', async () => {
    const behaviour = { packing: 'annex-b' } as const;
    const gate = await openCameraStream({ clip: { video: 'H265' }, behaviour });
    await gate.live();
    const watcher = await gate.watch('video');
    await gate.play(2 * SECOND_MS);
    const frames = watcher.frames('H265');
    expect(frames.length).toBeGreaterThan(40);
    expect(breaksIn(gate.clip, frames)).toBe(0);
  });
});

describe('quirk 17: markers are wrong', () => {
  test.each([
    ['never', 'missingMarkers', '(gortsplib#759)'],
    ['always', 'earlyMarkers', '(Reolink Duo 2)'],
  ] as const)(
    'quirk 17: frames are whole with markers %s; %s are counted %s',
    async (markers, fault, _thread) => {
      const { gate, viewer } = await watch({ behaviour: { markers } });
      const frames = viewer.frames();
      expect(frames.length).toBeGreaterThan(90);
      // The first two frames tell that markers can't be trusted; from then on all are whole.
      const rest = frames.slice(3);
      expect(breaksIn(gate.clip, rest)).toBe(0);
      expect(gate.main.video!.faults[fault]).toBeGreaterThan(0);
      expect(gate.warnings.join()).toContain(fault);
    },
  );

  test('quirk 17: markers on parameter sets end no frame, and are no fault (Tapo TC70)', async () => {
    const { gate, viewer } = await watch({ behaviour: { markers: 'parameter-sets' } });
    expectAllFrames(gate, viewer);
    expect(gate.warnings).toEqual([]);
  });
});

describe('quirk 18: units as large as they come', () => {
  test.each(['tcp', 'udp'] as const)(
    'quirk 18: packets of 10,000 bytes by %s are split for viewers (Tapo, UniFi)',
    async (transport) => {
      const clip = { width: 1280, height: 720, bitrateKbps: 4_000 };
      const { gate, viewer } = await watch({
        clip,
        settings: { transport },
        behaviour: { maxPayloadBytes: 9_988 },
      });
      expectAllFrames(gate, viewer);
      const sizes = viewer.packets('video').map(({ bytes }) => bytes.length);
      expect(Math.max(...sizes)).toBeLessThanOrEqual(MAX_PACKET_BYTES);
    },
  );

  test('quirk 18: so is one unit a packet, whatever its size (packetization-mode=0)', async () => {
    const description = (sdp: string) =>
      sdp.replace('packetization-mode=1', 'packetization-mode=0');
    const clip = { width: 1280, height: 720, bitrateKbps: 4_000 };
    const { gate, viewer } = await watch({
      clip,
      behaviour: { packing: 'whole-units', description },
    });
    expectAllFrames(gate, viewer);
    const sizes = viewer.packets('video').map(({ bytes }) => bytes.length);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(MAX_PACKET_BYTES);
  });

  test('quirk 18: packets that fit are passed on as they are', async () => {
    const { gate, viewer } = await watch({ behaviour: { maxPayloadBytes: 900 } });
    expectAllFrames(gate, viewer);
    const sizes = viewer.packets('video').map(({ bytes }) => bytes.length);
    expect(Math.max(...sizes)).toBe(RTP_HEADER_BYTES + 900);
  });
});

test('quirk 19: AAC is passed on unit by unit, never split or joined (MediaMTX#6134)', async () => {
  const gate = await openCameraStream({ clip: { audio: 'aac-16k' } });
  await gate.live();
  const { payloads } = await gate.watch('audio');
  await gate.play(3 * SECOND_MS);
  const units = new Set(gate.clip.tracks[1]!.frames.flatMap(({ units: each }) => each.map(textOf)));
  expect(payloads.length).toBeGreaterThan(40);
  expect(payloads.map(textOf).filter((payload) => !units.has(payload))).toEqual([]);
});

describe('quirk 20: SSRCs', () => {
  test('quirk 20: an announced one that is not true does not matter (retina#79)', async () => {
    const { gate, viewer } = await watch({ behaviour: { announcedSsrc: ' DEADBEEF' } });
    expectAllFrames(gate, viewer);
  });

  test('quirk 20: one that changes in mid-stream costs no frame where the numbers go on (gortsplib#940)', async () => {
    const { gate, viewer } = await watch();
    for (let change = 0; change < 5; change++) {
      gate.camera.renewSsrcs();
      await gate.play(700);
    }
    expectAllFrames(gate, viewer, 170);
    expect(new Set(viewer.packets('video').map(({ ssrc }) => ssrc)).size).toBe(1);
    expect(shownMs(viewer)).toBeGreaterThan(7_000);
  });

  test('quirk 20: another sender with other numbers is taken at its next key frame', async () => {
    const { gate, viewer } = await watch();
    gate.camera.renewSsrcs();
    gate.camera.lose(3);
    await gate.play(3 * SECOND_MS);
    const breaks = breaksIn(gate.clip, viewer.frames());
    expect(breaks).toBe(1);
    expect(indexesIn(gate.clip, viewer.frames())).not.toContain(-1);
    expectOneRun(viewer);
  });
});

test('quirk 21: seq=0 and rtptime=0 in RTP-Info mean nothing (retina 0.3.10)', async () => {
  const { gate, viewer } = await watch({ behaviour: { wrongRtpInfo: true } });
  expectAllFrames(gate, viewer);
});

describe('quirk 31: the camera drops packets before it sends by TCP', () => {
  test('quirk 31: they are counted, and no torn frame is shown (MediaMTX#3308)', async () => {
    const { gate, viewer } = await watch({ behaviour: { loseEvery: 40 } }, 20_000);
    const frames = viewer.frames();
    expect(indexesIn(gate.clip, frames)).not.toContain(-1);
    expect(frames.every(({ complete }) => complete)).toBe(true);
    expect(gate.view.tracks[0]!.lostPackets).toBeGreaterThan(10);
    expect(gate.warnings).toEqual([expect.stringContaining('never arrived')]);
    expectOneRun(viewer);
  });

  test('quirk 31: after a loss the picture goes on with a key frame', async () => {
    const { gate, viewer } = await watch();
    gate.camera.lose(2);
    await gate.play(3 * SECOND_MS);
    const indexes = indexesIn(gate.clip, viewer.frames());
    const next = indexes.find((index, at) => at > 0 && index !== (indexes[at - 1]! + 1) % 100);
    expect(next! % 25).toBe(0);
    expect(gate.view.tracks[0]!.lostPackets).toBe(2);
  });
});
