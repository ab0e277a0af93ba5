// Source descriptions (RFC 3550 §6.5): the CNAME that goes with every report.
//
//    0                   1                   2                   3
//    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   |V=2|P|  SC=1   |  PT=SDES=202  |             length            |
//   +=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+
//   |                             SSRC                              |
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   |    CNAME=1    |     length    |  name, zeros up to a word …   |
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+

import { writeWord } from '#media/rtp/header.ts';
import { assert } from '#std/errors.ts';
import { createRtcpPacket, PT_SOURCE_DESCRIPTION } from './header.ts';

const ITEM_CNAME = 1;
/** Header, SSRC, and the item's type and length. */
const CNAME_START = 10;
/** The item's length is one byte. */
const MAX_CNAME_BYTES = 255;

/** The tail of a compound packet. */
export function formatCname(ssrc: number, cname: string): Uint8Array {
  const name = new TextEncoder().encode(cname);
  assert(name.length <= MAX_CNAME_BYTES, `a CNAME has at most ${MAX_CNAME_BYTES} bytes`);
  // At least one zero byte ends the chunk, which then fills up whole words.
  const sizeBytes = ((CNAME_START + name.length) & ~3) + 4;
  const packet = createRtcpPacket(PT_SOURCE_DESCRIPTION, 1, sizeBytes);
  writeWord(packet, 4, ssrc);
  packet[8] = ITEM_CNAME;
  packet[9] = name.length;
  packet.set(name, CNAME_START);
  return packet;
}
