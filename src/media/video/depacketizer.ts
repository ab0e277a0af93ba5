// RTP payloads into access units: the NAL units of one frame each (RFC 6184, RFC 7798).

import { payloadEnd, payloadStart } from '#media/rtp/header.ts';
import {
  FRAGMENT_END,
  FRAGMENT_START,
  SIZE_BYTES,
  UNIT_SYNTAX,
  type UnitSyntax,
} from './unit-syntax.ts';

/** An 8K key frame of the best quality has 4 MB; what is larger is no camera's. */
const MAX_FRAME_BYTES = 8 * 1024 * 1024;
const MAX_UNITS = 1_024;
/** `MAX_FRAME_BYTES` in packets of half the usual size. Empty ones cost memory too. */
const MAX_PACKETS = 16_384;

export interface AccessUnit {
  /** Without start codes; views or copies that stay valid. */
  readonly units: readonly Uint8Array[];
  readonly timestamp: number;
  /** All of it came, as far as the payloads tell. */
  readonly complete: boolean;
}

export class Depacketizer {
  readonly #syntax: UnitSyntax;
  #units: Uint8Array[] = [];
  #fragments: Uint8Array[] = [];
  #sizeBytes = 0;
  #packets = 0;
  #damaged = false;
  #timestamp = 0;
  /** Frames that did not come whole, or were too large. */
  damagedFrames = 0;

  constructor(codec: 'H264' | 'H265') {
    this.#syntax = UNIT_SYNTAX[codec];
  }

  /** Takes one RTP packet, copying what it keeps; gives the frame that it ends, if it does. */
  push(packet: Uint8Array, marker: boolean, timestamp: number): AccessUnit | undefined {
    if (timestamp !== this.#timestamp) this.#abandon();
    this.#timestamp = timestamp;
    const start = payloadStart(packet);
    if (start >= 0) this.#take(packet.subarray(start, payloadEnd(packet)));
    if (!marker) return undefined;
    const { units, complete } = this.#close();
    return units.length > 0 ? { units, timestamp, complete } : undefined;
  }

  /** Packets are missing: what is here of the frame is not whole. */
  reset(): void {
    this.#damaged = true;
    this.#fragments = [];
  }

  #take(payload: Uint8Array): void {
    this.#sizeBytes += payload.length;
    const isTooLong = this.#sizeBytes > MAX_FRAME_BYTES || ++this.#packets > MAX_PACKETS;
    if (isTooLong || this.#units.length >= MAX_UNITS) {
      this.#units = [];
      this.reset();
      return;
    }
    const type = this.#syntax.typeOf(payload[0] ?? 0);
    if (type === this.#syntax.fragmentType) this.#takeFragment(payload);
    else if (type === this.#syntax.aggregateType) this.#takeAggregate(payload);
    else this.#units.push(payload.slice());
  }

  #takeFragment(payload: Uint8Array): void {
    const { headerBytes, typeMask, withType } = this.#syntax;
    const flags = payload[headerBytes] ?? 0;
    const body = payload.slice(headerBytes + 1);
    if (flags & FRAGMENT_START) {
      if (this.#fragments.length > 0) this.#damaged = true;
      const header = payload.slice(0, headerBytes);
      header[0] = withType(header[0] ?? 0, flags & typeMask);
      this.#fragments = [header, body];
    } else if (this.#fragments.length > 0) this.#fragments.push(body);
    else this.#damaged = true;
    if (flags & FRAGMENT_END && this.#fragments.length > 0) this.#closeFragments();
  }

  #closeFragments(): void {
    const unit = new Uint8Array(this.#fragments.reduce((sum, part) => sum + part.length, 0));
    let at = 0;
    for (const part of this.#fragments) {
      unit.set(part, at);
      at += part.length;
    }
    this.#fragments = [];
    this.#units.push(unit);
  }

  #takeAggregate(payload: Uint8Array): void {
    let at: number = this.#syntax.headerBytes;
    while (at + SIZE_BYTES < payload.length && this.#units.length < MAX_UNITS) {
      const size = ((payload[at] ?? 0) << 8) | (payload[at + 1] ?? 0);
      const unit = payload.slice(at + SIZE_BYTES, at + SIZE_BYTES + size);
      if (unit.length < size) this.#damaged = true;
      if (unit.length > 0) this.#units.push(unit);
      at += SIZE_BYTES + size;
    }
  }

  /** The end of the last frame never came: what is here of it must not harm the next one. */
  #abandon(): void {
    if (this.#units.length > 0 || this.#fragments.length > 0) this.#damaged = true;
    this.#close();
  }

  #close(): { units: readonly Uint8Array[]; complete: boolean } {
    if (this.#fragments.length > 0) this.#damaged = true;
    const result = { units: this.#units, complete: !this.#damaged };
    if (this.#damaged) this.damagedFrames++;
    this.#units = [];
    this.#fragments = [];
    this.#sizeBytes = 0;
    this.#packets = 0;
    this.#damaged = false;
    return result;
  }
}
