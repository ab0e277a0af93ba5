// Sender reports (RFC 3550 §6.4.1) and the CNAME that travels with them (§6.5).
//
//    0                   1                   2                   3
//    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   |V=2|P|    RC   |   PT=SR=200   |             length            |
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   |                         SSRC of sender                        |
//   +=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+
//   |              NTP timestamp, most significant word             |
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   |             NTP timestamp, least significant word             |
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   |                         RTP timestamp                         |
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   |                     sender's packet count                     |
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   |                      sender's octet count                     |
//   +=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+
//   |                  report blocks (RC × 24 bytes) …              |
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+

import { readWord, writeWord } from '#media/rtp/header.ts';
import { createRtcpPacket, joinRtcp, PT_SENDER_REPORT } from './header.ts';
import { ntpTime } from './ntp.ts';
import { readReportBlocks } from './receiver-report.ts';
import type { RtcpReport } from './report.ts';
import { formatCname } from './source-description.ts';

const SENDER_INFO_BYTES = 24;
const SENDER_REPORT_BYTES = 28;

interface SenderReportFields {
  readonly ssrc: number;
  /** Milliseconds since 1970: the wall clock at the moment of `rtpTimestamp`. */
  readonly ntpMs: number;
  readonly rtpTimestamp: number;
  readonly packetCount: number;
  /** Payload bytes, without headers and padding. */
  readonly octetCount: number;
  readonly cname: string;
}

/** The sender's own report and the blocks that ride on it; false if the body is too short. */
export function readSenderReport(body: Uint8Array, blocks: number, into: RtcpReport[]): boolean {
  if (body.length < SENDER_INFO_BYTES) return false;
  const ssrc = readWord(body, 0);
  into.push({
    type: 'sender-report',
    ssrc,
    ntpSeconds: readWord(body, 4),
    ntpFraction: readWord(body, 8),
    rtpTimestamp: readWord(body, 12),
    packetCount: readWord(body, 16),
    octetCount: readWord(body, 20),
  });
  return readReportBlocks(body.subarray(SENDER_INFO_BYTES), { senderSsrc: ssrc, blocks, into });
}

/** A compound packet: sender report and CNAME, without report blocks. */
export function formatSenderReport(fields: SenderReportFields): Uint8Array {
  const report = createRtcpPacket(PT_SENDER_REPORT, 0, SENDER_REPORT_BYTES);
  const { seconds, fraction } = ntpTime(fields.ntpMs);
  writeWord(report, 4, fields.ssrc);
  writeWord(report, 8, seconds);
  writeWord(report, 12, fraction);
  writeWord(report, 16, fields.rtpTimestamp);
  writeWord(report, 20, fields.packetCount);
  writeWord(report, 24, fields.octetCount);
  return joinRtcp(report, formatCname(fields.ssrc, fields.cname));
}
