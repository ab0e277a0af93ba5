// WAV files: what is written is read back, by us and by ffmpeg, and nonsense is refused.

import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readInterleaved } from '#media/pcm/interleaved.ts';
import { InputError } from '#std/errors.ts';
import { readWavHeader } from './wav-reader.ts';
import { formatWavHeader, formatWavSamples } from './wav-writer.ts';

const FORMATS = ['S16_LE', 'S24_3LE', 'FLOAT_LE'] as const;
const STEPS = { S16_LE: 2 ** 15, S24_3LE: 2 ** 23, FLOAT_LE: 2 ** 23 };
const RATE = 48_000;

type Written = Parameters<typeof formatWavHeader>[0];

function formatWav(wav: Written, planes: readonly Float32Array[]): Uint8Array {
  const frames = planes[0]?.length ?? 0;
  const samples = formatWavSamples(planes, { format: wav.format, frames });
  return Buffer.concat([formatWavHeader(wav, samples.length), samples]);
}

function readWav(file: Uint8Array) {
  const header = readWavHeader(file, file.length);
  const { format, channels, dataStart, dataBytes } = header;
  const frames = dataBytes / (channels * { S16_LE: 2, S24_3LE: 3, S32_LE: 4, FLOAT_LE: 4 }[format]);
  const planes = Array.from({ length: channels }, () => new Float32Array(frames));
  readInterleaved(file.subarray(dataStart, dataStart + dataBytes), { format, planes });
  return { ...header, planes };
}

/** Channel c has the samples c + 1, c + 2 … */
function ramps(format: Written['format'], channels: number, frames = 3): Float32Array[] {
  return Array.from({ length: channels }, (_, channel) =>
    Float32Array.from({ length: frames }, (_, at) => (channel + at + 1) / STEPS[format]),
  );
}

const wavs = fc.record({
  format: fc.constantFrom(...FORMATS),
  channels: fc.integer({ min: 1, max: 64 }),
  sampleRate: fc.constantFrom(44_100, 48_000, 192_000),
});

test('what is written is read back', () => {
  fc.assert(
    fc.property(wavs, fc.integer({ min: 1, max: 20 }), (wav, frames) => {
      const planes = ramps(wav.format, wav.channels, frames);
      const read = readWav(formatWav(wav, planes));
      expect(read).toMatchObject({ ...wav, planes });
    }),
  );
});

test.each(FORMATS)('ffmpeg reads 1, 2 and 32 channels of %s', (format) => {
  for (const channels of [1, 2, 32]) {
    const planes = ramps(format, channels, 100);
    const file = formatWav({ format, channels, sampleRate: RATE }, planes);
    const raw = { S16_LE: 's16le', S24_3LE: 's24le', FLOAT_LE: 'f32le' }[format];
    const args = ['-v', 'error', '-i', '-', '-f', raw, '-c:a', `pcm_${raw}`, '-'];
    const heard = execFileSync('ffmpeg', args, { input: file });
    expect(Buffer.compare(heard, formatWavSamples(planes, { format, frames: 100 }))).toBe(0);
  }
});

test.each([
  ['pcm_s16le', 'S16_LE', 2],
  ['pcm_s24le', 'S24_3LE', 6],
  ['pcm_s32le', 'S32_LE', 1],
  ['pcm_f32le', 'FLOAT_LE', 8],
] as const)('what ffmpeg writes as %s is read as %s', (codec, format, channels) => {
  const input = ['-f', 'lavfi', '-i', `aevalsrc=${Array(channels).fill('0.25').join('|')}`];
  const args = [...input, '-t', '0.1', '-ar', '48000', '-c:a', codec, '-f', 'wav', '-'];
  const file = execFileSync('ffmpeg', ['-v', 'error', ...args]);
  const read = readWav(file);
  expect(read).toMatchObject({ format, channels, sampleRate: RATE });
  expect(read.planes.map((plane) => plane.length)).toEqual(Array(channels).fill(4800));
  for (const plane of read.planes) expect(plane[100]).toBeCloseTo(0.25, 4);
});

describe('formatWavHeader', () => {
  test('is as long at the beginning as at the end', () => {
    fc.assert(
      fc.property(wavs, fc.maxSafeNat(), (wav, bytes) => {
        expect(formatWavHeader(wav, 0)).toHaveLength(formatWavHeader(wav, bytes).length);
      }),
    );
  });

  test('names anything but mono and stereo of 16 bits in the extensible form', () => {
    const tagOf = (format: Written['format'], channels: number) =>
      Buffer.from(formatWavHeader({ format, channels, sampleRate: RATE }, 0)).readUInt16LE(20);
    expect([tagOf('S16_LE', 1), tagOf('S16_LE', 2)]).toEqual([1, 1]);
    expect([tagOf('S16_LE', 3), tagOf('S24_3LE', 1), tagOf('FLOAT_LE', 2)]).toEqual(
      Array(3).fill(0xfffe),
    );
  });

  test('of more than 4 GiB leads to the end of the file', () => {
    const wav = { format: 'S16_LE', channels: 2, sampleRate: RATE } as const;
    const header = formatWavHeader(wav, 2 ** 33 + 8);
    expect(readWavHeader(header, header.length + 2 ** 33 + 8).dataBytes).toBe(2 ** 33 + 8);
  });
});

