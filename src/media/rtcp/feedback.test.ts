// Feedback: NACK lists, keyframe requests, bandwidth estimates, and what is only counted.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatEstimate, formatNack, formatPli } from './feedback.ts';
import { readRtcp } from './reading.ts';

const readHex = (hex: string) => readRtcp(Buffer.from(hex.replaceAll(' ', ''), 'hex'));

function readSequences(packet: Uint8Array): readonly number[] {
  const [report] = readRtcp(packet).reports;
  return report?.type === 'nack' ? report.sequences : [];
}

describe('NACK', () => {
  test('names a packet and, by its bits, the ones after it', () => {
    expect(readHex('81cd0003 00000001 00000002 0064 8003')).toEqual({
      reports: [{ type: 'nack', mediaSsrc: 2, sequences: [100, 101, 102, 116] }],
      malformed: false,
    });
  });

  test('goes on after 65535 with 0', () => {
    expect(readSequences(formatNack(1, 2, [65_535, 0, 1]))).toEqual([65_535, 0, 1]);
  });

  test('packs packets within 16 of the first into one entry', () => {
    expect(formatNack(1, 2, [100, 101, 116]).length).toBe(16);
    expect(formatNack(1, 2, [100, 101, 117]).length).toBe(20);
  });

  test('reads back as it was written', () => {
    const gaps = fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 100 });
    fc.assert(
      fc.property(fc.nat(0xffff), gaps, (start, steps) => {
        let at = start;
        const sequences = steps.map((step) => {
          at = (at + step) & 0xffff;
          return at;
        });
        expect(readSequences(formatNack(1, 2, sequences))).toEqual(sequences);
      }),
    );
  });

  test('asks for at most 1,000 packets, however many it names', () => {
    const packet = formatNack(
      1,
      2,
      Array.from({ length: 5_000 }, (_, index) => index),
    );
    expect(readSequences(packet)).toEqual(Array.from({ length: 1_000 }, (_, index) => index));
  });
});

describe('keyframe requests', () => {
  test('a PLI names its stream', () => {
    expect(readRtcp(formatPli(1, 0xffff_fffe)).reports).toEqual([
      { type: 'pli', mediaSsrc: 0xffff_fffe },
    ]);
  });

  test('a FIR names its streams in its entries, not in its header', () => {
    expect(readHex('84ce0006 00000001 00000000 00000007 01000000 00000008 01000000')).toEqual({
      reports: [
        { type: 'fir', mediaSsrc: 7 },
        { type: 'fir', mediaSsrc: 8 },
      ],
      malformed: false,
    });
  });

  test('a FIR without an entry is malformed', () => {
    expect(readHex('84ce0002 00000001 00000000')).toEqual({ reports: [], malformed: true });
  });
});

describe('REMB', () => {
  test('multiplies mantissa by a power of two', () => {
    expect(readHex('8fce0005 00000001 00000000 52454d42 010a03e8 00000007').reports).toEqual([
      { type: 'remb', bitrateBps: (0x203e8 & 0x3ffff) * 4, ssrcs: [7] },
    ]);
  });

  test('goes out as a browser reads it: 8 Mb/s for one stream', () => {
    const packet = Buffer.from(formatEstimate(1, 8_000_000, [2]));
    expect(packet.toString('hex')).toBe('8fce0005000000010000000052454d420117d09000000002');
  });

  test('goes out cut to 18 bits, never above what was meant', () => {
    const ssrcs = fc.array(fc.integer({ min: 0, max: 0xffff_ffff }), { maxLength: 255 });
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 50 }), ssrcs, (bps, streams) => {
        const [report] = readRtcp(formatEstimate(1, bps, streams)).reports;
        expect(report).toMatchObject({ type: 'remb', ssrcs: streams });
        const cut = bps - (report as { bitrateBps: number }).bitrateBps;
        expect(cut).toBeGreaterThanOrEqual(0);
        expect(cut).toBeLessThanOrEqual(bps / 2 ** 17);
      }),
    );
  });

  test('has no negative or infinite rate, even with the largest exponent', () => {
    const [report] = readHex('8fce0004 00000001 00000000 52454d42 00ffffff').reports;
    expect(report).toEqual({ type: 'remb', bitrateBps: 0x3ffff * 2 ** 63, ssrcs: [] });
  });

  test('is malformed if it lacks its rate or the streams that it counts', () => {
    expect(readHex('8fce0003 00000001 00000000 52454d42').malformed).toBe(true);
    expect(readHex('8fce0004 00000001 00000000 52454d42 02ffffff').malformed).toBe(true);
  });
});

describe('what is only counted', () => {
  test('transport-wide feedback', () => {
    expect(readHex('8fcd0003 00000001 00000002 00000000').reports).toEqual([
      { type: 'transport-cc' },
    ]);
  });

  test('formats that are not known', () => {
    expect(readHex('83cd0002 00000001 00000002').reports).toEqual([{ type: 'unknown', pt: 205 }]);
    expect(readHex('8fce0003 00000001 00000002 41424344').reports).toEqual([
      { type: 'unknown', pt: 206 },
    ]);
  });
});

test('feedback without both SSRCs is malformed', () => {
  expect(readHex('81cd0001 00000001').malformed).toBe(true);
  expect(readHex('81ce0001 00000001').malformed).toBe(true);
});
