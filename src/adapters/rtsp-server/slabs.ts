// Copies of packets that have to outlive the call, one behind the other in few allocations.

/** Some 50 packets share one. */
const SLAB_BYTES = 64 * 1024;

export class Slabs {
  #slab = Buffer.alloc(0);
  #used = 0;

  copy(packet: Uint8Array): Buffer {
    if (this.#used + packet.length > this.#slab.length) {
      this.#slab = Buffer.allocUnsafeSlow(Math.max(SLAB_BYTES, packet.length));
      this.#used = 0;
    }
    const copy = this.#slab.subarray(this.#used, this.#used + packet.length);
    copy.set(packet);
    this.#used += packet.length;
    return copy;
  }
}
