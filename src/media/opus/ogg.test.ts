// Tests of the Ogg Opus reader and writer, against each other and against ffmpeg.

import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { InputError } from '#std/errors.ts';
import { readOggOpus } from './ogg.ts';
import { writeOggChecksum } from './ogg-page.ts';
import { formatOggOpus } from './ogg-writer.ts';

const options = { vendor: 'test', serial: 7 };
/** A packet of one CELT frame of 20 ms. */
const packet = fc.uint8Array({ maxLength: 700 }).map((body) => Uint8Array.from([31 << 3, ...body]));

/** A whole page; sizes above 255 are the caller's to cut. */
function page(
  sequence: number,
  segments: Uint8Array[],
  change: { flags?: number; serial?: number } = {},
): Uint8Array {
  const body = segments.flatMap((segment) => [...segment]);
  const bytes = new Uint8Array(27 + segments.length + body.length);
  bytes.set(new TextEncoder().encode('OggS'));
  bytes[5] = change.flags ?? 0;
  bytes[14] = change.serial ?? 1;
  bytes[18] = sequence;
  bytes[26] = segments.length;
  bytes.set(
    segments.map((segment) => segment.length),
    27,
  );
  bytes.set(body, 27 + segments.length);
  writeOggChecksum(bytes);
  return bytes;
}

function join(...pages: Uint8Array[]): Uint8Array {
  return Uint8Array.from(pages.flatMap((bytes) => [...bytes]));
}

function idHeader(change: { channels?: number; family?: number } = {}): Uint8Array {
  const header = new Uint8Array(19);
  header.set(new TextEncoder().encode('OpusHead'));
  header[9] = change.channels ?? 2;
  header[18] = change.family ?? 0;
  return header;
}

const tags = new TextEncoder().encode('OpusTags');
const audio = Uint8Array.of(31 << 3, 1, 2);

describe('readOggOpus', () => {
  test('gives back what was written', () => {
    const opus = fc.record({
      channels: fc.constantFrom<1 | 2>(1, 2),
      preSkip: fc.integer({ min: 0, max: 65_535 }),
      packets: fc.array(packet, { maxLength: 120 }),
    });
    fc.assert(
      fc.property(opus, (written) => {
        expect(readOggOpus(formatOggOpus(written, options))).toEqual(written);
      }),
      { numRuns: 30 },
    );
  });

  test('reads what ffmpeg writes', () => {
    const sound = ['-f', 'lavfi', '-i', 'sine=frequency=440:sample_rate=48000', '-t', '2'];
    const coder = ['-c:a', 'libopus', '-frame_duration', '20', '-f', 'ogg', '-'];
    const { stdout } = spawnSync('ffmpeg', ['-v', 'error', ...sound, ...coder]);
    const opus = readOggOpus(stdout);
    expect(opus.channels).toBe(1);
    expect(opus.preSkip).toBe(312);
    expect(opus.packets).toHaveLength(101);
  });

  test('writes what ffmpeg reads', () => {
    const packets = Array.from({ length: 120 }, () => Uint8Array.of(31 << 3, 0xff, 0xfe));
    const file = formatOggOpus({ channels: 1, preSkip: 0, packets }, options);
    const { stdout, stderr } = spawnSync(
      'ffmpeg',
      ['-v', 'error', '-f', 'ogg', '-i', '-', '-f', 's16le', '-'],
      { input: file },
    );
    expect(String(stderr)).toBe('');
    expect(stdout.length).toBe(120 * 960 * 2);
  });

  test('joins a packet that goes on in the next page', () => {
    const half = new Uint8Array(255).fill(9);
    const file = join(
      page(0, [idHeader()]),
      page(1, [tags]),
      page(2, [audio, half]),
      page(3, [Uint8Array.of(8), audio], { flags: 1 }),
    );
    expect(readOggOpus(file).packets).toEqual([audio, Uint8Array.of(...half, 8), audio]);
  });

  test('leaves out a packet that the end of the file cuts off', () => {
    const file = join(
      page(0, [idHeader()]),
      page(1, [tags]),
      page(2, [audio, new Uint8Array(255)]),
    );
    expect(readOggOpus(file).packets).toEqual([audio]);
  });

  test.each([
    ['an empty file', new Uint8Array()],
    ['another kind of file', new TextEncoder().encode('RIFF this is a wave file, not an Ogg file')],
    ['a header page that is cut off', page(0, [idHeader()]).subarray(0, 20)],
    ['a page that is cut off', page(0, [idHeader()]).subarray(0, 40)],
    [
      'a file of something else',
      page(0, [new TextEncoder().encode('vorbis, a long enough header')]),
    ],
    ['an OpusHead that is too short', page(0, [idHeader().subarray(0, 18)])],
    ['missing tags', join(page(0, [idHeader()]), page(1, [audio]))],
    ['surround sound', join(page(0, [idHeader({ channels: 6, family: 1 })]), page(1, [tags]))],
    ['a mapping family of its own', join(page(0, [idHeader({ family: 255 })]), page(1, [tags]))],
    ['two streams in one file', join(page(0, [idHeader()]), page(1, [tags], { serial: 2 }))],
    ['a missing page', join(page(0, [idHeader()]), page(1, [tags]), page(3, [audio]))],
    [
      'a rest without its beginning',
      join(page(0, [idHeader()]), page(1, [tags]), page(2, [audio], { flags: 1 })),
    ],
  ])('refuses %s', (_, file) => {
    expect(() => readOggOpus(file)).toThrow(InputError);
  });

  test('refuses a page whose checksum does not match', () => {
    const file = formatOggOpus({ channels: 2, preSkip: 0, packets: [audio] }, options);
    file[file.length - 1]! ^= 1;
    expect(() => readOggOpus(file)).toThrow(/checksum/);
  });

  test('answers random bytes and mutations with packets or an InputError', () => {
    const valid = formatOggOpus({ channels: 2, preSkip: 312, packets: [audio, audio] }, options);
    const mutated = fc
      .tuple(fc.nat(valid.length - 1), fc.nat(255), fc.nat(valid.length))
      .map(([at, byte, length]) => {
        const copy = valid.slice(0, length);
        copy[at] = byte;
        return copy;
      });
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 80 }), mutated), (bytes) => {
        try {
          expect(readOggOpus(bytes).packets.length).toBeLessThanOrEqual(2);
        } catch (error) {
          expect(error).toBeInstanceOf(InputError);
        }
      }),
      { numRuns: 1000 },
    );
  });
});

describe('formatOggOpus', () => {
  test('refuses packets that do not fit into pages of one second', () => {
    const packets = Array.from({ length: 50 }, () => new Uint8Array(1500).fill(31 << 3));
    expect(() => formatOggOpus({ channels: 2, preSkip: 0, packets }, options)).toThrow(InputError);
  });
});
