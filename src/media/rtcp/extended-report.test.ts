// Extended reports: the reference time that comes in, and the DLRR block that answers it.

import { describe, expect, test } from 'vitest';
import { formatDlrr } from './extended-report.ts';
import { readRtcp } from './reading.ts';

const readHex = (hex: string) => readRtcp(Buffer.from(hex.replaceAll(' ', ''), 'hex'));

describe('extended reports', () => {
  test('a reference time gives its sender and the middle of its NTP time', () => {
    expect(readHex('80cf0004 00000005 04000002 1234fedc ba987654')).toEqual({
      reports: [{ type: 'rrtr', senderSsrc: 5, ntpMiddle: 0xfedc_ba98 }],
      malformed: false,
    });
  });

  test('a block of another kind is stepped over', () => {
    expect(readHex('80cf0006 00000005 01000001 00000000 04000002 00000001 00000000')).toEqual({
      reports: [{ type: 'rrtr', senderSsrc: 5, ntpMiddle: 0x1_0000 }],
      malformed: false,
    });
  });

  test('a block that is longer than its packet is malformed', () => {
    expect(readHex('80cf0003 00000005 01000009 00000000').malformed).toBe(true);
  });

  test('a reference time of the wrong length is malformed', () => {
    expect(readHex('80cf0003 00000005 04000001 00000000').malformed).toBe(true);
  });

  test('a report without a sender is malformed', () => {
    expect(readHex('80cf0000').malformed).toBe(true);
  });
});

describe('formatDlrr', () => {
  test('sends the reference back with the time it was held, as RFC 3611 §4.5 draws it', () => {
    const packet = formatDlrr({
      senderSsrc: 1,
      receiverSsrc: 5,
      lastRr: 0xfedc_ba98,
      delayMs: 500,
    });
    expect(Buffer.from(packet).toString('hex')).toBe(
      ['80cf0005', '00000001', '05000003', '00000005', 'fedcba98', '00008000'].join(''),
    );
    expect(readRtcp(packet)).toEqual({ reports: [], malformed: false });
  });
});
