// Reads the bits of an AAC access unit, highest first; no emulation prevention, unlike H.264.

import { InputError } from '#std/errors.ts';

export class BlockBits {
  readonly #bytes: Uint8Array;
  readonly #end: number;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#end = bytes.length * 8;
  }

  get left(): number {
    return this.#end - this.#at;
  }

  /** 1 to 25 bits: what fits into 32 behind up to seven of a byte. Behind the end there are zeros. */
  peek(count: number): number {
    const bytes = this.#bytes;
    const at = this.#at >>> 3;
    const word =
      ((bytes[at] ?? 0) << 24) |
      ((bytes[at + 1] ?? 0) << 16) |
      ((bytes[at + 2] ?? 0) << 8) |
      (bytes[at + 3] ?? 0);
    return (word << (this.#at & 7)) >>> (32 - count);
  }

  /** Throws behind the end, which is what ends every loop over nonsense. */
  skip(count: number): void {
    this.#at += count;
    if (this.#at > this.#end) {
      throw new InputError(
        `Cannot decode the AAC access unit: it ends after ${this.#bytes.length} bytes, in the middle of a field.`,
        { code: 'invalid_aac' },
      );
    }
  }

  /** 1 to 25 bits. */
  read(count: number): number {
    const value = this.peek(count);
    this.skip(count);
    return value;
  }

  readFlag(): boolean {
    return this.read(1) === 1;
  }

  /** Goes on with the next whole byte. */
  align(): void {
    this.skip(-this.#at & 7);
  }
}
