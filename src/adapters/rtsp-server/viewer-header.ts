// One viewer's numbers over the RTP header that all viewers share (RFC 3550 §5.1).

/**
 * Numbers as in `Outlet.add`. The first byte stays the packet's own: it says whether contributing
 * sources, an extension or padding follow.
 */
export function writeViewerHeader(
  bytes: Buffer,
  at: number,
  first: number,
  timestamp: number,
  ssrc: number,
): void {
  bytes[at + 1] = first >>> 16;
  bytes.writeUInt16BE(first & 0xffff, at + 2);
  bytes.writeUInt32BE(timestamp, at + 4);
  bytes.writeUInt32BE(ssrc, at + 8);
}
