// Real clips through the MP4 writer: what ffmpeg decodes out of it is what it decodes without it.

import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readOggOpus } from '#media/opus/ogg.ts';
import { opusPacketDurationTicks } from '#media/opus/packet.ts';
import { codecString } from './codec-string.ts';
import { type Mp4Sample, writeFragment } from './fragment.ts';
import { writeInit } from './init-segment.ts';
import type { Mp4Track, VideoMp4Track } from './mp4-track.ts';
import { isParameterSet, unitType } from './video-sets.ts';

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'yeoul-fmp4-'));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

const at = (name: string) => join(folder, name);

function ffmpeg(...options: string[]): Buffer {
  const arguments_ = ['-v', 'error', '-y', ...options];
  return execFileSync('ffmpeg', arguments_, { maxBuffer: 100_000_000 });
}

function probe(file: string, entries: string): Record<string, Record<string, unknown>[]> {
  const arguments_ = ['-v', 'error', '-show_entries', entries, '-of', 'json', file];
  return JSON.parse(execFileSync('ffprobe', arguments_, { encoding: 'utf8' }));
}

/** One line for each decoded picture: when it is shown, and its hash. */
function pictures(file: string): string[] {
  const lines = ffmpeg('-i', file, '-map', '0:v', '-f', 'framemd5', '-').toString().split('\n');
  const rows = lines.filter((line) => line !== '' && !line.startsWith('#'));
  return rows.map((line) => {
    const [, , shownAt, , , hash] = line.split(',').map((field) => field.trim());
    return `${shownAt} ${hash}`;
  });
}

interface Clip {
  readonly track: VideoMp4Track;
  readonly samples: readonly (Mp4Sample & { readonly decodedAt: number })[];
}

/** Encodes a clip into an ordinary MP4 and takes its frames and their times out again. */
function encode(codec: 'H264' | 'H265', options: readonly string[]): Clip {
  const source = ['-f', 'lavfi', '-i', 'testsrc2=size=322x178:rate=25', '-frames:v', '30'];
  ffmpeg(...source, ...options, '-video_track_timescale', '90000', at('plain.mp4'));
  const format = codec === 'H264' ? 'h264' : 'hevc';
  ffmpeg('-i', at('plain.mp4'), '-c', 'copy', '-f', format, at('plain.bin'));
  const { packets = [] } = probe(at('plain.mp4'), 'packet=pts,dts,duration,size');
  const units = splitUnits(readFileSync(at('plain.bin')));
  const frames = groupFrames(codec, units);
  expect(frames.length).toBe(packets.length);
  const first = Number(packets[0]?.['dts']);
  const samples = packets.map(({ pts, dts, duration }, index) => ({
    decodedAt: Number(dts) - first,
    duration: Number(duration),
    compositionOffset: Number(pts) - Number(dts),
    isKey: frames[index]!.some((unit) => isKeyUnit(codec, unit)),
    units: frames[index]!,
  }));
  const parameterSets = units.filter((unit) => isParameterSet(codec, unit)).slice(0, 3);
  return { track: { id: 1, timescale: 90_000, codec, parameterSets }, samples };
}

function splitUnits(bytes: Buffer): Uint8Array[] {
  const units: Uint8Array[] = [];
  const code = Buffer.from([0, 0, 1]);
  for (let start = bytes.indexOf(code); start !== -1; ) {
    const next = bytes.indexOf(code, start + 3);
    let end = next === -1 ? bytes.length : next;
    while (bytes[end - 1] === 0) end--;
    units.push(Uint8Array.from(bytes.subarray(start + 3, end)));
    start = next;
  }
  return units;
}

/** Units up to and including a slice; the clips have one slice in a picture. */
function groupFrames(codec: 'H264' | 'H265', units: readonly Uint8Array[]): Uint8Array[][] {
  const frames: Uint8Array[][] = [];
  let frame: Uint8Array[] = [];
  for (const unit of units) {
    frame.push(unit);
    const type = unitType(codec, unit);
    if (codec === 'H264' ? type > 5 : type > 31) continue;
    frames.push(frame);
    frame = [];
  }
  return frames;
}

function isKeyUnit(codec: 'H264' | 'H265', unit: Uint8Array): boolean {
  const type = unitType(codec, unit);
  return codec === 'H264' ? type === 5 : type >= 16 && type <= 21;
}

/** One fragment for each sample. */
function fragments(track: Mp4Track, samples: readonly (Mp4Sample & { decodedAt: number })[]) {
  return samples.map((sample, index) =>
    writeFragment({ sequence: index + 1, track, baseTime: sample.decodedAt, samples: [sample] }),
  );
}

const ONE_SLICE = 'sliced-threads=0:slices=1';

