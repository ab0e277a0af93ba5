// Reads the sound engine's packets by RFC 3550 and PRODUCT 2.5, with other code than what writes them.

import type { ListenerPlan } from '#core/ports/sound-engine.ts';

export interface SentPacket {
  readonly port: number;
  readonly address: string;
  readonly marker: boolean;
  readonly payloadType: number;
  readonly sequence: number;
  readonly timestamp: number;
  readonly ssrc: number;
  readonly extension: { readonly serverTimeMs: number; readonly flags: number } | undefined;
  /** The very object that was sent. */
  readonly payload: Uint8Array;
  readonly sizeBytes: number;
  readonly sentAtMs: number;
}

export function readSent(header: Uint8Array, payload: Uint8Array) {
  const view = new DataView(header.buffer, header.byteOffset, header.byteLength);
  const hasExtension = view.getUint8(0) === 0x90;
  if (!hasExtension && view.getUint8(0) !== 0x80) throw new Error('no RTP header of ours');
  if (header.length !== (hasExtension ? 28 : 12))
    throw new Error(`${header.length} bytes of header`);
  if (hasExtension && view.getUint32(12) !== 0xbede0003) throw new Error('another extension');
  if (hasExtension && (view.getUint32(24) & 0xffffff) !== 0) throw new Error('reserved bytes');
  return {
    marker: view.getUint8(1) >= 0x80,
    payloadType: view.getUint8(1) & 0x7f,
    sequence: view.getUint16(2),
    timestamp: view.getUint32(4),
    ssrc: view.getUint32(8),
    extension: hasExtension
      ? { serverTimeMs: Number(view.getBigUint64(16)), flags: view.getUint8(24) }
      : undefined,
    payload,
    sizeBytes: header.length + payload.length,
  };
}

/** A payload's samples as integers, one list for each channel. */
export function readIntegers(payload: Uint8Array, { channels = 1, bytes = 2 }): number[][] {
  const view = new DataView(payload.buffer, payload.byteOffset, payload.byteLength);
  const lists = Array.from({ length: channels }, (): number[] => []);
  if (payload.length % (channels * bytes) !== 0) throw new Error(`${payload.length} bytes`);
  for (let at = 0; at < payload.length; at += bytes) {
    const high = view.getInt8(at);
    const low = bytes === 2 ? view.getUint8(at + 1) : view.getUint16(at + 1);
    lists[(at / bytes) % channels]?.push(high * 2 ** (8 * (bytes - 1)) + low);
  }
  return lists;
}

/** The channels and frames of a bundle of Opus. */
export function readEntries(payload: Uint8Array): { channel: number; frame: Uint8Array }[] {
  const entries: { channel: number; frame: Uint8Array }[] = [];
  const view = new DataView(payload.buffer, payload.byteOffset, payload.byteLength);
  for (let at = 0; at < payload.length; ) {
    const size = view.getUint16(at + 1);
    entries.push({ channel: view.getUint8(at), frame: payload.slice(at + 3, at + 3 + size) });
    at += 3 + size;
  }
  return entries;
}

/** The samples of each channel, put together by SSRC and RTP time. */
export function reassemble(
  packets: readonly SentPacket[],
  { listener, bytes }: { listener: ListenerPlan; bytes: number },
): Map<number, number[]> {
  const heard = new Map<number, number[]>();
  const start = packets[0]?.timestamp ?? 0;
  for (const { ssrc, payload, timestamp } of packets) {
    const channels = listener.rtpStreams.find((stream) => stream.ssrc === ssrc)?.channels ?? [];
    readIntegers(payload, { channels: channels.length, bytes }).forEach((samples, at) => {
      const list = heard.get(channels[at] ?? 0) ?? [];
      samples.forEach((sample, index) => {
        list[((timestamp - start) >>> 0) + index] = sample;
      });
      heard.set(channels[at] ?? 0, list);
    });
  }
  return heard;
}
