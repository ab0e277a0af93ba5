// One H.264 access unit into RTP packets: single NAL units, STAP-A and FU-A (RFC 6184 §5.6–5.8).
//
//   FU-A payload:  |F|NRI|   28    |S|E|R|  Type   |  fragment of the unit, without its first byte …
//                  FU indicator     FU header

import { RTP_HEADER_BYTES, writeRtpHeader } from '#media/rtp/header.ts';
import { InputError } from '#std/errors.ts';
import { formatStapA } from './payload.ts';

/** 1,200 bytes, which WebRTC takes for a path's limit, less the RTP header. */
export const MAX_PAYLOAD_BYTES = 1200 - RTP_HEADER_BYTES;

interface PacketizeOptions {
  readonly payloadType: number;
  /** Of the first packet. */
  readonly sequence: number;
  readonly timestamp: number;
  readonly ssrc: number;
  /** Default 1188. */
  readonly maxPayloadBytes?: number;
}

const FU_A = 28;
const FU_HEADER_BYTES = 2;
const FU_START_BIT = 0x80;
const FU_END_BIT = 0x40;
const NAL_TYPE_MASK = 0x1f;
const NRI_MASK = 0x60;
const STAP_HEADER_BYTES = 1;
const STAP_SIZE_BYTES = 2;
const MIN_PAYLOAD_BYTES = FU_HEADER_BYTES + 1;

/** Whole RTP packets; the last one has the marker. */
export function packetizeAccessUnit(
  units: readonly Uint8Array[],
  options: PacketizeOptions,
): Uint8Array[] {
  const payloads = formatPayloads(units, options.maxPayloadBytes ?? MAX_PAYLOAD_BYTES);
  return payloads.map((payload, index) => {
    const packet = new Uint8Array(RTP_HEADER_BYTES + payload.length);
    writeRtpHeader(packet, {
      marker: index === payloads.length - 1,
      payloadType: options.payloadType,
      sequence: (options.sequence + index) & 0xffff,
      timestamp: options.timestamp,
      ssrc: options.ssrc,
    });
    packet.set(payload, RTP_HEADER_BYTES);
    return packet;
  });
}

function formatPayloads(units: readonly Uint8Array[], maxBytes: number): Uint8Array[] {
  if (!(maxBytes >= MIN_PAYLOAD_BYTES)) {
    throw new InputError(
      `Cannot packetize into payloads of ${maxBytes} bytes: a fragment needs at least ${MIN_PAYLOAD_BYTES}.`,
      { code: 'invalid_payload_size' },
    );
  }
  return groupForAggregation(units, maxBytes).flatMap((group) => formatGroup(group, maxBytes));
}

/** Neighbours that fit into one STAP-A together; whatever fits with nobody is alone. */
function groupForAggregation(units: readonly Uint8Array[], maxBytes: number): Uint8Array[][] {
  const groups: Uint8Array[][] = [];
  let sizeBytes = Number.POSITIVE_INFINITY;
  for (const unit of units) {
    if (unit.length === 0) continue;
    const unitBytes = STAP_SIZE_BYTES + unit.length;
    const group = groups.at(-1);
    if (group && sizeBytes + unitBytes <= maxBytes) {
      group.push(unit);
      sizeBytes += unitBytes;
    } else {
      groups.push([unit]);
      sizeBytes = STAP_HEADER_BYTES + unitBytes;
    }
  }
  return groups;
}

function formatGroup(group: readonly Uint8Array[], maxBytes: number): Uint8Array[] {
  if (group.length > 1) return [formatStapA(group)];
  return group.flatMap((unit) =>
    unit.length <= maxBytes ? [unit] : formatFragments(unit, maxBytes),
  );
}

/** Fragments of nearly the same size, so that none is a tiny rest. */
function formatFragments(unit: Uint8Array, maxBytes: number): Uint8Array[] {
  const header = unit[0] ?? 0;
  const body = unit.subarray(1);
  const count = Math.ceil(body.length / (maxBytes - FU_HEADER_BYTES));
  return Array.from({ length: count }, (_, index) => {
    const start = Math.floor((index * body.length) / count);
    const end = Math.floor(((index + 1) * body.length) / count);
    const payload = new Uint8Array(FU_HEADER_BYTES + end - start);
    payload[0] = (header & NRI_MASK) | FU_A;
    payload[1] =
      (index === 0 ? FU_START_BIT : 0) |
      (index === count - 1 ? FU_END_BIT : 0) |
      (header & NAL_TYPE_MASK);
    payload.set(body.subarray(start, end), FU_HEADER_BYTES);
    return payload;
  });
}
