// Tests of the clip reader, and that the clip in assets is what its documentation says.

import { spawnSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { groupAccessUnits, nalType, splitAnnexB } from '#media/h264/annex-b.ts';
import { parseSps } from '#media/h264/sps.ts';
import { type OggOpus, readOggOpus } from '#media/opus/ogg.ts';
import { formatOggOpus } from '#media/opus/ogg-writer.ts';
import { readMarker, readPayloadType } from '#media/rtp/header.ts';
import { InputError, UnavailableError } from '#std/errors.ts';
import { parseClip } from './clip.ts';
import { loadClip } from './load-clip.ts';
import {
  FRAMES_PER_SECOND,
  LOOP_FRAMES,
  PICTURE_HEIGHT,
  PICTURE_WIDTH,
  readFrameNumber,
} from './picture.ts';

const VIDEO_FILE = fileURLToPath(new URL('assets/clip.h264', import.meta.url));
const AUDIO_FILE = fileURLToPath(new URL('assets/clip.opus', import.meta.url));
const video = new Uint8Array(readFileSync(VIDEO_FILE));
const audio = new Uint8Array(readFileSync(AUDIO_FILE));
const pictures = groupAccessUnits(splitAnnexB(video));
/** A quarter of a second of 2 Mb/s. */
const MAX_KEY_FRAME_BYTES = 62_500;
const GOP_FRAMES = 60;

function run(command: string, args: string[]): Buffer {
  return spawnSync(command, ['-v', 'error', ...args], { maxBuffer: 300_000_000 }).stdout;
}

/** The brightness of each pixel of these frames. */
function decodeLuma(frames: readonly number[]): Uint8Array[] {
  const select = `select='${frames.map((frame) => `eq(n,${frame})`).join('+')}'`;
  const output = ['-vsync', '0', '-f', 'rawvideo', '-pix_fmt', 'gray', '-'];
  const bytes = run('ffmpeg', ['-i', VIDEO_FILE, '-vf', select, ...output]);
  const size = PICTURE_WIDTH * PICTURE_HEIGHT;
  return frames.map((_, index) => bytes.subarray(index * size, (index + 1) * size));
}

function meanDifference(a: Uint8Array, b: Uint8Array): number {
  return a.reduce((sum, luma, at) => sum + Math.abs(luma - b[at]!), 0) / a.length;
}

/** Left and right, -1 to 1. */
function decodeChannels(opus: OggOpus): Float32Array[] {
  const input = formatOggOpus(opus, { vendor: 'test', serial: 1 });
  const args = ['-v', 'error', '-f', 'ogg', '-i', '-', '-f', 'f32le', '-'];
  const { stdout } = spawnSync('ffmpeg', args, { input, maxBuffer: 100_000_000 });
  const samples = new Float32Array(stdout.buffer, stdout.byteOffset, stdout.length / 4);
  return [0, 1].map((channel) => samples.filter((_, at) => at % 2 === channel));
}

function largestStep(samples: Float32Array): number {
  const steps = samples.subarray(1).map((sample, at) => Math.abs(sample - samples[at]!));
  return steps.reduce((largest, step) => Math.max(largest, step), 0);
}

/** The largest change of slope: where a click shows that is smaller than the tone's own steps. */
function largestBend(samples: Float32Array): number {
  return largestStep(samples.subarray(1).map((sample, at) => sample - samples[at]!));
}

describe('the picture in assets', () => {
  test('is Constrained Baseline 3.1, 1280 x 720, 30 frames a second, without B-frames', () => {
    const sps = splitAnnexB(video).filter((unit) => nalType(unit) === 7);
    expect(parseSps(sps[0]!)).toMatchObject({
      profileName: 'Constrained Baseline',
      level: '3.1',
      width: PICTURE_WIDTH,
      height: PICTURE_HEIGHT,
      frameRate: FRAMES_PER_SECOND,
      maxReorderFrames: 0,
    });
  });

  test('is seen by ffprobe in the same way', () => {
    const entries = 'stream=codec_name,profile,level,width,height,has_b_frames,r_frame_rate';
    const args = ['-show_entries', entries, '-of', 'json', VIDEO_FILE];
    expect(JSON.parse(String(run('ffprobe', args))).streams).toEqual([
      {
        codec_name: 'h264',
        profile: 'Constrained Baseline',
        level: 31,
        width: 1280,
        height: 720,
        has_b_frames: 0,
        r_frame_rate: '30/1',
      },
    ]);
  });

  test('has 300 frames of one slice, and a key frame with its parameter sets every 2 s', () => {
    expect(pictures).toHaveLength(LOOP_FRAMES);
    pictures.forEach((units, frame) => {
      expect(units.map(nalType)).toEqual(frame % GOP_FRAMES === 0 ? [7, 8, 5] : [1]);
    });
  });

  test('takes 1.6 to 2.4 Mb/s, and no key frame more than a quarter of a second of it', () => {
    const seconds = LOOP_FRAMES / FRAMES_PER_SECOND;
    const megabits = (video.length * 8) / seconds / 1e6;
    expect(megabits).toBeGreaterThan(1.6);
    expect(megabits).toBeLessThan(2.4);
    const sizes = pictures.map((units) => units.reduce((sum, unit) => sum + unit.length, 0));
    expect(Math.max(...sizes)).toBeLessThan(MAX_KEY_FRAME_BYTES);
  });

  test('shows the number of each frame in the strip', () => {
    const frames = [0, 1, 59, 60, 170, 255, 256, 299];
    const numbers = decodeLuma(frames).map((luma) =>
      readFrameNumber((x, y) => luma[y * PICTURE_WIDTH + x]!),
    );
    expect(numbers).toEqual(frames);
  });

  test('has no seam: its last frame and its first differ like any neighbours', () => {
    const frames = [0, 1, 59, 60, 119, 120, 298, 299];
    const [f0, f1, f59, f60, f119, f120, f298, f299] = decodeLuma(frames);
    const seam = meanDifference(f299!, f0!);
    const neighbours = [
      meanDifference(f0!, f1!),
      meanDifference(f298!, f299!),
      meanDifference(f59!, f60!),
      meanDifference(f119!, f120!),
    ];
    expect(seam).toBeLessThan(1.2 * Math.max(...neighbours));
  });
});

describe('the sound in assets', () => {
  test('is stereo in 500 packets of 20 ms, about 48 kb/s', () => {
    const opus = readOggOpus(audio);
    expect(opus.channels).toBe(2);
    expect(opus.packets).toHaveLength(500);
    const bytes = opus.packets.reduce((sum, packet) => sum + packet.length, 0);
    expect((bytes * 8) / 10 / 1000).toBeCloseTo(48, 0);
  });

  test('is decoded by ffmpeg and has no click where the loop begins again', () => {
    const opus = readOggOpus(audio);
    const seam = 480_000 - opus.preSkip;
    for (const samples of decodeChannels({
      ...opus,
      packets: [...opus.packets, ...opus.packets],
    })) {
      for (const measure of [largestStep, largestBend]) {
        const elsewhere = measure(samples.subarray(48_000, seam - 48_000));
        expect(measure(samples.subarray(seam - 2400, seam + 2400))).toBeLessThanOrEqual(elsewhere);
      }
    }
  });

  test('is soft: it peaks between -24 and -19 dBFS', () => {
    for (const samples of decodeChannels(readOggOpus(audio))) {
      const peak = samples.reduce((largest, sample) => Math.max(largest, Math.abs(sample)), 0);
      expect(20 * Math.log10(peak)).toBeGreaterThan(-24);
      expect(20 * Math.log10(peak)).toBeLessThan(-19);
    }
  });
});

test('both files in assets are together smaller than 3 MB', () => {
  expect(statSync(VIDEO_FILE).size + statSync(AUDIO_FILE).size).toBeLessThan(3_000_000);
});

describe('parseClip', () => {
  const opus = { channels: 2 as const, preSkip: 312 };
  const options = { vendor: 'test', serial: 1 };

  test('declares both tracks, with the parameter sets of the first key frame', () => {
    const clip = parseClip({ video, audio });
    const [sps, pps] = pictures[0]!;
    expect(clip.video.format).toEqual({
      kind: 'video',
      codec: 'H264',
      clockRate: 90_000,
      parameterSets: [sps, pps],
    });
    expect(clip.audio.format).toEqual({
      kind: 'audio',
      codec: 'opus',
      clockRate: 48_000,
      channels: 2,
    });
    expect([clip.video.ticksPerFrame, clip.audio.ticksPerFrame]).toEqual([3000, 960]);
  });

  test('makes packets of at most 1,200 bytes, the marker at the end of each frame only', () => {
    const clip = parseClip({ video, audio });
    for (const { packets } of clip.video.frames) {
      expect(Math.max(...packets.map((packet) => packet.length - 12))).toBeLessThanOrEqual(1188);
      expect(packets.filter(readMarker)).toEqual(packets.slice(-1));
      expect(packets.every((packet) => readPayloadType(packet) === 96)).toBe(true);
    }
    for (const { packets } of clip.audio.frames) {
      expect(packets.map(readMarker)).toEqual([false]);
      expect(packets.map(readPayloadType)).toEqual([111]);
    }
  });

  test.each([
    ['no picture', new Uint8Array(), audio],
    ['a picture that begins in the middle', Uint8Array.of(0, 0, 1, 0x41, 0x9a), audio],
    ['no sound', video, formatOggOpus({ ...opus, packets: [] }, options)],
    [
      'packets of 10 ms',
      video,
      formatOggOpus({ ...opus, packets: [Uint8Array.of(30 << 3)] }, options),
    ],
  ])('refuses a clip with %s and says how to make it again', (_, badVideo, badAudio) => {
    const parse = () => parseClip({ video: badVideo, audio: badAudio });
    expect(parse).toThrow(InputError);
    expect(parse).toThrow(/npm run clip/);
  });

  test('answers random bytes with an InputError', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 50 }), (bytes) => {
        expect(() => parseClip({ video: bytes, audio })).toThrow(InputError);
        expect(() => parseClip({ video, audio: bytes })).toThrow(InputError);
      }),
      { numRuns: 20 },
    );
  });
});

describe('loadClip', () => {
  test('reads the clip in assets', async () => {
    const clip = await loadClip();
    expect(clip.video.frames).toHaveLength(LOOP_FRAMES);
    expect(clip.audio.frames).toHaveLength(500);
  });

  test('says what is missing and how to make it', async () => {
    const loading = loadClip(new URL('nowhere/', import.meta.url));
    await expect(loading).rejects.toThrow(UnavailableError);
    await expect(loading).rejects.toThrow(/clip\.(h264|opus).*npm run clip/);
  });
});
