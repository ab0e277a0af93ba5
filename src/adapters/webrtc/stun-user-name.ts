// Whom a STUN binding request is for: the USERNAME of its connectivity check (RFC 8489 §14.3).
//
//    0                   1                   2                   3
//   |0 0|  message type = 1         |  length                       |
//   |                  magic cookie 0x2112A442                      |
//   |                  transaction id (96 bits)                     |
//   |  attribute type               |  length                       |  value, padded to 4 bytes …

const HEADER_BYTES = 20;
const BINDING_REQUEST = 0x0001;
const MAGIC_COOKIE = 0x2112a442;
const USERNAME = 0x0006;
const ATTRIBUTE_HEADER_BYTES = 4;

/** `<our ufrag>:<their ufrag>` of a binding request, or undefined if this is none. */
export function readStunUserName(message: Uint8Array): string | undefined {
  const view = new DataView(message.buffer, message.byteOffset, message.byteLength);
  if (message.length < HEADER_BYTES || view.getUint16(0) !== BINDING_REQUEST) return undefined;
  if (view.getUint32(4) !== MAGIC_COOKIE) return undefined;
  let at = HEADER_BYTES;
  while (at + ATTRIBUTE_HEADER_BYTES <= message.length) {
    const length = view.getUint16(at + 2);
    const start = at + ATTRIBUTE_HEADER_BYTES;
    if (start + length > message.length) return undefined;
    if (view.getUint16(at) === USERNAME) {
      return Buffer.from(message.subarray(start, start + length)).toString('latin1');
    }
    at = start + Math.ceil(length / 4) * 4;
  }
  return undefined;
}
