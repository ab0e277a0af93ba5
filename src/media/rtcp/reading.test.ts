// Whole datagrams: compound, reduced-size, truncated, hostile.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatDlrr } from './extended-report.ts';
import { formatNack, formatPli } from './feedback.ts';
import { formatBye } from './goodbye.ts';
import { readRtcp } from './reading.ts';
import { formatReceiverReport } from './receiver-report.ts';
import { formatSenderReport } from './sender-report.ts';

const SENDER_REPORT = formatSenderReport({
  ssrc: 1,
  ntpMs: 1_000,
  rtpTimestamp: 2,
  packetCount: 3,
  octetCount: 4,
  cname: 'gate',
});
const COMPOUND = Buffer.concat([
  SENDER_REPORT,
  formatNack(1, 2, [100, 101]),
  formatPli(1, 2),
  formatDlrr({ senderSsrc: 1, receiverSsrc: 2, lastRr: 3, delayMs: 4 }),
  formatBye(1, 'end'),
]);
const PLI = formatPli(1, 2);
const fromHex = (hex: string) => Buffer.from(hex.replaceAll(' ', ''), 'hex');

describe('readRtcp', () => {
  test('reads each packet of a compound datagram in its order', () => {
    const { reports, malformed } = readRtcp(COMPOUND);
    expect(reports.map(({ type }) => type)).toEqual(['sender-report', 'nack', 'pli', 'bye']);
    expect(malformed).toBe(false);
  });

  test('reads a datagram that is a view into a larger chunk', () => {
    const chunk = Buffer.concat([Buffer.alloc(3, 0xff), PLI, Buffer.alloc(3, 0xff)]);
    expect(readRtcp(chunk.subarray(3, -3))).toEqual(readRtcp(PLI));
  });

  test('names packet types that it does not know', () => {
    expect(readRtcp(fromHex('80cc0002 00000001 41424344')).reports).toEqual([
      { type: 'unknown', pt: 204 },
    ]);
  });

  test('leaves padding out of what it reads', () => {
    expect(readRtcp(fromHex('a1cb0002 00000007 00000004')).reports).toEqual([
      { type: 'bye', ssrcs: [7] },
    ]);
    expect(readRtcp(fromHex('a1ce0003 00000001 00000002 00000004')).reports).toEqual([
      { type: 'pli', mediaSsrc: 2 },
    ]);
  });
});

describe('readRtcp ends with what it has at', () => {
  test.each([
    ['an SDES with a truncated chunk', '81ca0001 00000001'],
    ['an SDES that is longer than the datagram', '81ca0003 00000001 01046761'],
    ['a packet that is longer than the datagram', '81cd00ff 00000001 00000002'],
    ['half a header', '81ce'],
    ['another version', '41ce0002 00000001 00000002'],
    ['padding that is longer than its packet', 'a1ce0002 00000001 0000000c'],
    ['padding of no length', 'a1ce0002 00000001 00000000'],
    ['padding in a packet without a body', 'a1ce0000'],
    ['a receiver report without a sender', '80c90000'],
    ['a sender report without its numbers', '80c80001 00000001'],
  ])('%s', (_, hex) => {
    expect(readRtcp(Buffer.concat([PLI, fromHex(hex)]))).toEqual({
      reports: [{ type: 'pli', mediaSsrc: 2 }],
      malformed: true,
    });
  });

  test('nothing at all', () => {
    expect(readRtcp(new Uint8Array())).toEqual({ reports: [], malformed: true });
  });

  test('its 64th report', () => {
    const flood = Buffer.concat(Array.from({ length: 200 }, () => PLI));
    const { reports, malformed } = readRtcp(flood);
    expect(reports.length).toBe(64);
    expect(malformed).toBe(true);
  });
});

test('readRtcp steps over an SDES by its length, even if an item inside runs out of it', () => {
  const sdes = fromHex('81ca0002 00000001 01ff6761');
  expect(readRtcp(Buffer.concat([sdes, PLI]))).toEqual({
    reports: [{ type: 'pli', mediaSsrc: 2 }],
    malformed: false,
  });
});

describe('readRtcp survives', () => {
  const expectBounded = (datagram: Uint8Array) => {
    const { reports } = readRtcp(datagram);
    expect(reports.length).toBeLessThanOrEqual(64);
    for (const report of reports) {
      if (report.type === 'nack') expect(report.sequences.length).toBeLessThanOrEqual(1_000);
    }
  };

  test('random bytes', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 1_500 }), expectBounded));
  });

  test('a valid datagram with any bytes changed and any tail cut off', () => {
    const valid = Buffer.concat([formatReceiverReport(1, []), COMPOUND]);
    const changes = fc.array(fc.tuple(fc.nat(valid.length - 1), fc.nat(255)), { maxLength: 8 });
    fc.assert(
      fc.property(changes, fc.nat(valid.length), (bytes, length) => {
        const datagram = Uint8Array.from(valid);
        for (const [at, byte] of bytes) datagram[at] = byte;
        expectBounded(datagram.subarray(0, length));
      }),
      { numRuns: 1_000 },
    );
  });

  test('the largest datagram, full of lists', () => {
    expectBounded(Buffer.concat([fromHex('81cd3ffe'), Buffer.alloc(0x3ffe * 4, 0xff)]));
  });
});
