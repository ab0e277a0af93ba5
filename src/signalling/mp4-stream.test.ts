// Live MP4 out of packets: what ffmpeg decodes of it is what went in, when it went in; no gap, no way back.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { TrackFormat, VideoFormat } from '#core/streams/track-format.ts';
import { formatSenderReport } from '#media/rtcp/sender-report.ts';
import { readMarker, readTimestamp } from '#media/rtp/header.ts';
import { readFragment } from '../../test/support/mp4-fragments.ts';
import { PPS, rtpPacket, SPS, VideoSender } from '../../test/support/rtp-packets.ts';
import { aacClip, runFfmpeg } from '../../test/support/sound-clips.ts';
import { encodeFrames } from '../../test/support/video-frames.ts';
import { Mp4Stream } from './mp4-stream.ts';

const H264: VideoFormat = {
  kind: 'video',
  codec: 'H264',
  clockRate: 90_000,
  parameterSets: [SPS, PPS],
};
const H265: VideoFormat = { ...H264, codec: 'H265' };
const OPUS: TrackFormat = { kind: 'audio', codec: 'opus', clockRate: 48_000, channels: 2 };
const FRAME_TICKS = 3_600;
const MARKER_WORD = 0x80_00_00;
const WALL_MS = Date.UTC(2026, 0, 1);

class Recorder {
  readonly mimes: string[] = [];
  readonly segments: Uint8Array[] = [];
  readonly fragments: ReturnType<typeof readFragment>[] = [];
  readonly failures: unknown[] = [];
  readonly stream: Mp4Stream;

  constructor(formats: readonly TrackFormat[], reorders = false) {
    this.stream = new Mp4Stream({
      formats,
      reorders: () => reorders,
      sink: {
        onInit: (mime, segment) => {
          this.mimes.push(mime);
          this.segments.push(segment);
        },
        onFragment: (fragment) => {
          this.segments.push(fragment);
          this.fragments.push(readFragment(fragment));
        },
        onFailed: (error) => this.failures.push(error),
      },
    });
  }

  of(track: number) {
    return this.fragments.filter((fragment) => fragment.track === track);
  }

  /** One packet for each unit. */
  addFrame(units: readonly Uint8Array[], timestamp: number, outlet = 0): void {
    for (const [at, unit] of units.entries()) {
      const marker = at === units.length - 1 ? MARKER_WORD : 0;
      const packet = rtpPacket(unit, { sequence: 0, timestamp: 0 });
      this.stream.outlets[outlet]?.add(packet, marker, timestamp >>> 0, 0);
    }
  }

  addPackets(packets: readonly Uint8Array[]): void {
    for (const packet of packets) {
      const first = readMarker(packet) ? MARKER_WORD : 0;
      this.stream.outlets[0]?.add(packet, first, readTimestamp(packet), 0);
    }
  }

  /** This timestamp was captured so long after `WALL_MS`. */
  report(outlet: number, timestamp: number, afterMs: number): void {
    const report = formatSenderReport({
      ssrc: 1,
      ntpMs: WALL_MS + afterMs,
      rtpTimestamp: timestamp >>> 0,
      packetCount: 1,
      octetCount: 1,
      cname: 'x',
    });
    this.stream.outlets[outlet]?.addReport(report);
  }
}

/** Of each picture the number of the frame whose time it is shown at, and its hash. */
function pictures(bytes: Uint8Array, format: string): { shownAt: number; hash: string }[] {
  const options = ['-f', format, '-i', '-', '-map', '0:v', '-f', 'framemd5', '-'];
  const text = new TextDecoder().decode(runFfmpeg(options, bytes));
  const rows = text.split('\n').filter((line) => /^0,/.test(line));
  return rows.map((row) => {
    const [, , shownAt, , , hash = ''] = row.split(',').map((field) => field.trim());
    return { shownAt: Number(shownAt), hash };
  });
}

function annexB(frames: readonly (readonly Uint8Array[])[]): Uint8Array {
  const code = Uint8Array.of(0, 0, 0, 1);
  return Buffer.concat(frames.flat().flatMap((unit) => [code, unit]));
}

const join = (parts: readonly Uint8Array[]) => Buffer.concat(parts);

