// AAC frames in the generic payload of RFC 3640 §3.2: headers with their sizes, then the frames.
//
//   +-----------------------+-----------+-----------+---------+----------+----------+-- …
//   | headers' size in bits | AU header | AU header | padding | AU       | AU       |
//   | (16 bits)             |           |           |         |          |          |
//   +-----------------------+-----------+-----------+---------+----------+----------+-- …
//
//   AU header: | size (sizeLength bits) | index (indexLength), or distance (indexDeltaLength) |
//
// A frame that does not fit is sent in pieces, one to a packet, each with the size of the whole.

import { Bits } from './bits.ts';
import { MAX_FRAME_BYTES, MAX_FRAMES_PER_PACKET, type PayloadReader } from './payload-reader.ts';

const HEADERS_SIZE_BYTES = 2;

export interface HeaderWidths {
  readonly sizeLength: number;
  readonly indexLength: number;
  readonly indexDeltaLength: number;
}

export class GenericPayload implements PayloadReader {
  readonly #widths: HeaderWidths;
  /** A frame of which pieces have come, and how much of it. */
  #frame: Uint8Array | undefined;
  #filledBytes = 0;

  constructor(widths: HeaderWidths) {
    this.#widths = widths;
  }

  read(payload: Uint8Array, marker: boolean): readonly Uint8Array[] | undefined {
    // Without sizes there are no headers: a packet is a frame.
    if (this.#widths.sizeLength === 0) return payload.length > 0 ? [payload] : undefined;
    const headersBits = ((payload[0] ?? 0) << 8) | (payload[1] ?? 0);
    const dataAt = HEADERS_SIZE_BYTES + Math.ceil(headersBits / 8);
    const headers = new Bits(payload.subarray(HEADERS_SIZE_BYTES, dataAt));
    if (dataAt >= payload.length) return this.#reject();
    const sizes = this.#readSizes(headers, headersBits);
    const [first = 0] = sizes;
    const data = payload.subarray(dataAt);
    if (sizes.length === 1 && first > data.length) return this.#join(data, first, marker);
    this.reset();
    return cut(data, sizes);
  }

  reset(): void {
    this.#frame = undefined;
  }

  #readSizes(headers: Bits, headersBits: number): number[] {
    const { sizeLength, indexLength, indexDeltaLength } = this.#widths;
    const sizes: number[] = [];
    let indexBits = indexLength;
    while (headers.at + sizeLength + indexBits <= headersBits) {
      sizes.push(headers.read(sizeLength));
      // Indexes tell of interleaving, which nobody does with live sound.
      headers.at += indexBits;
      indexBits = indexDeltaLength;
      if (sizes.length > MAX_FRAMES_PER_PACKET) return [];
    }
    return sizes;
  }

  #join(piece: Uint8Array, sizeBytes: number, marker: boolean): readonly Uint8Array[] | undefined {
    if (sizeBytes > MAX_FRAME_BYTES) return this.#reject();
    if (this.#frame?.length !== sizeBytes || this.#filledBytes + piece.length > sizeBytes) {
      this.#frame = new Uint8Array(sizeBytes);
      this.#filledBytes = 0;
    }
    this.#frame.set(piece, this.#filledBytes);
    this.#filledBytes += piece.length;
    const frame = this.#frame;
    if (this.#filledBytes < sizeBytes) return marker ? this.#reject() : [];
    this.reset();
    return [frame];
  }

  #reject(): undefined {
    this.reset();
    return undefined;
  }
}

function cut(data: Uint8Array, sizes: readonly number[]): readonly Uint8Array[] | undefined {
  const frames: Uint8Array[] = [];
  let at = 0;
  for (const size of sizes) {
    if (size === 0 || at + size > data.length) return undefined;
    frames.push(data.subarray(at, at + size));
    at += size;
  }
  return frames.length > 0 ? frames : undefined;
}
