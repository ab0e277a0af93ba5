// When a packet was sent, written into its last bytes: a magic number and nanoseconds of the clock
// that all processes of a machine share.
//
//   … payload | 'Y' 'e' 'o' 'u' | 64 bits of nanoseconds |

const MAGIC = Buffer.from('Yeou');
const STAMP_BYTES = MAGIC.length + 8;

export function makeStamp(): Uint8Array {
  const stamp = Buffer.alloc(STAMP_BYTES);
  stamp.set(MAGIC);
  stamp.writeBigUInt64BE(process.hrtime.bigint(), MAGIC.length);
  return stamp;
}

/** In milliseconds, or undefined if there is none. */
export function readStamp(packet: Uint8Array): number | undefined {
  const bytes = Buffer.from(packet.buffer, packet.byteOffset, packet.length);
  const at = bytes.length - STAMP_BYTES;
  if (at < 0 || bytes.compare(MAGIC, 0, MAGIC.length, at, at + MAGIC.length) !== 0)
    return undefined;
  return Number(bytes.readBigUInt64BE(at + MAGIC.length)) / 1e6;
}