describe('a clip as fragmented MP4', () => {
  test.each<['H264' | 'H265', string, string[]]>([
    ['H264', 'avc1.42c00d', ['-c:v', 'libx264', '-profile:v', 'baseline', '-pix_fmt', 'yuv420p']],
    ['H264', 'avc1.64000d', ['-c:v', 'libx264', '-preset', 'medium', '-bf', '3', '-g', '12']],
    ['H265', 'hvc1.1.6.L60.90', ['-c:v', 'libx265', '-bf', '0', '-x265-params', 'log-level=none']],
    [
      'H265',
      'hvc1.2.4.L60.90',
      ['-c:v', 'libx265', '-pix_fmt', 'yuv420p10le', '-x265-params', 'log-level=none'],
    ],
  ])('%s %s shows every picture as it was, and when', (codec, text, options) => {
    const pixels = options.includes('-pix_fmt') ? [] : ['-pix_fmt', 'yuv420p'];
    const single = codec === 'H264' ? ['-x264-params', ONE_SLICE] : [];
    const { track, samples } = encode(codec, [...options, ...pixels, ...single]);
    expect(codecString(track)).toBe(text);
    writeFileSync(at('own.mp4'), Buffer.concat([writeInit([track]), ...fragments(track, samples)]));
    const original = pictures(at('plain.mp4'));
    expect(original.length).toBe(30);
    expect(pictures(at('own.mp4')).map(hashOf)).toEqual(original.map(hashOf));
    expect(spacing(pictures(at('own.mp4')))).toEqual(spacing(original));
    const { streams } = probe(at('own.mp4'), 'stream=codec_tag_string,width,height,time_base');
    expect(streams).toEqual([
      { codec_tag_string: text.slice(0, 4), width: 322, height: 178, time_base: '1/90000' },
    ]);
  });

  test('plays AAC and Opus beside the picture, sample for sample', () => {
    const sine = [
      '-f',
      'lavfi',
      '-i',
      'sine=frequency=440:sample_rate=48000:duration=1',
      '-ac',
      '2',
    ];
    ffmpeg(...sine, '-c:a', 'aac', '-f', 'adts', at('sound.aac'));
    ffmpeg(...sine, '-c:a', 'libopus', '-f', 'ogg', at('sound.ogg'));
    const video = encode('H264', [
      '-c:v',
      'libx264',
      '-pix_fmt',
      'yuv420p',
      '-bf',
      '0',
      '-x264-params',
      ONE_SLICE,
    ]);
    const config = Uint8Array.of(0x11, 0x90);
    const aac: Mp4Track = { id: 2, timescale: 48_000, codec: 'AAC', config };
    const opus: Mp4Track = { id: 3, timescale: 48_000, codec: 'opus', channels: 2 };
    const ogg = readOggOpus(readFileSync(at('sound.ogg')));
    const file = Buffer.concat([
      writeInit([video.track, aac, opus]),
      ...fragments(video.track, video.samples),
      ...fragments(
        aac,
        soundSamples(readAdts(readFileSync(at('sound.aac'))), () => 1024),
      ),
      ...fragments(opus, soundSamples(ogg.packets, opusPacketDurationTicks)),
    ]);
    writeFileSync(at('all.mp4'), file);
    const { streams } = probe(at('all.mp4'), 'stream=codec_name,channels');
    expect(streams).toEqual([
      { codec_name: 'h264' },
      { codec_name: 'aac', channels: 2 },
      { codec_name: 'opus', channels: 2 },
    ]);
    expect(pcm(at('all.mp4'), '0:1')).toEqual(pcm(at('sound.aac'), '0:0'));
    // The Ogg file drops what the encoder was ahead, and what it was filled up with at the end.
    const skipped = pcm(at('all.mp4'), '0:2').subarray(ogg.preSkip * 4);
    const original = pcm(at('sound.ogg'), '0:0');
    expect(original.length).toBe(48_000 * 4);
    expect(skipped.subarray(0, original.length)).toEqual(original);
  });
});

const hashOf = (line: string) => line.split(' ')[1];

/** Ticks from each picture to the next. */
function spacing(lines: readonly string[]): number[] {
  const times = lines.map((line) => Number(line.split(' ')[0]));
  return times.slice(1).map((time, index) => time - (times[index] ?? 0));
}

/** Stereo, two bytes a sample. */
function pcm(file: string, stream: string): Buffer {
  return ffmpeg('-i', file, '-map', stream, '-f', 's16le', '-c:a', 'pcm_s16le', '-');
}

function soundSamples(frames: readonly Uint8Array[], duration: (frame: Uint8Array) => number) {
  let decodedAt = 0;
  return frames.map((frame) => {
    const sample = { decodedAt, duration: duration(frame), isKey: true, units: [frame] };
    decodedAt += sample.duration;
    return sample;
  });
}

function readAdts(bytes: Uint8Array): Uint8Array[] {
  const frames: Uint8Array[] = [];
  for (let start = 0; start < bytes.length; ) {
    const header = bytes.subarray(start, start + 7);
    const size = ((header[3]! & 3) << 11) | (header[4]! << 3) | (header[5]! >>> 5);
    frames.push(bytes.subarray(start + 7, start + size));
    start += size;
  }
  return frames;
}
