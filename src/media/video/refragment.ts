// Takes payloads apart that no path would carry, or no browser understand: too large for a datagram,
// or with several units joined by start codes, as some cameras send them.

import { RTP_HEADER_BYTES, readMarker } from '#media/rtp/header.ts';
import { findStartCode, START_CODE_BYTES, trimZeros } from './start-codes.ts';
import {
  FRAGMENT_END,
  FRAGMENT_START,
  SIZE_BYTES,
  UNIT_SYNTAX,
  type UnitSyntax,
} from './unit-syntax.ts';

/** 1,200 bytes, which WebRTC takes for a path's limit, less the RTP header. */
export const MAX_PAYLOAD_BYTES = 1200 - RTP_HEADER_BYTES;
/** Joined units begin with a parameter set, a delimiter or SEI: only those are searched so far in. */
const MAX_LEADING_BYTES = 256;

/** One piece: a whole RTP packet, valid only during the call. */
export type TakePiece = (packet: Uint8Array, start: number, marker: boolean) => void;

/** Which units may have others joined to them: all that are no slices. */
const FIRST_NON_SLICE = { H264: 6, H265: 32 } as const;

interface Pieces {
  readonly syntax: UnitSyntax;
  readonly take: TakePiece;
  /** One packet behind, so that only the last one gets the marker. */
  pending: Uint8Array | undefined;
}

/** Calls `take` for each piece; false, and nothing called, if the packet is fine as it is. */
export function splitPayload(
  codec: 'H264' | 'H265',
  { packet, start, end }: { packet: Uint8Array; start: number; end: number },
  take: TakePiece,
): boolean {
  const syntax = UNIT_SYNTAX[codec];
  const type = syntax.typeOf(packet[start] ?? 0);
  const isJoined = mayBeJoined(type, codec) && hasStartCode(packet, start, end);
  if (end - start <= MAX_PAYLOAD_BYTES && !isJoined) return false;
  const pieces: Pieces = { syntax, take, pending: undefined };
  const payload = packet.subarray(start, end);
  if (isJoined) splitJoined(payload, pieces);
  else if (type === syntax.aggregateType) splitAggregate(payload, pieces);
  else if (type === syntax.fragmentType) splitFragment(payload, pieces);
  else addUnit(payload, pieces);
  if (pieces.pending) take(pieces.pending, RTP_HEADER_BYTES, readMarker(packet));
  return true;
}

/** Type 0 is a start code itself: H.264 has no such unit, H.265 no slice with layer 0 and TID 0. */
function mayBeJoined(type: number, codec: 'H264' | 'H265'): boolean {
  const { aggregateType, fragmentType } = UNIT_SYNTAX[codec];
  if (type === aggregateType || type === fragmentType) return false;
  return type === 0 || type >= FIRST_NON_SLICE[codec];
}

function hasStartCode(packet: Uint8Array, start: number, end: number): boolean {
  const limit = Math.min(end, start + MAX_LEADING_BYTES);
  return findStartCode(packet, start, limit) < limit;
}

function splitJoined(payload: Uint8Array, pieces: Pieces): void {
  let start = 0;
  while (start < payload.length) {
    const code = findStartCode(payload, start);
    const end = trimZeros(payload, start, code);
    if (end > start) addUnit(payload.subarray(start, end), pieces);
    start = code + START_CODE_BYTES;
  }
}

function splitAggregate(payload: Uint8Array, pieces: Pieces): void {
  let at: number = pieces.syntax.headerBytes;
  while (at + SIZE_BYTES < payload.length) {
    const size = ((payload[at] ?? 0) << 8) | (payload[at + 1] ?? 0);
    const unit = payload.subarray(at + SIZE_BYTES, at + SIZE_BYTES + size);
    if (unit.length > 0) addUnit(unit, pieces);
    at += SIZE_BYTES + size;
  }
}

/** A fragment in smaller fragments: only the first may start the unit, only the last end it. */
function splitFragment(payload: Uint8Array, pieces: Pieces): void {
  const { headerBytes } = pieces.syntax;
  const flags = payload[headerBytes] ?? 0;
  addFragments(payload.subarray(headerBytes + 1), pieces, {
    header: payload.subarray(0, headerBytes),
    flags,
  });
}

function addUnit(unit: Uint8Array, pieces: Pieces): void {
  if (unit.length <= MAX_PAYLOAD_BYTES) {
    add(pieces, [unit]);
    return;
  }
  const { headerBytes, typeOf, withType, fragmentType } = pieces.syntax;
  const header = unit.slice(0, headerBytes);
  header[0] = withType(unit[0] ?? 0, fragmentType);
  const flags = FRAGMENT_START | FRAGMENT_END | typeOf(unit[0] ?? 0);
  addFragments(unit.subarray(headerBytes), pieces, { header, flags });
}

/** Fragments of nearly the same size, so that none is a tiny rest. */
function addFragments(
  body: Uint8Array,
  pieces: Pieces,
  { header, flags }: { header: Uint8Array; flags: number },
): void {
  const room = MAX_PAYLOAD_BYTES - header.length - 1;
  const count = Math.ceil(body.length / room);
  for (let index = 0; index < count; index++) {
    const start = Math.floor((index * body.length) / count);
    const end = Math.floor(((index + 1) * body.length) / count);
    const first = index === 0 ? flags & FRAGMENT_START : 0;
    const last = index === count - 1 ? flags & FRAGMENT_END : 0;
    const type = flags & pieces.syntax.typeMask;
    add(pieces, [header, Uint8Array.of(first | last | type), body.subarray(start, end)]);
  }
}

function add(pieces: Pieces, parts: readonly Uint8Array[]): void {
  if (pieces.pending) pieces.take(pieces.pending, RTP_HEADER_BYTES, false);
  const packet = new Uint8Array(parts.reduce((sum, part) => sum + part.length, RTP_HEADER_BYTES));
  // Version 2: the rest of the header is written for each viewer.
  packet[0] = 0x80;
  let at = RTP_HEADER_BYTES;
  for (const part of parts) {
    packet.set(part, at);
    at += part.length;
  }
  pieces.pending = packet;
}
