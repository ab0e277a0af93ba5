// One page of an Ogg file (RFC 3533 §6), numbers little-endian.
//
//    0                   1                   2                   3
//    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   |                 capture pattern: "OggS"                       |
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   |  version = 0  |  header type  |  granule position (8 bytes) … |
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   |                               …                               |
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   |               …               |  serial number …              |
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   |               …               |  page sequence number …       |
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   |               …               |  CRC checksum …               |
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   |               …               | segments = N  | N sizes …     |
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+

import { InputError } from '#std/errors.ts';

export const CAPTURE_PATTERN = 0x4f676753;
export const PAGE_HEADER_BYTES = 27;
const CONTINUED_BIT = 1;
export const FULL_SEGMENT_BYTES = 255;
const CHECKSUM_AT = 22;
const CHECKSUM_POLYNOMIAL = 0x04c11db7;

export interface OggPage {
  /** Its first segment goes on with the packet of the page before. */
  readonly continued: boolean;
  readonly serial: number;
  readonly sequence: number;
  /** A segment of 255 bytes is followed by more of the same packet. */
  readonly segmentSizes: Uint8Array;
  readonly body: Uint8Array;
  /** Where the next page starts. */
  readonly end: number;
}

/** Reads the page at `start`; `body` and `segmentSizes` are views. */
export function readOggPage(bytes: Uint8Array, start: number): OggPage {
  if (bytes.length - start < PAGE_HEADER_BYTES) throw invalid(start, 'the page header is cut off');
  const view = new DataView(bytes.buffer, bytes.byteOffset + start, bytes.length - start);
  if (view.getUint32(0) !== CAPTURE_PATTERN || view.getUint8(4) !== 0) {
    throw invalid(start, 'no page of version 0 starts here');
  }
  const bodyAt = start + PAGE_HEADER_BYTES + view.getUint8(26);
  const segmentSizes = bytes.subarray(start + PAGE_HEADER_BYTES, bodyAt);
  const end = segmentSizes.reduce((sum, size) => sum + size, bodyAt);
  if (end > bytes.length) throw invalid(start, 'the page is cut off');
  if (oggChecksum(bytes.subarray(start, end)) !== view.getUint32(CHECKSUM_AT, true)) {
    throw invalid(start, 'the checksum does not match');
  }
  return {
    continued: (view.getUint8(5) & CONTINUED_BIT) !== 0,
    serial: view.getUint32(14, true),
    sequence: view.getUint32(18, true),
    segmentSizes,
    body: bytes.subarray(bodyAt, end),
    end,
  };
}

/** Writes the checksum of a page that is complete but for it. */
export function writeOggChecksum(page: Uint8Array): void {
  const view = new DataView(page.buffer, page.byteOffset, page.length);
  view.setUint32(CHECKSUM_AT, oggChecksum(page), true);
}

/** CRC-32, highest bit first, no reflection, start 0, over the page with its checksum as zeros. */
function oggChecksum(page: Uint8Array): number {
  let crc = 0;
  page.forEach((byte, at) => {
    crc ^= (at >= CHECKSUM_AT && at < CHECKSUM_AT + 4 ? 0 : byte) << 24;
    for (let bit = 0; bit < 8; bit++) crc = (crc << 1) ^ (crc < 0 ? CHECKSUM_POLYNOMIAL : 0);
  });
  return crc >>> 0;
}

function invalid(at: number, reason: string): InputError {
  return new InputError(`Cannot read the Ogg file: ${reason} (at byte ${at}).`, {
    code: 'invalid_ogg',
  });
}
