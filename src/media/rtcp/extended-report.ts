// The two extended reports by which a receiver that sends nothing learns its round trip time:
// its reference time (RFC 3611 §4.4), which comes in, and our answer to it (§4.5), which goes out.
//
//    0                   1                   2                   3
//    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   |V=2|P|reserved |   PT=XR=207   |             length            |
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   |                     SSRC of packet sender                     |
//   +=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+
//   |     BT=4      |   reserved    |       block length = 2        |
//   |              NTP timestamp, most significant word             |
//   |             NTP timestamp, least significant word             |
//   +=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+
//   |     BT=5      |   reserved    |     block length = 3 × n      |
//   |                       SSRC of the receiver                    |
//   |                         last RR (LRR)                         |
//   |                   delay since last RR (DLRR)                  |
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+

import { readWord, writeWord } from '#media/rtp/header.ts';
import { createRtcpPacket, PT_EXTENDED_REPORT, WORD_BYTES } from './header.ts';
import { ntpMiddle, ntpUnits } from './ntp.ts';
import type { RtcpReport } from './report.ts';

const BLOCK_REFERENCE_TIME = 4;
const BLOCK_DLRR = 5;
const BLOCK_LENGTH_MASK = 0xffff;
const REFERENCE_TIME_WORDS = 2;
const DLRR_WORDS = 3;
const DLRR_PACKET_BYTES = 24;

/** Reads reference times and steps over the other blocks; false if a block does not fit. */
export function readExtendedReport(body: Uint8Array, into: RtcpReport[]): boolean {
  if (body.length < WORD_BYTES) return false;
  const senderSsrc = readWord(body, 0);
  let at = WORD_BYTES;
  while (at < body.length) {
    const block = readWord(body, at);
    const words = block & BLOCK_LENGTH_MASK;
    const end = at + WORD_BYTES + words * WORD_BYTES;
    if (end > body.length) return false;
    if (block >>> 24 === BLOCK_REFERENCE_TIME) {
      if (words !== REFERENCE_TIME_WORDS) return false;
      const time = { seconds: readWord(body, at + 4), fraction: readWord(body, at + 8) };
      into.push({ type: 'rrtr', senderSsrc, ntpMiddle: ntpMiddle(time) });
    }
    at = end;
  }
  return true;
}

interface DlrrFields {
  readonly senderSsrc: number;
  /** Who sent the reference time. */
  readonly receiverSsrc: number;
  /** The `ntpMiddle` that came with it. */
  readonly lastRr: number;
  /** From its arrival to now. */
  readonly delayMs: number;
}

/** A packet on its own, without a report before it (RFC 5506), or the tail of a compound one. */
export function formatDlrr(fields: DlrrFields): Uint8Array {
  const packet = createRtcpPacket(PT_EXTENDED_REPORT, 0, DLRR_PACKET_BYTES);
  writeWord(packet, 4, fields.senderSsrc);
  writeWord(packet, 8, (BLOCK_DLRR << 24) | DLRR_WORDS);
  writeWord(packet, 12, fields.receiverSsrc);
  writeWord(packet, 16, fields.lastRr);
  writeWord(packet, 20, ntpUnits(fields.delayMs));
  return packet;
}
