// Sender reports: what is written can be read, and stands where the RFC puts it.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ntpTime } from './ntp.ts';
import { readRtcp } from './reading.ts';
import { formatSenderReport } from './sender-report.ts';

const FIELDS = {
  ssrc: 0x0102_0304,
  ntpMs: 1_250,
  rtpTimestamp: 0xdead_beef,
  packetCount: 7,
  octetCount: 0x0001_0000,
};

describe('formatSenderReport', () => {
  test('writes the report and then the CNAME, each at the place the RFC gives it', () => {
    expect(Buffer.from(formatSenderReport({ ...FIELDS, cname: 'gate' })).toString('hex')).toBe(
      [
        ...['80c80006', '01020304', '83aa7e81', '40000000', 'deadbeef', '00000007', '00010000'],
        ...['81ca0003', '01020304', '01046761', '74650000'],
      ].join(''),
    );
  });

  test('ends the CNAME with a zero byte, whatever its length', () => {
    for (const cname of ['', 'a', 'ab', 'abc', 'abcd', '여울', 'x'.repeat(255)]) {
      const packet = formatSenderReport({ ...FIELDS, cname });
      const nameEnd = 28 + 10 + Buffer.byteLength(cname);
      expect(packet.length % 4).toBe(0);
      expect(packet.length).toBeGreaterThan(nameEnd);
      expect([...packet.subarray(nameEnd)].every((byte) => byte === 0)).toBe(true);
      expect(readRtcp(packet).malformed).toBe(false);
    }
  });

  test('refuses a CNAME that its length byte cannot hold', () => {
    expect(() => formatSenderReport({ ...FIELDS, cname: 'x'.repeat(256) })).toThrow('invariant');
  });

  test('reads back as it was written', () => {
    const word = fc.integer({ min: 0, max: 0xffff_ffff });
    const fields = fc.record({
      ssrc: word,
      ntpMs: fc.integer({ min: 0, max: 4e12 }),
      rtpTimestamp: word,
      packetCount: word,
      octetCount: word,
      cname: fc.string({ maxLength: 60 }),
    });
    fc.assert(
      fc.property(fields, ({ ntpMs, cname, ...rest }) => {
        const { seconds, fraction } = ntpTime(ntpMs);
        expect(readRtcp(formatSenderReport({ ntpMs, cname, ...rest }))).toEqual({
          reports: [{ type: 'sender-report', ntpSeconds: seconds, ntpFraction: fraction, ...rest }],
          malformed: false,
        });
      }),
    );
  });
});
