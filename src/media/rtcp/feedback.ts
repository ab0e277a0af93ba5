// Feedback of receivers: lost packets, keyframe requests, bandwidth (RFC 4585 §6, RFC 5104 §4.3.1).
//
//    0                   1                   2                   3
//    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   |V=2|P|   FMT   |    205, 206   |             length            |
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   |                     SSRC of packet sender                     |
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   |                      SSRC of media source                     |
//   +=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+
//   |  NACK (repeated):    PID      |    BLP: PID+1 … PID+16 too    |
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   |  FIR (repeated):            SSRC of media source              |
//   | command number|                   reserved                    |
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   |  REMB:  'R' 'E' 'M' 'B'                                       |
//   |   Num SSRC    | exponent  |             mantissa              |
//   |   SSRC …                                                      |
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+

import { readWord, writeWord } from '#media/rtp/header.ts';
import {
  createRtcpPacket,
  PT_PAYLOAD_FEEDBACK,
  PT_TRANSPORT_FEEDBACK,
  WORD_BYTES,
} from './header.ts';
import type { RtcpReport } from './report.ts';

const FORMAT_NACK = 1;
const FORMAT_TRANSPORT_CC = 15;
const FORMAT_PLI = 1;
const FORMAT_FIR = 4;
const FORMAT_APPLICATION = 15;

/** Both SSRCs. */
const PREFIX_BYTES = 8;
const FEEDBACK_BYTES = 12;
const FIR_ENTRY_BYTES = 8;
const REMB_WORD = 0x52454d42;
const REMB_LIST = 16;
const REMB_MANTISSA_MASK = 0x3ffff;
const REMB_MANTISSA_BITS = 18;
/** Packets that a BLP can name after its PID. */
const MASK_BITS = 16;

/**
 * Sequence numbers of one NACK. Chromium gives up on a gap of 1,000 packets and asks for a keyframe;
 * what stands beyond is dropped, so that one datagram can't ask for more.
 */
const MAX_NACK_SEQUENCES = 1_000;

export function readTransportFeedback(
  body: Uint8Array,
  format: number,
  into: RtcpReport[],
): boolean {
  if (body.length < PREFIX_BYTES) return false;
  if (format === FORMAT_TRANSPORT_CC) {
    into.push({ type: 'transport-cc' });
  } else if (format === FORMAT_NACK) {
    into.push({ type: 'nack', mediaSsrc: readWord(body, 4), sequences: readLost(body) });
  } else {
    into.push({ type: 'unknown', pt: PT_TRANSPORT_FEEDBACK });
  }
  return true;
}

export function readPayloadFeedback(body: Uint8Array, format: number, into: RtcpReport[]): boolean {
  if (body.length < PREFIX_BYTES) return false;
  if (format === FORMAT_PLI) {
    into.push({ type: 'pli', mediaSsrc: readWord(body, 4) });
    return true;
  }
  if (format === FORMAT_FIR) return readFullIntraRequests(body, into);
  if (format === FORMAT_APPLICATION && readWord(body, PREFIX_BYTES) === REMB_WORD) {
    return readEstimate(body, into);
  }
  into.push({ type: 'unknown', pt: PT_PAYLOAD_FEEDBACK });
  return true;
}

/** `sequences` in ascending order, wraps included; neighbours share an entry. */
export function formatNack(
  senderSsrc: number,
  mediaSsrc: number,
  sequences: readonly number[],
): Uint8Array {
  const entries = packLost(sequences);
  const packet = createRtcpPacket(
    PT_TRANSPORT_FEEDBACK,
    FORMAT_NACK,
    FEEDBACK_BYTES + entries.length * WORD_BYTES,
  );
  writeWord(packet, 4, senderSsrc);
  writeWord(packet, 8, mediaSsrc);
  for (const [index, entry] of entries.entries()) {
    writeWord(packet, FEEDBACK_BYTES + index * WORD_BYTES, entry);
  }
  return packet;
}

