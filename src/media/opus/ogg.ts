// The packets of an Ogg Opus file that holds one stream (RFC 3533, RFC 7845).

import { InputError } from '#std/errors.ts';
import { joinBytes } from './join-bytes.ts';
import { FULL_SEGMENT_BYTES, type OggPage, readOggPage } from './ogg-page.ts';

export interface OggOpus {
  readonly channels: 1 | 2;
  /** Samples of 48 kHz to drop after decoding starts: the encoder's delay. */
  readonly preSkip: number;
  /** The audio packets, without the two header packets. */
  readonly packets: readonly Uint8Array[];
}

const ID_HEADER = 'OpusHead';
const COMMENT_HEADER = 'OpusTags';
const ID_HEADER_BYTES = 19;
/** Mono and stereo, one Opus stream (RFC 7845 §5.1.1.1). */
const MAPPING_FAMILY_SIMPLE = 0;

/** Packets are views where they lie in one page. A packet that the file cuts off is left out. */
export function readOggOpus(bytes: Uint8Array): OggOpus {
  const [id, comment, ...packets] = readPackets(bytes);
  if (!id || id.length < ID_HEADER_BYTES || !startsWith(id, ID_HEADER)) {
    throw invalid('it does not begin with an OpusHead packet');
  }
  if (!comment || !startsWith(comment, COMMENT_HEADER)) throw invalid('OpusTags is missing');
  const channels = id[9];
  if ((channels !== 1 && channels !== 2) || id[18] !== MAPPING_FAMILY_SIMPLE) {
    throw invalid('only mono and stereo are understood');
  }
  return { channels, preSkip: (id[10] ?? 0) | ((id[11] ?? 0) << 8), packets };
}

function readPackets(bytes: Uint8Array): Uint8Array[] {
  const packets: Uint8Array[] = [];
  let parts: Uint8Array[] = [];
  let first: OggPage | undefined;
  for (let at = 0, index = 0; at < bytes.length; index++) {
    const page = readOggPage(bytes, at);
    first ??= page;
    checkOrder(page, first, { index, open: parts.length > 0 });
    parts = readSegments(page, parts, packets);
    at = page.end;
  }
  return packets;
}

/** Adds the packets that end in this page to `packets`; returns the parts of one that does not. */
function readSegments(page: OggPage, open: Uint8Array[], packets: Uint8Array[]): Uint8Array[] {
  let parts = open;
  let start = 0;
  let end = 0;
  for (const size of page.segmentSizes) {
    end += size;
    if (size === FULL_SEGMENT_BYTES) continue;
    packets.push(joinBytes([...parts, page.body.subarray(start, end)]));
    parts = [];
    start = end;
  }
  if (end > start) parts.push(page.body.subarray(start, end));
  return parts;
}

function checkOrder(
  page: OggPage,
  first: OggPage,
  expected: { index: number; open: boolean },
): void {
  if (page.serial !== first.serial) throw invalid('it holds more than one stream');
  if (page.sequence !== (first.sequence + expected.index) >>> 0) throw invalid('a page is missing');
  if (page.continued !== expected.open) throw invalid('a packet has lost its other half');
}

function startsWith(bytes: Uint8Array, text: string): boolean {
  return new TextEncoder().encode(text).every((byte, at) => bytes[at] === byte);
}

function invalid(reason: string): InputError {
  return new InputError(`Cannot read the Ogg Opus file: ${reason}.`, { code: 'invalid_ogg' });
}
