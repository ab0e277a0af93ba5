// Which frame a packet is of, written over its last bytes: a magic number and the count of frames.
//
//   … payload | 'Y' 'e' 'o' 'F' | 32 bits: frame |

const MAGIC = Buffer.from('YeoF');
const STAMP_BYTES = MAGIC.length + 4;

export function formatFrameStamp(frame: number): Uint8Array {
  const stamp = Buffer.alloc(STAMP_BYTES);
  stamp.set(MAGIC);
  stamp.writeUInt32BE(frame, MAGIC.length);
  return stamp;
}

/** Undefined where there is none: parameter sets and small packets have no room for it. */
export function readFrameStamp(packet: Uint8Array): number | undefined {
  const bytes = Buffer.from(packet.buffer, packet.byteOffset, packet.length);
  const at = bytes.length - STAMP_BYTES;
  if (at < 0 || bytes.compare(MAGIC, 0, MAGIC.length, at, at + MAGIC.length) !== 0)
    return undefined;
  return bytes.readUInt32BE(at + MAGIC.length);
}