describe('what ffmpeg decodes of it', () => {
  test.each([
    ['H264', H264, 'h264', /^video\/mp4; codecs="avc1\.64[0-9a-f]{4}"$/],
    ['H265', H265, 'hevc', /^video\/mp4; codecs="hvc1\.1\.6\.L\d+\.[0-9A-F]+"$/],
  ] as const)('is every picture of %s, in its time', (codec, format, name, mime) => {
    const frames = encodeFrames({ codec, frames: 30, gopFrames: 10 });
    const recorder = new Recorder([format]);
    // Over the wrap of the timestamps, and one frame more to end the last.
    const start = 0xffff_f000;
    for (const [at, units] of [...frames, frames[0]!].entries()) {
      recorder.addFrame(units, start + at * FRAME_TICKS);
    }
    expect(recorder.mimes).toEqual([expect.stringMatching(mime)]);
    const decoded = pictures(join(recorder.segments), 'mp4');
    const original = pictures(annexB(frames), name);
    expect(original).toHaveLength(30);
    expect(decoded.map(({ hash }) => hash)).toEqual(original.map(({ hash }) => hash));
    expect(decoded.map(({ shownAt }) => shownAt)).toEqual(decoded.map((_, at) => at));
    expect(recorder.fragments.map(({ isKey }) => isKey).filter(Boolean)).toHaveLength(3);
  });

  test('is in order where there are B-frames', () => {
    const frames = encodeFrames({ codec: 'H264', frames: 13, gopFrames: 50, bFrames: 2 });
    // I0 P3 B1 B2 P6 B4 B5 …
    const shown = [0, 3, 1, 2, 6, 4, 5, 9, 7, 8, 12, 10, 11];
    const recorder = new Recorder([H264], true);
    for (const [at, units] of frames.entries()) {
      recorder.addFrame(units, shown[at]! * FRAME_TICKS);
    }
    // Those that the last frames wait for.
    for (let more = 0; more < 5; more++) {
      recorder.addFrame([Uint8Array.of(0x41, 1)], (13 + more) * FRAME_TICKS);
    }
    const decoded = pictures(join(recorder.segments), 'mp4');
    const original = pictures(annexB(frames), 'h264');
    expect(decoded.map(({ hash }) => hash)).toEqual(original.map(({ hash }) => hash));
    expect(recorder.fragments.map(({ baseTime }) => baseTime / FRAME_TICKS)).toEqual(
      shown.map((_, at) => at),
    );
    expect(
      recorder.fragments.map(
        ({ baseTime, compositionOffset }) => (baseTime + compositionOffset) / FRAME_TICKS,
      ),
    ).toEqual(shown);
  });

  test('has AAC as it was', () => {
    const { format, payloads, ticks } = aacClip({ rate: 16_000, channels: 1, seconds: 1 });
    const recorder = new Recorder([format]);
    for (const [at, payload] of payloads.entries()) recorder.addFrame([payload], at * ticks);
    expect(recorder.mimes).toEqual(['audio/mp4; codecs="mp4a.40.2"']);
    expect(recorder.fragments.map(({ data }) => data)).toEqual(
      payloads.slice(0, -1).map((payload) => payload.slice(4)),
    );
    const samples = runFfmpeg(
      ['-f', 'mp4', '-i', '-', '-f', 's16le', '-'],
      join(recorder.segments),
    );
    expect(samples.length / 2).toBe((payloads.length - 1) * 1024);
  });
});

describe('where it begins', () => {
  test('is the first key frame, and time 0', () => {
    const recorder = new Recorder([H264]);
    const camera = new VideoSender();
    recorder.addPackets(camera.deltaFrame());
    recorder.addPackets(camera.keyFrame());
    recorder.addPackets(camera.deltaFrame());
    recorder.addPackets(camera.deltaFrame());
    expect(recorder.of(1)).toMatchObject([
      { baseTime: 0, isKey: true, duration: 3_000 },
      { baseTime: 3_000, isKey: false, duration: 3_000 },
    ]);
    expect(recorder.stream.damagedFrames).toBe(1);
  });

  test('is known on the wall clock once a report came', () => {
    const recorder = new Recorder([H264]);
    const camera = new VideoSender();
    recorder.addPackets(camera.keyFrame());
    const began = camera.timestamp;
    recorder.addPackets(camera.deltaFrame());
    expect(recorder.stream.startMs).toBeUndefined();
    recorder.report(0, began + 90_000, 5_000);
    expect(recorder.stream.startMs).toBeCloseTo(WALL_MS + 4_000, 0);
  });

  test('is anew where parameter sets change, and only there', () => {
    const [first, second] = (['320x180', '160x90'] as const).map((size) =>
      encodeFrames({ codec: 'H264', frames: 2, gopFrames: 1, size }),
    );
    const recorder = new Recorder([H264]);
    for (const [at, units] of [...first!, ...second!, second![0]!].entries()) {
      recorder.addFrame(units, at * FRAME_TICKS);
    }
    expect(recorder.mimes).toHaveLength(2);
    expect(recorder.segments.map((segment) => String.fromCharCode(...segment.slice(4, 8)))).toEqual(
      ['ftyp', 'moof', 'moof', 'ftyp', 'moof', 'moof'],
    );
    expect(pictures(join(recorder.segments.slice(3)), 'mp4')).toHaveLength(2);
  });

  test('is nowhere, and said once, where parameter sets make no sense', () => {
    const recorder = new Recorder([H264]);
    const broken = [Uint8Array.of(0x67), Uint8Array.of(0x68), Uint8Array.of(0x65, 1)];
    for (let at = 0; at < 4; at++) recorder.addFrame(broken, at * FRAME_TICKS);
    expect(recorder.failures).toEqual([expect.objectContaining({ name: 'InputError' })]);
    expect(recorder.segments).toEqual([]);
  });
});

