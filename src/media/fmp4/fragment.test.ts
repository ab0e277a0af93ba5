// Init segments and fragments, walked box by box, and refused where a track makes no sense.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { InputError } from '#std/errors.ts';
import { PPS, SPS } from '../../../test/support/rtp-packets.ts';
import { codecString } from './codec-string.ts';
import { type Mp4Sample, writeFragment } from './fragment.ts';
import { writeInit } from './init-segment.ts';
import type { Mp4Track } from './mp4-track.ts';

const VIDEO = { id: 1, timescale: 90_000, codec: 'H264', parameterSets: [SPS, PPS] } as const;
const SOUND = { id: 2, timescale: 48_000, codec: 'opus', channels: 2 } as const;
const AAC = { id: 3, timescale: 16_000, codec: 'AAC', config: Uint8Array.of(0x14, 0x08) } as const;

/** How many bytes of its own a box has before the boxes in it. */
const CONTAINERS: Readonly<Record<string, number>> = {
  ...Object.fromEntries(
    ['moov', 'trak', 'mdia', 'minf', 'dinf', 'stbl', 'mvex', 'moof', 'traf'].map((type) => [
      type,
      0,
    ]),
  ),
  dref: 8,
  stsd: 8,
  avc1: 78,
  hvc1: 78,
  mp4a: 28,
  Opus: 28,
};

interface Box {
  readonly path: string;
  readonly start: number;
  readonly content: Uint8Array;
}

/** Every box of a file, by its path, in order; throws where one does not fit into its parent. */
function walk(bytes: Uint8Array, path = '', offset = 0): Box[] {
  const boxes: Box[] = [];
  let at = 0;
  while (at < bytes.length) {
    const size = wordAt(bytes, at);
    const type = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    if (size < 8 || at + size > bytes.length) throw new Error(`${path}/${type} has ${size} bytes`);
    const content = bytes.subarray(at + 8, at + size);
    const own = `${path}/${type}`;
    boxes.push({ path: own, start: offset + at, content });
    const inner = CONTAINERS[type];
    if (inner !== undefined) {
      boxes.push(...walk(content.subarray(inner), own, offset + at + 8 + inner));
    }
    at += size;
  }
  return boxes;
}

function wordAt(bytes: Uint8Array, at: number): number {
  return new DataView(bytes.buffer, bytes.byteOffset).getUint32(at);
}

function find(boxes: readonly Box[], path: string): Box {
  const found = boxes.find((box) => box.path === path);
  if (!found) throw new Error(`there is no ${path}`);
  return found;
}

/** What a player reads out of a fragment of video. */
function readFragment(bytes: Uint8Array) {
  const boxes = walk(bytes);
  const moof = find(boxes, '/moof');
  const tfhd = find(boxes, '/moof/traf/tfhd').content;
  const tfdt = find(boxes, '/moof/traf/tfdt').content;
  const trun = find(boxes, '/moof/traf/trun').content;
  const hasOffsets = (wordAt(trun, 0) & 0x800) !== 0;
  let at = moof.start + wordAt(trun, 8);
  const samples = Array.from({ length: wordAt(trun, 4) }, (_, sample) => {
    const entry = 12 + sample * (hasOffsets ? 16 : 12);
    const data = bytes.subarray(at, at + wordAt(trun, entry + 4));
    at += data.length;
    return {
      duration: wordAt(trun, entry),
      isKey: wordAt(trun, entry + 8) === 0x200_0000,
      compositionOffset: hasOffsets ? wordAt(trun, entry + 12) | 0 : 0,
      data,
    };
  });
  expect(at).toBe(bytes.length);
  return {
    sequence: wordAt(find(boxes, '/moof/mfhd').content, 4),
    track: wordAt(tfhd, 4),
    baseTime: wordAt(tfdt, 4) * 2 ** 32 + wordAt(tfdt, 8),
    samples,
  };
}

function splitSized(data: Uint8Array): Uint8Array[] {
  const units: Uint8Array[] = [];
  for (let at = 0; at < data.length; at += 4 + wordAt(data, at)) {
    units.push(data.subarray(at + 4, at + 4 + wordAt(data, at)));
  }
  return units;
}

