// Receiver reports and the blocks in them (RFC 3550 §6.4.2).
//
//    0                   1                   2                   3
//    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   |V=2|P|    RC   |   PT=RR=201   |             length            |
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   |                     SSRC of packet sender                     |
//   +=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+
//   |                       SSRC of the source                      |
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   | fraction lost |       cumulative number of packets lost       |
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   |           extended highest sequence number received           |
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   |                      interarrival jitter                      |
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   |                         last SR (LSR)                         |
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   |                   delay since last SR (DLSR)                  |
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+

import { readWord, writeWord } from '#media/rtp/header.ts';
import { assert } from '#std/errors.ts';
import { createRtcpPacket, PT_RECEIVER_REPORT, WORD_BYTES } from './header.ts';
import type { ReceptionReport, RtcpReport } from './report.ts';

const BLOCK_BYTES = 24;
const FIRST_BLOCK = 8;
/** The count in the header has five bits. */
const MAX_BLOCKS = 31;
const LOST_MASK = 0xff_ffff;

export function readReceiverReport(body: Uint8Array, blocks: number, into: RtcpReport[]): boolean {
  if (body.length < WORD_BYTES) return false;
  const senderSsrc = readWord(body, 0);
  return readReportBlocks(body.subarray(WORD_BYTES), { senderSsrc, blocks, into });
}

/** Reads `blocks` blocks; false if there is no room for them. */
export function readReportBlocks(
  body: Uint8Array,
  options: { senderSsrc: number; blocks: number; into: RtcpReport[] },
): boolean {
  if (body.length < options.blocks * BLOCK_BYTES) return false;
  for (let block = 0; block < options.blocks; block++) {
    options.into.push(readBlock(body, block * BLOCK_BYTES, options.senderSsrc));
  }
  return true;
}

/** A packet on its own; it may lead a compound one. */
export function formatReceiverReport(
  senderSsrc: number,
  blocks: readonly Omit<ReceptionReport, 'type' | 'senderSsrc'>[],
): Uint8Array {
  assert(blocks.length <= MAX_BLOCKS, `a receiver report has at most ${MAX_BLOCKS} blocks`);
  const sizeBytes = FIRST_BLOCK + blocks.length * BLOCK_BYTES;
  const packet = createRtcpPacket(PT_RECEIVER_REPORT, blocks.length, sizeBytes);
  writeWord(packet, 4, senderSsrc);
  for (const [index, block] of blocks.entries()) {
    const at = FIRST_BLOCK + index * BLOCK_BYTES;
    writeWord(packet, at, block.ssrc);
    writeWord(packet, at + 4, (block.fractionLost << 24) | (block.cumulativeLost & LOST_MASK));
    writeWord(packet, at + 8, block.highestSequence);
    writeWord(packet, at + 12, block.jitter);
    writeWord(packet, at + 16, block.lastSr);
    writeWord(packet, at + 20, block.delaySinceLastSr);
  }
  return packet;
}

function readBlock(body: Uint8Array, at: number, senderSsrc: number): ReceptionReport {
  const loss = readWord(body, at + 4);
  return {
    type: 'receiver-report',
    senderSsrc,
    ssrc: readWord(body, at),
    fractionLost: loss >>> 24,
    // Shifted up and back, so that the 24th bit becomes the sign.
    cumulativeLost: (loss << 8) >> 8,
    highestSequence: readWord(body, at + 8),
    jitter: readWord(body, at + 12),
    lastSr: readWord(body, at + 16),
    delaySinceLastSr: readWord(body, at + 20),
  };
}
