// Reads the H.264 that ffmpeg puts out as FLV (Adobe Flash Video File Format 10.1, annex E). Unlike a
// byte stream it says how long each frame is, so that none has to wait for the beginning of the next.
//
//    0                   1                   2                   3
//    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   |  type, 9: video |             data size                       |
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   |                 timestamp, in ms              |      ext.     |
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   |               stream id = 0                   | kind  | codec |
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   |  0 sets, 1 NAL |   composition time           | data …        |
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//
// Behind each tag stands its size once more, in four bytes.

import { InputError } from '#std/errors.ts';

export type FlvItem =
  | { readonly kind: 'parameter-sets'; readonly units: readonly Buffer[] }
  | { readonly kind: 'frame'; readonly isKey: boolean; readonly units: readonly Buffer[] };

const FILE_HEADER_BYTES = 9;
const TAG_HEADER_BYTES = 11;
const BACK_POINTER_BYTES = 4;
const VIDEO_HEADER_BYTES = 5;
const VIDEO = 9;
const CODEC_AVC = 7;
const KEY_FRAME = 1;
const PACKET_SETS = 0;
const PACKET_UNITS = 1;
/** At the bit rate that the encoder is held to, no frame comes near. */
const MAX_TAG_BYTES = 4 * 2 ** 20;
/** In the decoder configuration record (ISO/IEC 14496-15 §5.3.3.1): where the SPS count stands. */
const SPS_COUNT_AT = 5;
const SPS_COUNT_MASK = 0x1f;

export class FlvReader {
  #rest: Buffer = Buffer.alloc(0);
  #isInside = false;

  /** What is complete with this chunk; the units are views into it. */
  push(chunk: Buffer): FlvItem[] {
    let bytes = this.#rest.length > 0 ? Buffer.concat([this.#rest, chunk]) : chunk;
    if (!this.#isInside && bytes.length >= FILE_HEADER_BYTES + BACK_POINTER_BYTES) {
      if (bytes.toString('latin1', 0, 3) !== 'FLV') throw invalid('it does not begin with FLV');
      bytes = bytes.subarray(FILE_HEADER_BYTES + BACK_POINTER_BYTES);
      this.#isInside = true;
    }
    const items: FlvItem[] = [];
    while (this.#isInside && bytes.length >= TAG_HEADER_BYTES) {
      const end = TAG_HEADER_BYTES + bytes.readUIntBE(1, 3);
      if (end > MAX_TAG_BYTES) throw invalid(`a tag has ${end} bytes`);
      if (bytes.length < end + BACK_POINTER_BYTES) break;
      const item =
        bytes[0] === VIDEO ? readVideo(bytes.subarray(TAG_HEADER_BYTES, end)) : undefined;
      if (item) items.push(item);
      bytes = bytes.subarray(end + BACK_POINTER_BYTES);
    }
    this.#rest = bytes;
    return items;
  }
}

/** Undefined for what holds no picture, such as the mark at the end. */
function readVideo(data: Buffer): FlvItem | undefined {
  if (data.length < VIDEO_HEADER_BYTES) throw invalid('a video tag is empty');
  const header = data.readUInt8(0);
  if ((header & 0xf) !== CODEC_AVC) throw invalid('its video is not H.264');
  const body = data.subarray(VIDEO_HEADER_BYTES);
  const packet = data.readUInt8(1);
  if (packet === PACKET_SETS) return { kind: 'parameter-sets', units: readSets(body) };
  if (packet !== PACKET_UNITS) return undefined;
  return { kind: 'frame', isKey: header >> 4 === KEY_FRAME, units: readUnits(body, 4) };
}

/** Sets behind lengths of two bytes: so many SPS, then so many PPS. */
function readSets(record: Buffer): Buffer[] {
  const sets: Buffer[] = [];
  let at = SPS_COUNT_AT;
  for (const mask of [SPS_COUNT_MASK, 0xff]) {
    let count = (record[at++] ?? 0) & mask;
    for (; count > 0; count--) {
      const unit = readUnit(record, at, 2);
      sets.push(unit);
      at += 2 + unit.length;
    }
  }
  return sets;
}

function readUnits(body: Buffer, lengthBytes: number): Buffer[] {
  const units: Buffer[] = [];
  for (let at = 0; at < body.length; ) {
    const unit = readUnit(body, at, lengthBytes);
    units.push(unit);
    at += lengthBytes + unit.length;
  }
  return units;
}

function readUnit(bytes: Buffer, at: number, lengthBytes: number): Buffer {
  const start = at + lengthBytes;
  if (start > bytes.length) throw invalid('a unit is cut off');
  const end = start + bytes.readUIntBE(at, lengthBytes);
  if (end > bytes.length) throw invalid('a unit is cut off');
  return bytes.subarray(start, end);
}

function invalid(reason: string): InputError {
  return new InputError(`Cannot read the FLV stream: ${reason}.`, { code: 'invalid_flv' });
}