describe('writeInit', () => {
  test('writes the boxes that a fragmented file must have, each where it belongs', () => {
    const table = (entry: string) => [
      ...['stsd', `stsd/${entry}`],
      `stsd/${entry}/${entry === 'avc1' ? 'avcC' : 'dOps'}`,
      ...['stts', 'stsc', 'stsz', 'stco'],
    ];
    const trak = (header: string, entry: string) => [
      ...['', '/tkhd', '/mdia', '/mdia/mdhd', '/mdia/hdlr', '/mdia/minf', `/mdia/minf/${header}`],
      ...[
        '/mdia/minf/dinf',
        '/mdia/minf/dinf/dref',
        '/mdia/minf/dinf/dref/url ',
        '/mdia/minf/stbl',
      ],
      ...table(entry).map((path) => `/mdia/minf/stbl/${path}`),
    ];
    expect(walk(writeInit([VIDEO, SOUND])).map(({ path }) => path)).toEqual([
      ...['/ftyp', '/moov', '/moov/mvhd'],
      ...trak('vmhd', 'avc1').map((path) => `/moov/trak${path}`),
      ...trak('smhd', 'Opus').map((path) => `/moov/trak${path}`),
      ...['/moov/mvex', '/moov/mvex/trex', '/moov/mvex/trex'],
    ]);
  });

  test('carries the parameter sets and the size of the picture', () => {
    const boxes = walk(writeInit([VIDEO]));
    const avcC = find(boxes, '/moov/trak/mdia/minf/stbl/stsd/avc1/avcC').content;
    const sized = [1, 0, SPS.length, ...SPS, 1, 0, PPS.length, ...PPS];
    expect([...avcC]).toEqual([1, 0x42, 0xc0, 0x1f, 0xff, 0xe1, ...sized.slice(1)]);
    const tkhd = find(boxes, '/moov/trak/tkhd').content;
    expect([wordAt(tkhd, 76) / 65_536, wordAt(tkhd, 80) / 65_536]).toEqual([1280, 720]);
  });

  test.each<[string, Mp4Track, string]>([
    ['video without an SPS', { ...VIDEO, parameterSets: [PPS] }, 'SPS is missing'],
    ['video without a PPS', { ...VIDEO, parameterSets: [SPS] }, 'PPS is missing'],
    ['an SPS that is cut off', { ...VIDEO, parameterSets: [SPS.slice(0, 5), PPS] }, 'it ends'],
    ['32 PPS', { ...VIDEO, parameterSets: [SPS, ...Array(32).fill(PPS)] }, 'more than 31 PPS'],
    [
      'a set that is too long',
      { ...VIDEO, parameterSets: [SPS, new Uint8Array(70_000).fill(0x68)] },
      'longer than 65535 bytes',
    ],
    ['H.265 without a VPS', { ...VIDEO, codec: 'H265' }, 'VPS is missing'],
    ['nonsense AAC', { ...AAC, config: Uint8Array.of(0xff) }, 'middle of a field'],
    ['an endless AAC configuration', { ...AAC, config: new Uint8Array(65) }, 'too long'],
    ['surround Opus', { ...SOUND, channels: 6 }, '6 channels'],
    ['Opus of no channels', { ...SOUND, channels: 0 }, '0 channels'],
  ])('refuses %s', (_, track, message) => {
    expect(() => writeInit([track])).toThrow(InputError);
    expect(() => writeInit([track])).toThrow(message);
  });

  test('answers mutated H.265 sets with a segment or an InputError', () => {
    const bytes = fc.uint8Array({ minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(bytes, bytes, (sps, vps) => {
        const parameterSets = [
          Uint8Array.of(0x40, 1, ...vps),
          Uint8Array.of(0x42, 1, ...sps),
          Uint8Array.of(0x44, 1),
        ];
        try {
          const track: Mp4Track = { ...VIDEO, codec: 'H265', parameterSets };
          expect(walk(writeInit([track])).length).toBeGreaterThan(10);
          expect(codecString(track)).toMatch(/^hvc1\.[ABC]?\d+\.[0-9A-F]+\.[LH]\d+/);
        } catch (error) {
          expect(error).toBeInstanceOf(InputError);
        }
      }),
      { numRuns: 2000 },
    );
  });
});

describe('writeFragment', () => {
  const unit = fc
    .uint8Array({ minLength: 1, maxLength: 50 })
    .map((rest) => Uint8Array.of(0x41, ...rest));
  const sample = fc.record({
    duration: fc.integer({ min: 0, max: 0xffff_ffff }),
    isKey: fc.boolean(),
    compositionOffset: fc.integer({ min: -90_000, max: 90_000 }),
    units: fc.array(unit, { maxLength: 4 }),
  });

  test('reads back as it was written', () => {
    fc.assert(
      fc.property(
        fc.array(sample, { maxLength: 10 }),
        fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER }),
        fc.integer({ min: 1, max: 0xffff_ffff }),
        (samples, baseTime, sequence) => {
          const bytes = writeFragment({ sequence, track: VIDEO, baseTime, samples });
          const { samples: read, ...rest } = readFragment(bytes);
          expect(rest).toEqual({ sequence, track: 1, baseTime });
          expect(read.map(({ data, ...each }) => ({ ...each, units: splitSized(data) }))).toEqual(
            samples,
          );
        },
      ),
    );
  });

  test('has no composition offsets where none is needed', () => {
    const samples: Mp4Sample[] = [{ duration: 1, isKey: true, units: [] }];
    const without = writeFragment({ sequence: 1, track: VIDEO, baseTime: 0, samples });
    const trun = find(walk(without), '/moof/traf/trun').content;
    expect(trun.length).toBe(12 + 12);
  });

  test('leaves parameter sets out of samples', () => {
    const slice = Uint8Array.of(0x65, 9);
    const samples = [{ duration: 1, isKey: true, units: [SPS, PPS, slice] }];
    const bytes = writeFragment({ sequence: 1, track: VIDEO, baseTime: 0, samples });
    expect(splitSized(readFragment(bytes).samples[0]!.data)).toEqual([slice]);
    const hevc: Mp4Track = { ...VIDEO, codec: 'H265' };
    const units = [0x40, 0x42, 0x44, 0x26].map((first) => Uint8Array.of(first, 1, 7));
    const hevcBytes = writeFragment({
      sequence: 1,
      track: hevc,
      baseTime: 0,
      samples: [{ duration: 1, isKey: true, units }],
    });
    expect(splitSized(readFragment(hevcBytes).samples[0]!.data)).toEqual([units[3]]);
  });

  test('puts packets of sound in as they are', () => {
    const samples = [
      { duration: 960, isKey: true, units: [Uint8Array.of(0x67, 2)] },
      { duration: 960, isKey: true, units: [Uint8Array.of(3)] },
    ];
    const bytes = writeFragment({ sequence: 1, track: SOUND, baseTime: 5, samples });
    expect(readFragment(bytes).samples.map(({ data }) => [...data])).toEqual([[0x67, 2], [3]]);
  });
});
