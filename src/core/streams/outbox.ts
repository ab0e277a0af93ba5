// Collects rows of (packet × peer) and hands them to the engine in one call.

import type { Outlet } from '#core/ports/outlet.ts';
import type { Peer, PeerTransport, SendBatch } from '#core/ports/peer-transport.ts';

/** Enough to carry a frame to many viewers in one call, small enough to stay in the cache. */
const BATCH_ROWS = 512;
const WORDS_PER_ROW = 3;

export class Outbox {
  readonly #transport: PeerTransport;
  readonly #batch: SendBatch = {
    length: 0,
    peers: [],
    packets: [],
    headers: new Uint32Array(BATCH_ROWS * WORDS_PER_ROW),
  };

  constructor(transport: PeerTransport) {
    this.#transport = transport;
  }

  /** `first` is marker, payload type and sequence number in one word, as `SendBatch` says. */
  add(peer: Peer, packet: Uint8Array, first: number, timestamp: number, ssrc: number): void {
    const batch = this.#batch;
    const row = batch.length;
    batch.peers[row] = peer;
    batch.packets[row] = packet;
    const at = row * WORDS_PER_ROW;
    batch.headers[at] = first;
    batch.headers[at + 1] = timestamp;
    batch.headers[at + 2] = ssrc;
    batch.length = row + 1;
    if (batch.length === BATCH_ROWS) this.flush();
  }

  flush(): void {
    if (this.#batch.length === 0) return;
    this.#transport.send(this.#batch);
    this.#batch.length = 0;
  }

  /** Where the subscribers of one peer put their packets. */
  outletTo(peer: Peer): Outlet {
    return new PeerOutlet(this, peer);
  }
}

class PeerOutlet implements Outlet {
  readonly #outbox: Outbox;
  readonly #peer: Peer;

  constructor(outbox: Outbox, peer: Peer) {
    this.#outbox = outbox;
    this.#peer = peer;
  }

  add(packet: Uint8Array, first: number, timestamp: number, ssrc: number): void {
    this.#outbox.add(this.#peer, packet, first, timestamp, ssrc);
  }

  addReport(packet: Uint8Array): void {
    this.#peer.sendRtcp(packet);
  }

  /** Nothing: what all viewers get of a frame goes out together. */
  flush(): void {}
}
