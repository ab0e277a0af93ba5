// The last packets of a track: group-of-pictures cache and retransmission history in one.
//
// Packets are copied, one behind the other, into chunks; the oldest chunk goes as a whole. So a
// packet costs one copy and one view, memory follows what the stream really needs, and nothing of a
// source's own buffer is held.
//
//    chunks   [ #### #### ]  [ #### #### ]  [ ###·  ····· ]
//    index     first … │              keepFrom …      │ next

/** 64 KiB hold some 55 video packets: few chunks a second, little waste at the end of each. */
const CHUNK_BYTES = 64 * 1024;
/** Always kept for retransmission: 2 s at 250 packets/s, far more than a NACK's useful life. */
const HISTORY_PACKETS = 512;
/** 10 s of a 4 Mb/s camera are 5 MB; a group of pictures beyond this limit is not cached. */
const MAX_BYTES = 16 * 1024 * 1024;
const MAX_PACKETS = 16_384;
const START_PACKETS = 256;

interface Chunk {
  readonly bytes: Uint8Array;
  used: number;
  /** One past the index of the last packet in it. */
  end: number;
}

interface PacketFields {
  readonly timestamp: number;
  readonly frame: number;
  readonly marker: boolean;
}

export class PacketRing {
  #packets: (Uint8Array | undefined)[] = new Array(START_PACKETS).fill(undefined);
  #timestamps = new Uint32Array(START_PACKETS);
  #frames = new Float64Array(START_PACKETS);
  #markers = new Uint8Array(START_PACKETS);
  readonly #chunks: Chunk[] = [];
  #spare: Chunk | undefined;
  #first = 0;
  #next = 0;

  /** Index of the oldest packet still here. */
  get first(): number {
    return this.#first;
  }

  /** Index that the next packet will get. */
  get next(): number {
    return this.#next;
  }

  get sizeBytes(): number {
    return this.#chunks.reduce((sum, chunk) => sum + chunk.bytes.length, 0);
  }

  packet(index: number): Uint8Array | undefined {
    return index >= this.#first && index < this.#next
      ? this.#packets[this.#slot(index)]
      : undefined;
  }

  timestamp(index: number): number {
    return this.#timestamps[this.#slot(index)] ?? 0;
  }

  frame(index: number): number {
    return this.#frames[this.#slot(index)] ?? 0;
  }

  marker(index: number): boolean {
    return this.#markers[this.#slot(index)] === 1;
  }

  /** Copies a packet in. Packets from `keepFrom` on stay, as far as the limits allow. */
  push(packet: Uint8Array, fields: PacketFields, keepFrom: number): void {
    const index = this.#next;
    if (index - this.#first >= this.#packets.length) this.#makeRoom();
    const slot = this.#slot(index);
    this.#packets[slot] = this.#copy(packet, keepFrom);
    this.#timestamps[slot] = fields.timestamp;
    this.#frames[slot] = fields.frame;
    this.#markers[slot] = fields.marker ? 1 : 0;
    this.#next = index + 1;
  }

  #slot(index: number): number {
    return index & (this.#packets.length - 1);
  }

  #copy(packet: Uint8Array, keepFrom: number): Uint8Array {
    let chunk = this.#chunks.at(-1);
    if (!chunk || chunk.used + packet.length > chunk.bytes.length) {
      this.#dropChunks(Math.min(keepFrom, this.#next - HISTORY_PACKETS));
      chunk = this.#openChunk(packet.length);
    }
    const view = chunk.bytes.subarray(chunk.used, chunk.used + packet.length);
    view.set(packet);
    chunk.used += packet.length;
    chunk.end = this.#next + 1;
    return view;
  }

  #openChunk(packetBytes: number): Chunk {
    const spare = this.#spare;
    this.#spare = undefined;
    const chunk =
      spare && spare.bytes.length >= packetBytes
        ? spare
        : { bytes: new Uint8Array(Math.max(CHUNK_BYTES, packetBytes)), used: 0, end: 0 };
    chunk.used = 0;
    this.#chunks.push(chunk);
    return chunk;
  }

  #dropChunks(keepFrom: number): void {
    let bytes = this.sizeBytes;
    for (let oldest = this.#chunks[0]; oldest; oldest = this.#chunks[0]) {
      if (oldest.end > keepFrom && bytes + CHUNK_BYTES <= MAX_BYTES) return;
      bytes -= oldest.bytes.length;
      this.#dropOldestChunk();
    }
  }

  #dropOldestChunk(): void {
    const chunk = this.#chunks.shift();
    if (!chunk) return;
    for (let index = this.#first; index < chunk.end; index++) {
      this.#packets[this.#slot(index)] = undefined;
    }
    this.#first = chunk.end;
    // Kept for the next one: a steady stream allocates no chunk at all.
    this.#spare = chunk;
  }

  /** The index arrays are full: double them, or let the oldest chunk go. */
  #makeRoom(): void {
    if (this.#packets.length >= MAX_PACKETS) {
      this.#dropOldestChunk();
      return;
    }
    const old = {
      packets: this.#packets,
      timestamps: this.#timestamps,
      frames: this.#frames,
      markers: this.#markers,
    };
    const length = old.packets.length * 2;
    this.#packets = new Array(length).fill(undefined);
    this.#timestamps = new Uint32Array(length);
    this.#frames = new Float64Array(length);
    this.#markers = new Uint8Array(length);
    for (let index = this.#first; index < this.#next; index++) {
      const from = index & (old.packets.length - 1);
      const to = this.#slot(index);
      this.#packets[to] = old.packets[from];
      this.#timestamps[to] = old.timestamps[from] ?? 0;
      this.#frames[to] = old.frames[from] ?? 0;
      this.#markers[to] = old.markers[from] ?? 0;
    }
  }
}
