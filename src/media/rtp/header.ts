// Reading and writing RTP headers in place (RFC 3550 §5.1). No call here allocates.
//
//    0                   1                   2                   3
//    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   |V=2|P|X|  CC   |M|     PT      |       sequence number         |
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   |                           timestamp                           |
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   |                             SSRC                              |
//   +=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+
//   |                    CSRC (CC × 32 bits) …                      |
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   |  profile, length (X), extension …                             |
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+

export const RTP_HEADER_BYTES = 12;

const VERSION = 2;
const PADDING_BIT = 0x20;
/** X, in the first byte. */
export const EXTENSION_BIT = 0x10;
export const CSRC_COUNT_MASK = 0x0f;
const MARKER_BIT = 0x80;
const WORD_BYTES = 4;

export interface RtpHeaderFields {
  readonly marker: boolean;
  readonly payloadType: number;
  readonly sequence: number;
  readonly timestamp: number;
  readonly ssrc: number;
}

/** Writes a header without CSRCs, extension or padding. */
export function writeRtpHeader(packet: Uint8Array, fields: RtpHeaderFields): void {
  packet[0] = VERSION << 6;
  packet[1] = (fields.marker ? MARKER_BIT : 0) | fields.payloadType;
  packet[2] = fields.sequence >>> 8;
  packet[3] = fields.sequence;
  writeWord(packet, 4, fields.timestamp);
  writeWord(packet, 8, fields.ssrc);
}

export function readMarker(packet: Uint8Array): boolean {
  return (byteAt(packet, 1) & MARKER_BIT) !== 0;
}

export function readPayloadType(packet: Uint8Array): number {
  return byteAt(packet, 1) & ~MARKER_BIT;
}

export function readSequence(packet: Uint8Array): number {
  return (byteAt(packet, 2) << 8) | byteAt(packet, 3);
}

export function readTimestamp(packet: Uint8Array): number {
  return readWord(packet, 4);
}

export function readSsrc(packet: Uint8Array): number {
  return readWord(packet, 8);
}

/** Whether this can be an RTP packet, with or without a payload. */
export function isRtp(packet: Uint8Array): boolean {
  return packet.length >= RTP_HEADER_BYTES && byteAt(packet, 0) >>> 6 === VERSION;
}

/** Where the payload starts, or -1 if this is no RTP packet with a payload inside its bounds. */
export function payloadStart(packet: Uint8Array): number {
  if (!isRtp(packet)) return -1;
  let start = RTP_HEADER_BYTES + (byteAt(packet, 0) & CSRC_COUNT_MASK) * WORD_BYTES;
  if (byteAt(packet, 0) & EXTENSION_BIT) {
    if (start + WORD_BYTES > packet.length) return -1;
    start +=
      WORD_BYTES + ((byteAt(packet, start + 2) << 8) | byteAt(packet, start + 3)) * WORD_BYTES;
  }
  return start < payloadEnd(packet) ? start : -1;
}

/** Where the payload ends: the padding, if there is any, says in its last byte how long it is. */
export function payloadEnd(packet: Uint8Array): number {
  if (!(byteAt(packet, 0) & PADDING_BIT)) return packet.length;
  const padding = byteAt(packet, packet.length - 1);
  return padding === 0 ? -1 : packet.length - padding;
}

export function readWord(bytes: Uint8Array, at: number): number {
  return (
    ((byteAt(bytes, at) << 24) |
      (byteAt(bytes, at + 1) << 16) |
      (byteAt(bytes, at + 2) << 8) |
      byteAt(bytes, at + 3)) >>>
    0
  );
}

export function writeWord(bytes: Uint8Array, at: number, word: number): void {
  bytes[at] = word >>> 24;
  bytes[at + 1] = word >>> 16;
  bytes[at + 2] = word >>> 8;
  bytes[at + 3] = word;
}

/** Callers have checked the bounds; past the end reads as 0. */
function byteAt(bytes: Uint8Array, at: number): number {
  return bytes[at] ?? 0;
}
