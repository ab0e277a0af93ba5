// The header that every RTCP packet starts with (RFC 3550 §6.4.1), and the numbers in it.
//
//    0                   1                   2                   3
//    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   |V=2|P|  count  |      PT       |   length (words, minus one)   |
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+

import { readWord, writeWord } from '#media/rtp/header.ts';

export const PT_SENDER_REPORT = 200;
export const PT_RECEIVER_REPORT = 201;
export const PT_SOURCE_DESCRIPTION = 202;
export const PT_GOODBYE = 203;
export const PT_TRANSPORT_FEEDBACK = 205;
export const PT_PAYLOAD_FEEDBACK = 206;
export const PT_EXTENDED_REPORT = 207;

const RTCP_HEADER_BYTES = 4;
export const WORD_BYTES = 4;

const VERSION = 2;
const PADDING_BIT = 0x2000_0000;
const COUNT_MASK = 0x1f;
const LENGTH_MASK = 0xffff;

export interface RtcpHeader {
  /** Blocks, SSRCs or, in feedback, the format. */
  readonly count: number;
  readonly packetType: number;
  /** What stands between header and padding. */
  readonly body: Uint8Array;
  /** Where the next packet starts. */
  readonly end: number;
}

/** The packet that starts at `at`, or undefined if it is none or does not fit. */
export function readRtcpHeader(bytes: Uint8Array, at: number): RtcpHeader | undefined {
  const header = readWord(bytes, at);
  const start = at + RTCP_HEADER_BYTES;
  const end = start + (header & LENGTH_MASK) * WORD_BYTES;
  if (end > bytes.length || header >>> 30 !== VERSION) return undefined;
  const padded = (header & PADDING_BIT) !== 0;
  const padding = padded ? (bytes[end - 1] ?? 0) : 0;
  if (padding > end - start || (padded && padding === 0)) return undefined;
  return {
    count: (header >>> 24) & COUNT_MASK,
    packetType: (header >>> 16) & 0xff,
    body: bytes.subarray(start, end - padding),
    end,
  };
}

/** A packet of this size, whole words, with its header written and the rest zero. */
export function createRtcpPacket(packetType: number, count: number, sizeBytes: number): Uint8Array {
  const packet = new Uint8Array(sizeBytes);
  const length = sizeBytes / WORD_BYTES - 1;
  writeWord(packet, 0, (VERSION << 30) | (count << 24) | (packetType << 16) | length);
  return packet;
}

export function joinRtcp(first: Uint8Array, second: Uint8Array): Uint8Array {
  const compound = new Uint8Array(first.length + second.length);
  compound.set(first);
  compound.set(second, first.length);
  return compound;
}
