// Reads and copies fields that do not end with bytes, as MPEG-4 audio writes its headers.

import { InputError } from '#std/errors.ts';

export class Bits {
  readonly #bytes: Uint8Array;
  /** In bits from the start. */
  at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get left(): number {
    return this.#bytes.length * 8 - this.at;
  }

  /** At most 32 bits. */
  read(count: number): number {
    if (count > this.left) {
      throw new InputError(
        `Cannot read the AAC header: it ends after ${this.#bytes.length} bytes, in the middle of a field.`,
        { code: 'invalid_aac' },
      );
    }
    let value = 0;
    for (let bit = 0; bit < count; bit++, this.at++) {
      const byte = this.#bytes[this.at >>> 3] ?? 0;
      value = value * 2 + ((byte >>> (7 - (this.at & 7))) & 1);
    }
    return value;
  }

  readFlag(): boolean {
    return this.read(1) === 1;
  }

  /** The bits from `from` up to here, filled up with zeros to whole bytes. */
  copyFrom(from: number): Uint8Array {
    const copy = new Uint8Array(Math.ceil((this.at - from) / 8));
    const source = new Bits(this.#bytes);
    source.at = from;
    for (let at = 0; at < copy.length; at++) {
      const count = Math.min(8, this.at - source.at);
      copy[at] = source.read(count) << (8 - count);
    }
    return copy;
  }
}