describe('sound beside the picture', () => {
  /** Picture and sound whose timestamps begin anywhere; the sound is captured so much later. */
  function start(laterMs: number, formats: readonly TrackFormat[] = [H264, OPUS]) {
    const recorder = new Recorder(formats);
    const camera = new VideoSender();
    recorder.addPackets(camera.keyFrame());
    recorder.report(0, camera.timestamp, 1_000);
    recorder.report(1, 777, 1_000 + laterMs);
    recorder.addPackets(camera.deltaFrame());
    return { recorder, camera };
  }
  const opus = (at: number) => [Uint8Array.of(0xfc, at)];

  test('is where the reports say that it was captured', () => {
    const { recorder } = start(250);
    for (let at = 0; at < 3; at++) recorder.addFrame(opus(at), 777 + at * 960, 1);
    expect(recorder.mimes).toEqual(['video/mp4; codecs="avc1.42c01f,opus"']);
    expect(recorder.of(2)).toMatchObject([
      { baseTime: 12_000, duration: 960, isKey: true, data: Uint8Array.of(0xfc, 0) },
      { baseTime: 12_960, duration: 960 },
    ]);
  });

  test('begins with the picture, not before it, and not before its own report', () => {
    const { recorder } = start(-30);
    for (let at = 0; at < 4; at++) recorder.addFrame(opus(at), 777 + at * 960, 1);
    expect(recorder.of(2)).toMatchObject([{ baseTime: 480 }]);
    const early = new Recorder([H264, OPUS]);
    for (let at = 0; at < 4; at++) early.addFrame(opus(at), at * 960, 1);
    early.addPackets(new VideoSender().keyFrame());
    for (let at = 4; at < 8; at++) early.addFrame(opus(at), at * 960, 1);
    expect(early.of(2)).toEqual([]);
  });

  test('follows a drifting clock by no more than 1 ms with each report', () => {
    const { recorder } = start(0);
    recorder.addFrame(opus(0), 777, 1);
    recorder.report(1, 777 + 960, 1_000 + 20 + 100);
    recorder.addFrame(opus(1), 777 + 960, 1);
    recorder.addFrame(opus(2), 777 + 1_920, 1);
    recorder.report(1, 777 + 2_880, 1_000 + 60 - 100);
    recorder.addFrame(opus(3), 777 + 2_880, 1);
    expect(recorder.of(2).map(({ duration }) => duration)).toEqual([960 + 48, 960, 960 - 48]);
  });

  test('that was given another clock is moved at once', () => {
    const { recorder } = start(0);
    recorder.addFrame(opus(0), 777, 1);
    recorder.report(1, 777 + 960, 1_000 + 20 + 2_000);
    recorder.addFrame(opus(1), 777 + 960, 1);
    expect(recorder.of(2)).toMatchObject([{ baseTime: 0, duration: 96_960 }]);
  });

  test('is left out where it can only be converted', () => {
    const recorder = new Recorder([H264]);
    recorder.addPackets(new VideoSender().keyFrame());
    expect(recorder.stream.outlets).toHaveLength(1);
  });
});

