// Packets in a TCP stream, each behind its length (RFC 4571 §2).
//
//    0                   1
//    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   |            LENGTH             |  packet …
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+

const LENGTH_BYTES = 2;
/** STUN, DTLS and RTCP of a viewer all stay below the usual 1,500 bytes. */
const MAX_FRAME_BYTES = 4_096;

export class TcpFrames {
  #rest: Buffer = Buffer.alloc(0);

  /** Calls `visit` with each whole packet. False: the peer does not speak this protocol. */
  read(chunk: Buffer, visit: (packet: Buffer) => void): boolean {
    let bytes = this.#rest.length > 0 ? Buffer.concat([this.#rest, chunk]) : chunk;
    while (bytes.length >= LENGTH_BYTES) {
      const length = bytes.readUInt16BE(0);
      if (length === 0 || length > MAX_FRAME_BYTES) return false;
      const end = LENGTH_BYTES + length;
      if (bytes.length < end) break;
      visit(bytes.subarray(LENGTH_BYTES, end));
      bytes = bytes.subarray(end);
    }
    this.#rest = bytes;
    return true;
  }
}

export function formatTcpFrame(packet: Uint8Array): Buffer {
  const frame = Buffer.allocUnsafe(LENGTH_BYTES + packet.length);
  frame.writeUInt16BE(packet.length, 0);
  frame.set(packet, LENGTH_BYTES);
  return frame;
}
