// Room for RTP headers. Nothing is used twice: the socket reads a header later than it is given it.

/** Of some 2,000 headers; it goes when the last of them has been sent. */
const SLAB_BYTES = 32 * 1024;

export class HeaderSlab {
  #slab = new Uint8Array(SLAB_BYTES);
  #at = 0;

  cut(sizeBytes: number): Uint8Array {
    if (this.#at + sizeBytes > SLAB_BYTES) {
      this.#slab = new Uint8Array(SLAB_BYTES);
      this.#at = 0;
    }
    const header = this.#slab.subarray(this.#at, this.#at + sizeBytes);
    this.#at += sizeBytes;
    return header;
  }
}
