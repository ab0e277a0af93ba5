// Receiver reports: round trips, signs, and blocks that ride on sender reports.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readRtcp } from './reading.ts';
import { formatReceiverReport } from './receiver-report.ts';

const BLOCK = {
  ssrc: 0x1111_1111,
  fractionLost: 64,
  cumulativeLost: 1_000,
  highestSequence: 0x0002_ffff,
  jitter: 90,
  lastSr: 0xfedc_ba98,
  delaySinceLastSr: 65_536,
};

describe('formatReceiverReport', () => {
  test('reads back as it was written, one report for each block', () => {
    const word = fc.integer({ min: 0, max: 0xffff_ffff });
    const block = fc.record({
      ssrc: word,
      fractionLost: fc.integer({ min: 0, max: 255 }),
      cumulativeLost: fc.integer({ min: -0x80_0000, max: 0x7f_ffff }),
      highestSequence: word,
      jitter: word,
      lastSr: word,
      delaySinceLastSr: word,
    });
    fc.assert(
      fc.property(word, fc.array(block, { maxLength: 31 }), (senderSsrc, blocks) => {
        expect(readRtcp(formatReceiverReport(senderSsrc, blocks))).toEqual({
          reports: blocks.map((each) => ({ type: 'receiver-report', senderSsrc, ...each })),
          malformed: false,
        });
      }),
    );
  });

  test('refuses more blocks than the header can count', () => {
    expect(() => formatReceiverReport(1, Array(32).fill(BLOCK))).toThrow('invariant');
  });
});

describe('readRtcp', () => {
  test('reads the blocks that ride on a sender report', () => {
    const block = formatReceiverReport(9, [BLOCK]).subarray(8);
    const packet = Buffer.concat([Buffer.from('81c8000c00000009', 'hex'), Buffer.alloc(20), block]);
    expect(readRtcp(packet).reports).toMatchObject([
      { type: 'sender-report', ssrc: 9 },
      { type: 'receiver-report', senderSsrc: 9, ...BLOCK },
    ]);
  });

  test('ends at a report that counts more blocks than it has', () => {
    const packet = formatReceiverReport(9, [BLOCK]);
    packet[0] = 0x82;
    expect(readRtcp(packet)).toEqual({ reports: [], malformed: true });
  });
});
