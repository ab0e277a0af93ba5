// AAC frames in LATM without configuration in the stream (ISO 14496-3 §1.7.3.2, RFC 6416 §6.1).
//
//   | 255 | … | 255 | rest < 255 | AU, as long as their sum | 255 | … | rest | AU | …
//
// An element that does not fit is sent in pieces, of which only the last has the marker. Cameras
// exist that never set it, so an element whose lengths come out even is taken for complete.

import { MAX_FRAME_BYTES, MAX_FRAMES_PER_PACKET, type PayloadReader } from './payload-reader.ts';

const FULL_LENGTH_BYTE = 255;

export class LatmPayload implements PayloadReader {
  readonly #element = new Uint8Array(MAX_FRAME_BYTES);
  #filledBytes = 0;

  read(payload: Uint8Array, marker: boolean): readonly Uint8Array[] | undefined {
    const first = this.#filledBytes === 0;
    const whole = first ? payload : this.#append(payload);
    const frames = whole && cut(whole);
    if (frames || marker || !whole) {
      this.reset();
      // The frames of a joined element must outlive it.
      return first ? frames : frames?.map((frame) => frame.slice());
    }
    if (first && !this.#append(payload)) return undefined;
    return [];
  }

  reset(): void {
    this.#filledBytes = 0;
  }

  /** All pieces so far, or undefined if that is more than a frame can be. */
  #append(piece: Uint8Array): Uint8Array | undefined {
    if (this.#filledBytes + piece.length > MAX_FRAME_BYTES) return undefined;
    this.#element.set(piece, this.#filledBytes);
    this.#filledBytes += piece.length;
    return this.#element.subarray(0, this.#filledBytes);
  }
}

/** The frames of an element whose lengths come out even, as views. */
function cut(element: Uint8Array): Uint8Array[] | undefined {
  const frames: Uint8Array[] = [];
  let at = 0;
  while (at < element.length) {
    let size = 0;
    let byte: number;
    do {
      byte = element[at++] ?? 0;
      size += byte;
    } while (byte === FULL_LENGTH_BYTE);
    if (size === 0 || at + size > element.length) return undefined;
    frames.push(element.subarray(at, at + size));
    if (frames.length > MAX_FRAMES_PER_PACKET) return undefined;
    at += size;
  }
  return frames.length > 0 ? frames : undefined;
}