export function formatPli(senderSsrc: number, mediaSsrc: number): Uint8Array {
  const packet = createRtcpPacket(PT_PAYLOAD_FEEDBACK, FORMAT_PLI, FEEDBACK_BYTES);
  writeWord(packet, 4, senderSsrc);
  writeWord(packet, 8, mediaSsrc);
  return packet;
}

/** What the senders of these streams may send in all, rounded down to 18 bits. */
export function formatEstimate(
  senderSsrc: number,
  bitrateBps: number,
  ssrcs: readonly number[],
): Uint8Array {
  const sizeBytes = FEEDBACK_BYTES + (2 + ssrcs.length) * WORD_BYTES;
  const packet = createRtcpPacket(PT_PAYLOAD_FEEDBACK, FORMAT_APPLICATION, sizeBytes);
  let exponent = 0;
  while (bitrateBps / 2 ** exponent > REMB_MANTISSA_MASK) exponent++;
  const mantissa = Math.floor(bitrateBps / 2 ** exponent);
  writeWord(packet, 4, senderSsrc);
  writeWord(packet, FEEDBACK_BYTES, REMB_WORD);
  writeWord(
    packet,
    FEEDBACK_BYTES + WORD_BYTES,
    (ssrcs.length << 24) | (exponent << REMB_MANTISSA_BITS) | mantissa,
  );
  for (const [index, ssrc] of ssrcs.entries()) {
    writeWord(packet, FEEDBACK_BYTES + (2 + index) * WORD_BYTES, ssrc);
  }
  return packet;
}

function readLost(body: Uint8Array): number[] {
  const sequences: number[] = [];
  for (let at = PREFIX_BYTES; at + WORD_BYTES <= body.length; at += WORD_BYTES) {
    const entry = readWord(body, at);
    const first = entry >>> 16;
    sequences.push(first);
    for (let bit = 0; bit < MASK_BITS; bit++) {
      if ((entry >>> bit) & 1) sequences.push((first + bit + 1) & 0xffff);
    }
    if (sequences.length >= MAX_NACK_SEQUENCES) return sequences.slice(0, MAX_NACK_SEQUENCES);
  }
  return sequences;
}

/** One word for each run of packets within 16 of its first. */
function packLost(sequences: readonly number[]): number[] {
  const entries: number[] = [];
  for (const sequence of sequences) {
    const last = entries.at(-1);
    const offset = last === undefined ? 0 : (sequence - (last >>> 16)) & 0xffff;
    if (last !== undefined && offset >= 1 && offset <= MASK_BITS) {
      entries[entries.length - 1] = (last | (1 << (offset - 1))) >>> 0;
    } else {
      entries.push((sequence << 16) >>> 0);
    }
  }
  return entries;
}

function readFullIntraRequests(body: Uint8Array, into: RtcpReport[]): boolean {
  if (body.length < PREFIX_BYTES + FIR_ENTRY_BYTES) return false;
  for (let at = PREFIX_BYTES; at + FIR_ENTRY_BYTES <= body.length; at += FIR_ENTRY_BYTES) {
    into.push({ type: 'fir', mediaSsrc: readWord(body, at) });
  }
  return true;
}

function readEstimate(body: Uint8Array, into: RtcpReport[]): boolean {
  if (body.length < REMB_LIST) return false;
  const rate = readWord(body, PREFIX_BYTES + WORD_BYTES);
  const count = rate >>> 24;
  if (body.length < REMB_LIST + count * WORD_BYTES) return false;
  into.push({
    type: 'remb',
    bitrateBps: (rate & REMB_MANTISSA_MASK) * 2 ** ((rate >>> REMB_MANTISSA_BITS) & 0x3f),
    ssrcs: Array.from({ length: count }, (_, i) => readWord(body, REMB_LIST + i * WORD_BYTES)),
  });
  return true;
}
