// The header extension that tells when a packet's sound was captured (PRODUCT 2.5; RFC 3550 §5.3.1).
//
//    0                   1                   2                   3
//    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   |        profile = 0xBEDE       |      length = 3 words         |
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   |           server_time_ms: ms since 1970 UTC, u64 …            |
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   |                               …                               |
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   |  event_flags  |                  reserved                     |
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+

import {
  CSRC_COUNT_MASK,
  EXTENSION_BIT,
  isRtp,
  RTP_HEADER_BYTES,
  type RtpHeaderFields,
  readWord,
  writeRtpHeader,
  writeWord,
} from './header.ts';

export const TIME_EXTENSION_BYTES = 16;

/** In every time extension. */
export const TIME_SYNC = 0x01;
/** In the first one after a change of state. */
export const STATUS_UPDATE = 0x02;
/** While an event is on its way to the listener. */
export const CONTROL_MESSAGE = 0x04;

/** Profile and length. */
const FIRST_WORD = 0xbede_0003;
const WORD_BYTES = 4;
const WORD_VALUES = 2 ** 32;
/** Above it, ms since 1970 are no exact number any more; the year would be 287,396. */
const MAX_HIGH_WORD = 0x1f_ffff;

interface TimeExtension {
  /** When the packet's first sample was captured: ms since 1970 UTC; written rounded. */
  readonly serverTimeMs: number;
  readonly eventFlags: number;
}

/** Writes a header with the extension: 28 bytes. */
export function writeTimedRtpHeader(
  packet: Uint8Array,
  fields: RtpHeaderFields,
  { serverTimeMs, eventFlags }: TimeExtension,
): void {
  const ms = Math.round(serverTimeMs);
  writeRtpHeader(packet, fields);
  packet[0] = (packet[0] ?? 0) | EXTENSION_BIT;
  writeWord(packet, RTP_HEADER_BYTES, FIRST_WORD);
  writeWord(packet, RTP_HEADER_BYTES + 4, Math.floor(ms / WORD_VALUES));
  writeWord(packet, RTP_HEADER_BYTES + 8, ms);
  writeWord(packet, RTP_HEADER_BYTES + 12, eventFlags << 24);
}

/** Of a whole packet; undefined if it has none, or another extension. */
export function readTimeExtension(packet: Uint8Array): TimeExtension | undefined {
  const first = packet[0] ?? 0;
  if (!isRtp(packet) || !(first & EXTENSION_BIT)) return undefined;
  const start = RTP_HEADER_BYTES + (first & CSRC_COUNT_MASK) * WORD_BYTES;
  if (start + TIME_EXTENSION_BYTES > packet.length) return undefined;
  const high = readWord(packet, start + 4);
  if (readWord(packet, start) !== FIRST_WORD || high > MAX_HIGH_WORD) return undefined;
  return {
    serverTimeMs: high * WORD_VALUES + readWord(packet, start + 8),
    eventFlags: packet[start + 12] ?? 0,
  };
}
