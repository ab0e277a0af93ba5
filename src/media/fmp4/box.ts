// Boxes, what ISO files are made of (ISO 14496-12 §4.2), and the numbers in them.
//
//   | size in bytes (32 bits) | type (4 letters) | [version (8) | flags (24)] | content … |

import { writeWord } from '#media/rtp/header.ts';

export const BOX_HEADER_BYTES = 8;
const WORD_BYTES = 4;

/** Bytes as they are, or numbers from 0 to 255. */
type Part = Uint8Array | readonly number[];

export function box(type: string, ...parts: readonly Part[]): Uint8Array {
  const size = parts.reduce((sum, part) => sum + part.length, BOX_HEADER_BYTES);
  const bytes = new Uint8Array(size);
  writeBoxHeader(bytes, 0, { type, sizeBytes: size });
  let at = BOX_HEADER_BYTES;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/** A box with version 0. */
export function fullBox(type: string, flags: number, ...parts: readonly Part[]): Uint8Array {
  return box(type, u32(flags), ...parts);
}

export function writeBoxHeader(
  bytes: Uint8Array,
  at: number,
  header: { readonly type: string; readonly sizeBytes: number },
): void {
  writeWord(bytes, at, header.sizeBytes);
  for (let letter = 0; letter < 4; letter++) {
    bytes[at + WORD_BYTES + letter] = header.type.charCodeAt(letter);
  }
}

export function u16(...values: readonly number[]): number[] {
  return values.flatMap((value) => [(value >>> 8) & 0xff, value & 0xff]);
}

export function u32(...values: readonly number[]): number[] {
  return values.flatMap((value) => [...u16(value >>> 16), ...u16(value)]);
}

export function zeros(count: number): Uint8Array {
  return new Uint8Array(count);
}
