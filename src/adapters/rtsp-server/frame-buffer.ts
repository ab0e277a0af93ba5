// Interleaved frames (RFC 2326 §10.12) of one flush, collected into one write to the socket. One
// buffer serves all connections: a reader who takes what is sent costs no memory.

import type { Socket } from 'node:net';
import { writeViewerHeader } from './viewer-header.ts';

/** A picture of a 4 Mb/s camera has 20 KB, a key frame ten times that: few writes for each. */
const BUFFER_BYTES = 128 * 1024;
const FRAME_HEAD_BYTES = 4;
const MAX_PACKET_BYTES = 0xffff;
const DOLLAR = 0x24;

export class FrameBuffer {
  #bytes = Buffer.allocUnsafe(BUFFER_BYTES);
  #used = 0;
  /** Whose frames are in the buffer. */
  #socket: Socket | undefined;

  /** Copies a packet behind a frame's head; returns where, or -1 if it is too long for a frame. */
  add(socket: Socket, channel: number, packet: Uint8Array): number {
    if (packet.length > MAX_PACKET_BYTES) return -1;
    const sizeBytes = FRAME_HEAD_BYTES + packet.length;
    if (socket !== this.#socket || this.#used + sizeBytes > BUFFER_BYTES) this.flush();
    this.#socket = socket;
    const at = this.#used;
    this.#bytes[at] = DOLLAR;
    this.#bytes[at + 1] = channel;
    this.#bytes.writeUInt16BE(packet.length, at + 2);
    this.#bytes.set(packet, at + FRAME_HEAD_BYTES);
    this.#used = at + sizeBytes;
    return at + FRAME_HEAD_BYTES;
  }

  /** Gives the packet that `add` has put there this viewer's header; numbers as in `Outlet.add`. */
  writeHeader(at: number, first: number, timestamp: number, ssrc: number): void {
    writeViewerHeader(this.#bytes, at, first, timestamp, ssrc);
  }

  /** Writes what was added since the last call. */
  flush(): void {
    const socket = this.#socket;
    if (!socket || this.#used === 0) return;
    const bytes = this.#bytes.subarray(0, this.#used);
    this.#used = 0;
    this.#socket = undefined;
    if (socket.destroyed) return;
    if (socket.writableLength > 0) {
      // It waits behind others: what it keeps shall be no longer than it has to be.
      socket.write(Buffer.from(bytes));
      return;
    }
    socket.write(bytes);
    // Written at once, the bytes are ours again; otherwise they are the socket's.
    if (socket.writableLength > 0) this.#bytes = Buffer.allocUnsafe(BUFFER_BYTES);
  }
}
