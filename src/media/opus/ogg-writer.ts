// Writes an Ogg Opus file of one stream (RFC 3533, RFC 7845), for players and tests.

import { InputError } from '#std/errors.ts';
import { joinBytes } from './join-bytes.ts';
import type { OggOpus } from './ogg.ts';
import {
  CAPTURE_PATTERN,
  FULL_SEGMENT_BYTES,
  PAGE_HEADER_BYTES,
  writeOggChecksum,
} from './ogg-page.ts';
import { opusPacketDurationTicks } from './packet.ts';

const BEGINNING_OF_STREAM = 2;
const END_OF_STREAM = 4;
const ID_HEADER_BYTES = 19;
/** A page of 50 packets of 20 ms is one second, the longest that RFC 7845 §6 recommends. */
const PACKETS_PER_PAGE = 50;
const MAX_SEGMENTS = 255;

/** A file that players understand. `vendor` names the program that encoded the packets. */
export function formatOggOpus(
  opus: OggOpus,
  options: { vendor: string; serial: number },
): Uint8Array {
  const pages = [
    formatPage([formatIdHeader(opus)], { flags: BEGINNING_OF_STREAM, ticks: 0, index: 0 }, options),
    formatPage([formatCommentHeader(options.vendor)], { flags: 0, ticks: 0, index: 1 }, options),
  ];
  let ticks = 0;
  for (let at = 0; at < opus.packets.length; ) {
    const packets = opus.packets.slice(at, at + PACKETS_PER_PAGE);
    at += packets.length;
    ticks += packets.reduce((sum, packet) => sum + opusPacketDurationTicks(packet), 0);
    const flags = at >= opus.packets.length ? END_OF_STREAM : 0;
    pages.push(formatPage(packets, { flags, ticks, index: pages.length }, options));
  }
  return joinBytes(pages);
}

function formatIdHeader(opus: OggOpus): Uint8Array {
  const header = new Uint8Array(ID_HEADER_BYTES);
  header.set(new TextEncoder().encode('OpusHead'));
  const view = new DataView(header.buffer);
  view.setUint8(8, 1); // version
  view.setUint8(9, opus.channels);
  view.setUint16(10, opus.preSkip, true);
  view.setUint32(12, 48_000, true);
  return header;
}

function formatCommentHeader(vendor: string): Uint8Array {
  const name = new TextEncoder().encode(vendor);
  const size = new Uint8Array(4);
  new DataView(size.buffer).setUint32(0, name.length, true);
  return joinBytes([new TextEncoder().encode('OpusTags'), size, name, new Uint8Array(4)]);
}

function formatPage(
  packets: readonly Uint8Array[],
  place: { flags: number; ticks: number; index: number },
  options: { serial: number },
): Uint8Array {
  const sizes = packets.flatMap((packet) => segmentSizes(packet.length));
  if (sizes.length > MAX_SEGMENTS)
    throw new InputError(
      `Cannot write the Ogg file: ${packets.length} packets are too large for one page.`,
    );
  const page = joinBytes([new Uint8Array(PAGE_HEADER_BYTES), Uint8Array.from(sizes), ...packets]);
  const view = new DataView(page.buffer);
  view.setUint32(0, CAPTURE_PATTERN);
  view.setUint8(5, place.flags);
  view.setBigUint64(6, BigInt(place.ticks), true);
  view.setUint32(14, options.serial, true);
  view.setUint32(18, place.index, true);
  view.setUint8(26, sizes.length);
  writeOggChecksum(page);
  return page;
}

function segmentSizes(packetBytes: number): number[] {
  const full = Math.floor(packetBytes / FULL_SEGMENT_BYTES);
  return [...Array<number>(full).fill(FULL_SEGMENT_BYTES), packetBytes % FULL_SEGMENT_BYTES];
}
