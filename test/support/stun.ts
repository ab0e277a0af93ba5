// STUN messages for tests (RFC 8489 §5).

const MAGIC_COOKIE = 0x2112a442;
const USERNAME = 0x0006;

/** A binding request with these attributes and, last, the user name. */
export function bindingRequest(
  userName: string | undefined,
  before: readonly (readonly [type: number, value: Buffer])[] = [],
): Buffer {
  const name = userName === undefined ? [] : [[USERNAME, Buffer.from(userName)] as const];
  const body = Buffer.concat(
    [...before, ...name].map(([type, value]) => formatAttribute(type, value)),
  );
  const header = Buffer.alloc(20);
  header.writeUInt16BE(1, 0);
  header.writeUInt16BE(body.length, 2);
  header.writeUInt32BE(MAGIC_COOKIE, 4);
  return Buffer.concat([header, body]);
}

function formatAttribute(type: number, value: Buffer): Buffer {
  const header = Buffer.alloc(4);
  header.writeUInt16BE(type, 0);
  header.writeUInt16BE(value.length, 2);
  const padding = Buffer.alloc((4 - (value.length % 4)) % 4);
  return Buffer.concat([header, value, padding]);
}
