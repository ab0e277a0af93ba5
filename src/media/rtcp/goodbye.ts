// Goodbye: these streams have ended (RFC 3550 §6.6).
//
//    0                   1                   2                   3
//    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   |V=2|P|    SC   |   PT=BYE=203  |             length            |
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   |                       SSRC (SC × 32 bits) …                   |
//   +=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+
//   | length (opt.) |               reason for leaving …            |
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+

import { readWord, writeWord } from '#media/rtp/header.ts';
import { createRtcpPacket, joinRtcp, PT_GOODBYE, WORD_BYTES } from './header.ts';
import { formatReceiverReport } from './receiver-report.ts';
import type { RtcpReport } from './report.ts';

const REASON_START = 9;
/** The reason's length is one byte. */
const MAX_REASON_BYTES = 255;

/** The streams that ended; false if the body is too short for them. The reason is not read. */
export function readGoodbye(body: Uint8Array, count: number, into: RtcpReport[]): boolean {
  if (body.length < count * WORD_BYTES) return false;
  const ssrcs = Array.from({ length: count }, (_, index) => readWord(body, index * WORD_BYTES));
  into.push({ type: 'bye', ssrcs });
  return true;
}

/** A compound packet: an empty receiver report must lead (RFC 3550 §6.1). Long reasons are cut. */
export function formatBye(ssrc: number, reason = ''): Uint8Array {
  const text = new TextEncoder().encode(reason).subarray(0, MAX_REASON_BYTES);
  const reasonBytes = text.length === 0 ? 0 : (text.length + WORD_BYTES) & ~3;
  const packet = createRtcpPacket(PT_GOODBYE, 1, REASON_START - 1 + reasonBytes);
  writeWord(packet, 4, ssrc);
  if (text.length > 0) {
    packet[REASON_START - 1] = text.length;
    packet.set(text, REASON_START);
  }
  return joinRtcp(formatReceiverReport(ssrc, []), packet);
}