test('integers are rounded and clipped, floats are written as they are', () => {
  const planes = [Float32Array.of(2, -2, 0.6 / 2 ** 15, Number.NaN)];
  const write = (format: Written['format']) =>
    Buffer.from(formatWavSamples(planes, { format, frames: 4 }));
  const [short, packed] = [write('S16_LE'), write('S24_3LE')];
  expect([0, 2, 4, 6].map((at) => short.readInt16LE(at))).toEqual([32_767, -32_768, 1, 0]);
  expect([0, 3].map((at) => packed.readIntLE(at, 3))).toEqual([8_388_607, -8_388_608]);
  expect([0, 4].map((at) => write('FLOAT_LE').readFloatLE(at))).toEqual([2, -2]);
});

const good = formatWav({ format: 'S24_3LE', channels: 3, sampleRate: RATE }, ramps('S24_3LE', 3));

/** The header of a good file with other bytes at one place. */
function changed(at: number, ...bytes: number[]): Uint8Array {
  const file = Uint8Array.from(good);
  file.set(bytes, at);
  return file;
}

describe('readWavHeader', () => {
  test('skips other chunks, of an odd size too', () => {
    const other = Buffer.from([...Buffer.from('LIST'), 3, 0, 0, 0, 1, 2, 3, 0]);
    const file = Buffer.concat([good.subarray(0, 12), other, good.subarray(12)]);
    expect(readWav(file).planes).toEqual(ramps('S24_3LE', 3));
  });

  test('takes the size of an RF64 file from where its 64 bits are', () => {
    const sizes = Buffer.alloc(36);
    sizes.write('ds64');
    sizes.writeUInt32LE(28, 4);
    sizes.writeUInt32LE(9, 16);
    sizes.writeUInt32LE(2, 20);
    const file = Buffer.concat([
      Buffer.from('RF64'),
      good.subarray(4, 12),
      sizes,
      good.subarray(12),
    ]);
    file.fill(0xff, file.length - 27 - 4, file.length - 27);
    expect(readWavHeader(file, 2 ** 40).dataBytes).toBe(2 ** 33 + 9 - ((2 ** 33 + 9) % 9));
    expect(readWavHeader(file, file.length).dataBytes).toBe(27);
  });

  test('takes what is there when the size was never filled in, or is too large', () => {
    const at = good.length - 27 - 4;
    for (const size of [
      [0, 0, 0, 0],
      [255, 255, 255, 255],
      [28, 0, 0, 0],
    ]) {
      expect(readWav(changed(at, ...size)).planes).toEqual(ramps('S24_3LE', 3));
    }
    expect(readWavHeader(changed(at, 17, 0, 0, 0), good.length).dataBytes).toBe(9);
  });

  test.each([
    ['an empty file', new Uint8Array(0), 'does not begin as one'],
    ['another file', changed(0, 0x4f), 'does not begin as one'],
    ['another RIFF file', changed(8, 0x41), 'does not begin as one'],
    ['no format', changed(12, 0x41), 'before their format'],
    ['a format that is too short', changed(16, 8), 'format is cut off'],
    ['a format that leads out of the file', changed(16, 255), 'format is cut off'],
    ['another format', changed(20, 6, 0), 'format 6 with 24 bits'],
    ['a format that has no tag', changed(50, 9), 'format 65534 with 24 bits'],
    ['8 bits', changed(34, 8), 'format 1 with 8 bits'],
    ['no channels', changed(22, 0), '0 channels; 1 to 64'],
    ['65 channels', changed(22, 65), '65 channels; 1 to 64'],
    ['an impossible rate', changed(24, 1, 0, 0, 0), 'rate is 1 Hz; 8000 to 192000'],
    ['odd frames', changed(32, 10), 'frames are longer than their samples'],
    ['no chunk of samples', changed(60, 0x41), 'no samples begin in its first 95 bytes'],
    ['no samples', good.subarray(0, 68), 'has no samples'],
  ])('refuses %s', (_, file, reason) => {
    expect(() => readWavHeader(file, file.length)).toThrow(InputError);
    expect(() => readWavHeader(file, file.length)).toThrow(reason);
  });

  test('whatever the bytes, the samples lie in the file, or an InputError says why not', () => {
    const mutated = fc.tuple(fc.nat(75), fc.nat(255)).map(([at, value]) => changed(at, value));
    const random = fc
      .uint8Array({ maxLength: 100 })
      .map((bytes) => Uint8Array.from([...good.subarray(0, 12), ...bytes]));
    fc.assert(
      fc.property(fc.oneof(mutated, random), (file) => {
        try {
          const { dataStart, dataBytes, channels } = readWavHeader(file, file.length);
          expect(dataBytes).toBeGreaterThanOrEqual(channels);
          expect(dataStart + dataBytes).toBeLessThanOrEqual(file.length);
        } catch (error) {
          expect(error).toBeInstanceOf(InputError);
        }
      }),
      { numRuns: 1000 },
    );
  });
});