describe('packets that are missing', () => {
  test('cost a frame that was left in its middle, not the key frame after it', () => {
    const recorder = new Recorder([H264]);
    const camera = new VideoSender();
    recorder.addPackets(camera.keyFrame());
    recorder.addPackets(camera.deltaFrame(3).slice(0, 2));
    recorder.addPackets(camera.keyFrame(2));
    recorder.addPackets(camera.deltaFrame());
    recorder.addPackets(camera.deltaFrame());
    expect(recorder.of(1).map(({ isKey }) => isKey)).toEqual([true, true, false]);
    // Behind the length of its first unit: nothing of the frame before.
    expect(recorder.of(1)[1]?.data[4]).toBe(0x65);
    expect(recorder.of(1)[0]?.duration).toBe(6_000);
  });

  test('cost everything up to the next key frame where a frame is not whole', () => {
    const recorder = new Recorder([H264]);
    const camera = new VideoSender();
    recorder.addPackets(camera.keyFrame());
    // The end of a fragmented unit without its beginning.
    recorder.addPackets(camera.frame([Uint8Array.of(0x7c, 0x41, 1)]));
    recorder.addPackets(camera.deltaFrame());
    recorder.addPackets(camera.keyFrame());
    recorder.addPackets(camera.deltaFrame());
    expect(recorder.of(1).map(({ isKey }) => isKey)).toEqual([true, true]);
    expect(recorder.stream.damagedFrames).toBe(2);
  });

  test('are followed by another beginning after a restart, whose times never go back', () => {
    const recorder = new Recorder([H264]);
    const camera = new VideoSender();
    recorder.addPackets(camera.keyFrame());
    for (let frames = 0; frames < 3; frames++) recorder.addPackets(camera.deltaFrame());
    recorder.stream.restart();
    recorder.addPackets(camera.deltaFrame());
    // The cached picture, its times pressed together before the newest one's.
    camera.timestamp -= 9_000;
    recorder.addPackets(camera.keyFrame());
    recorder.addPackets(camera.deltaFrame());
    recorder.addPackets(camera.deltaFrame());
    expect(recorder.mimes).toHaveLength(2);
    const times = recorder.of(1).map(({ baseTime }) => baseTime);
    expect(times).toEqual([...times].sort((one, other) => one - other));
    expect(recorder.of(1).slice(3)).toMatchObject([{ isKey: true }, { isKey: false }]);
  });
});

test('whatever the timestamps are, fragments follow each other without gap or overlap', () => {
  const steps = fc.array(fc.integer({ min: -20_000, max: 200_000 }), { maxLength: 40 });
  fc.assert(
    fc.property(steps, steps, fc.boolean(), (pictureSteps, soundSteps, reorders) => {
      const recorder = new Recorder([H264, OPUS], reorders);
      const camera = new VideoSender();
      recorder.addPackets(camera.keyFrame());
      recorder.report(0, camera.timestamp, 0);
      recorder.report(1, 0, 0);
      for (const step of pictureSteps) {
        camera.timestamp = (camera.timestamp + step) >>> 0;
        recorder.addPackets(camera.deltaFrame());
      }
      let timestamp = 0;
      for (const step of soundSteps) {
        timestamp = (timestamp + step) >>> 0;
        recorder.addFrame([Uint8Array.of(0xfc)], timestamp, 1);
      }
      for (const track of [1, 2]) {
        const fragments = recorder.of(track);
        for (const [at, { baseTime }] of fragments.entries()) {
          const before = fragments[at - 1];
          if (before) expect(baseTime).toBe(before.baseTime + before.duration);
          expect(fragments[at]?.duration).toBeGreaterThan(0);
        }
      }
    }),
  );
});

test('random packets are dropped or written, and nothing is thrown', () => {
  const formats = fc.constantFrom<readonly TrackFormat[]>(
    [H264, OPUS],
    [H265, aacClip({ rate: 16_000, channels: 1, seconds: 1 }).format],
  );
  const row = fc.tuple(
    fc.uint8Array({ maxLength: 60 }),
    fc.boolean(),
    fc.integer({ min: 0, max: 0xffff_ffff }),
    fc.nat(1),
    fc.boolean(),
  );
  fc.assert(
    fc.property(formats, fc.array(row, { maxLength: 30 }), (tracks, rows) => {
      const recorder = new Recorder(tracks);
      for (const [bytes, marker, timestamp, outlet, isReport] of rows) {
        const packet = rtpPacket(bytes, { sequence: 0, timestamp: 0 });
        const to = recorder.stream.outlets[outlet]!;
        if (isReport) to.addReport(bytes);
        else to.add(packet, marker ? MARKER_WORD : 0, timestamp, 0);
        to.flush();
      }
    }),
  );
});
