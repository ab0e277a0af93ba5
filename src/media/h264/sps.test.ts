// Tests of the sequence parameter set reader: sets written bit by bit, sets made by x264, nonsense.

import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { InputError } from '#std/errors.ts';
import { nalType, splitAnnexB } from './annex-b.ts';
import { levelName, profileName } from './profile.ts';
import { parseSps, type Sps } from './sps.ts';

/** Writes bits as H.264 does, emulation prevention included. */
class BitWriter {
  #bits = '';

  bits(value: number, count: number): this {
    this.#bits += value.toString(2).padStart(count, '0');
    return this;
  }

  flags(...values: number[]): this {
    this.#bits += values.join('');
    return this;
  }

  unsigned(...values: number[]): this {
    for (const value of values) {
      const code = (value + 1).toString(2);
      this.#bits += '0'.repeat(code.length - 1) + code;
    }
    return this;
  }

  signed(...values: number[]): this {
    return this.unsigned(...values.map((value) => (value > 0 ? 2 * value - 1 : -2 * value)));
  }

  unit(): Uint8Array {
    const padded = `${this.#bits}1`.padEnd(Math.ceil((this.#bits.length + 1) / 8) * 8, '0');
    const bytes = [0x67];
    for (let at = 0; at < padded.length; at += 8) {
      const byte = Number.parseInt(padded.slice(at, at + 8), 2);
      if (byte <= 3 && bytes.at(-1) === 0 && bytes.at(-2) === 0) bytes.push(3);
      bytes.push(byte);
    }
    return Uint8Array.from(bytes);
  }
}

/** Up to the sizes: baseline, picture order type 2, one reference. */
function start(profileIdc = 66, levelIdc = 31): BitWriter {
  const writer = new BitWriter().bits(profileIdc, 8).bits(0xc0, 8).bits(levelIdc, 8).unsigned(0);
  return profileIdc === 66 ? writer.unsigned(0, 2, 1).flags(0) : writer;
}

function encode(size: string, options: string[]): Sps {
  const source = ['-f', 'lavfi', '-i', `testsrc2=size=${size}:rate=25`, '-frames:v', '3'];
  const coder = ['-c:v', 'libx264', '-preset', 'ultrafast', ...options, '-f', 'h264', '-'];
  const { stdout } = spawnSync('ffmpeg', ['-v', 'error', ...source, ...coder], {
    maxBuffer: 50_000_000,
  });
  return parseSps(splitAnnexB(stdout).find((unit) => nalType(unit) === 7)!);
}

describe('parseSps', () => {
  test.each([
    ['64x48 -profile:v baseline -level 3.1', 'Constrained Baseline', '3.1', 0],
    ['1920x1080 -profile:v main -preset medium -bf 0', 'Main', '4.0', 0],
    ['642x362 -profile:v high -preset medium', 'High', '3.0', 2],
    ['352x288 -pix_fmt yuv422p -preset medium', 'High 4:2:2', '1.3', 2],
    ['130x98 -pix_fmt yuv444p', 'High 4:4:4 Predictive', '1.1', 0],
    ['720x576 -flags +ildct+ilme', 'Main', '3.0', 0],
    [
      '320x180 -b:v 900k -x264-params nal-hrd=cbr:vbv-maxrate=900:vbv-bufsize=900',
      'Constrained Baseline',
      '2.0',
      0,
    ],
    ['64x64 -x264-params cqm=jvt', 'High', '1.0', 0],
  ])('reads what x264 writes, as ffprobe does: %s', (options, profile, level, maxReorderFrames) => {
    const [size = '', ...rest] = options.split(' ');
    const [width, height] = size.split('x').map(Number);
    expect(encode(size, rest)).toMatchObject({
      width,
      height,
      profileName: profile,
      level,
      frameRate: 25,
      maxReorderFrames,
    });
  });

  test('reads a set without usability information', () => {
    const unit = start().unsigned(79, 44).flags(1, 1, 0, 0).unit();
    expect(parseSps(unit)).toEqual({
      profileIdc: 66,
      constraints: 0xc0,
      levelIdc: 31,
      profileLevelId: '42c01f',
      profileName: 'Constrained Baseline',
      level: '3.1',
      width: 1280,
      height: 720,
      bitDepth: 8,
      pictureOrderType: 2,
      frameRate: undefined,
      maxReorderFrames: undefined,
    });
  });

  test('reads every branch of the usability information, through emulation prevention', () => {
    const writer = start().unsigned(79, 44).flags(1, 1, 0, 1);
    writer.flags(1).bits(255, 8).bits(0, 32).flags(1, 0); // aspect ratio 0:0, overscan
    writer.flags(1).bits(0, 4).flags(1).bits(0, 24).flags(1).unsigned(1, 1); // colours, chroma
    writer.flags(1).bits(1, 32).bits(60, 32).flags(1); // timing
    for (let hrd = 0; hrd < 2; hrd++) {
      writer.flags(1).unsigned(1).bits(0, 8).unsigned(7, 7).flags(0).unsigned(7, 7).flags(1);
      writer.bits(0, 20);
    }
    writer.flags(0, 0, 1, 1).unsigned(0, 0, 10, 10, 3, 4);
    expect(parseSps(writer.unit())).toMatchObject({ frameRate: 30, maxReorderFrames: 3 });
  });

  test('has no frame rate where the tick lasts 0 units', () => {
    const writer = start().unsigned(79, 44).flags(1, 1, 0, 1);
    writer.flags(0, 0, 0, 0, 1).bits(0, 32).bits(60, 32).flags(1, 0, 0, 0, 0);
    expect(parseSps(writer.unit()).frameRate).toBeUndefined();
  });

  test('reads picture order type 1, fields and cropping', () => {
    const writer = new BitWriter().bits(77, 8).bits(0, 8).bits(40, 8).unsigned(0);
    writer.unsigned(0, 1).flags(0).signed(-3, 4).unsigned(2).signed(5, -6).unsigned(1).flags(0);
    writer.unsigned(119, 33).flags(0, 1, 1, 1).unsigned(1, 2, 0, 2).flags(0);
    expect(parseSps(writer.unit())).toMatchObject({ width: 1914, height: 1080 });
  });

  test('crops separate colour planes by single pixels', () => {
    const writer = start(244).unsigned(3).flags(1).unsigned(0, 0).flags(0, 0);
    writer.unsigned(0, 2, 1).flags(0).unsigned(9, 9).flags(1, 1, 1).unsigned(0, 1, 0, 3).flags(0);
    expect(parseSps(writer.unit())).toMatchObject({ width: 159, height: 157 });
  });

  test('skips scaling lists, the ones cut short too', () => {
    const writer = start(100).unsigned(1, 0, 0).flags(0, 1);
    writer.flags(1).signed(-8); // ends at once: the default list
    writer.flags(1).signed(...Array<number>(16).fill(1));
    writer
      .flags(0, 0, 0, 0, 1)
      .signed(...Array<number>(64).fill(0))
      .flags(0);
    writer.unsigned(0, 2, 1).flags(0).unsigned(9, 9).flags(1, 1, 0, 0);
    expect(parseSps(writer.unit())).toMatchObject({ width: 160, height: 160, profileName: 'High' });
  });

  test.each([
    ['another type of unit', Uint8Array.of(0x68, 1, 2, 3)],
    ['an empty unit', new Uint8Array()],
    ['a unit that is cut off', start().unsigned(79).unit()],
    ['a picture wider than any level allows', start().unsigned(1055, 10).flags(1, 1, 0, 0).unit()],
    [
      'a picture that is all cropped',
      start().unsigned(0, 0).flags(1, 1, 1).unsigned(4, 4, 0, 0).flags(0).unit(),
    ],
    ['a chroma format that does not exist', start(100).unsigned(4).unit()],
    [
      'a picture order type that does not exist',
      new BitWriter().bits(66, 8).bits(0, 16).unsigned(0, 0, 3).unit(),
    ],
    [
      'a picture order cycle without end',
      new BitWriter()
        .bits(66, 8)
        .bits(0, 16)
        .unsigned(0, 0, 1)
        .flags(0)
        .signed(0, 0)
        .unsigned(256)
        .unit(),
    ],
    ['samples of 15 bits', start(110).unsigned(1, 7, 0).unit()],
    ['an Exp-Golomb code without end', Uint8Array.of(0x67, 66, 0, 31, ...Array<number>(9).fill(0))],
    [
      'too many buffers',
      start().unsigned(9, 9).flags(1, 1, 0, 1, 0, 0, 0, 0, 0, 1).unsigned(32).unit(),
    ],
  ])('refuses %s', (_, unit) => {
    expect(() => parseSps(unit)).toThrow(InputError);
  });

  test('answers random bytes and mutations with a set or an InputError', () => {
    const valid = start(100).unsigned(1, 0, 0).flags(0, 1).flags(1).signed(3, -3, 7).unit();
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 60 }).map((body) => Uint8Array.from([0x67, ...body])),
      fc
        .uint8Array({ minLength: 1, maxLength: 40 })
        .map((tail) => Uint8Array.from([...valid.subarray(0, 8), ...tail])),
    );
    fc.assert(
      fc.property(bytes, (unit) => {
        try {
          const sps = parseSps(unit);
          expect(sps.width).toBeGreaterThan(0);
          expect(sps.height).toBeGreaterThan(0);
        } catch (error) {
          expect(error).toBeInstanceOf(InputError);
        }
      }),
      { numRuns: 2000 },
    );
  });
});

describe('profile and level names', () => {
  test.each([
    [66, 0x00, 'Baseline'],
    [66, 0x40, 'Constrained Baseline'],
    [77, 0x80, 'Constrained Baseline'],
    [77, 0x40, 'Main'],
    [88, 0xc0, 'Constrained Baseline'],
    [88, 0x00, 'Extended'],
    [100, 0x08, 'Progressive High'],
    [100, 0x0c, 'Constrained High'],
    [99, 0x00, 'profile 99'],
  ])('profile %d with constraints %d is %s', (profileIdc, constraints, name) => {
    expect(profileName(profileIdc, constraints)).toBe(name);
  });

  test.each([
    [66, 0x10, 11, '1b'],
    [66, 0x00, 11, '1.1'],
    [100, 0x10, 11, '1.1'],
    [100, 0x00, 9, '1b'],
    [100, 0x00, 51, '5.1'],
  ])(
    'profile %d with constraints %d and level_idc %d has level %s',
    (profileIdc, constraints, levelIdc, name) => {
      expect(levelName(profileIdc, constraints, levelIdc)).toBe(name);
    },
  );
});
