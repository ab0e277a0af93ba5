// Reads the bits of a NAL unit: skips emulation prevention bytes (ITU-T H.264 §7.4.1) and knows
// Exp-Golomb codes (§9.1).

import { InputError } from '#std/errors.ts';

const EMULATION_PREVENTION = 3;
/** ue(v) of 32 bits has at most this many leading zeros; the spec's largest value is 2^32 − 2. */
const MAX_LEADING_ZEROS = 31;

export class BitReader {
  readonly #bytes: Uint8Array;
  #at = 0;
  /** Bits of the current byte still to read. */
  #bitsLeft = 0;
  #current = 0;
  /** Zero bytes in a row before `#at`. */
  #zeros = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  readBit(): number {
    if (this.#bitsLeft === 0) this.#loadByte();
    this.#bitsLeft--;
    return (this.#current >>> this.#bitsLeft) & 1;
  }

  readFlag(): boolean {
    return this.readBit() === 1;
  }

  /** u(n), at most 32 bits. */
  readBits(count: number): number {
    let value = 0;
    for (let bit = 0; bit < count; bit++) value = value * 2 + this.readBit();
    return value;
  }

  /** ue(v) */
  readUnsigned(): number {
    let zeros = 0;
    while (this.readBit() === 0) {
      if (++zeros > MAX_LEADING_ZEROS) {
        throw new InputError(
          `Cannot read the H.264 header: an Exp-Golomb code has more than ${MAX_LEADING_ZEROS} leading zeros.`,
          { code: 'invalid_h264' },
        );
      }
    }
    return 2 ** zeros - 1 + this.readBits(zeros);
  }

  /** se(v): 0, 1, −1, 2, −2 … */
  readSigned(): number {
    const code = this.readUnsigned();
    return code % 2 === 1 ? (code + 1) / 2 : code === 0 ? 0 : -code / 2;
  }

  #loadByte(): void {
    if (this.#zeros >= 2 && this.#bytes[this.#at] === EMULATION_PREVENTION) {
      this.#at++;
      this.#zeros = 0;
    }
    const byte = this.#bytes[this.#at];
    if (byte === undefined) {
      throw new InputError(
        `Cannot read the H.264 header: it ends after ${this.#bytes.length} bytes, in the middle of a field.`,
        { code: 'invalid_h264' },
      );
    }
    this.#at++;
    this.#zeros = byte === 0 ? this.#zeros + 1 : 0;
    this.#current = byte;
    this.#bitsLeft = 8;
  }
}
