// Builders of RTP packets for tests: a sender that numbers what it is given.

import { RTP_HEADER_BYTES, writeRtpHeader } from '#media/rtp/header.ts';

const TICKS_PER_FRAME = 3000;

export const SPS = Uint8Array.of(0x67, 0x42, 0xc0, 0x1f, 0x95, 0xa0, 0x14, 0x01, 0x6e, 0x40);
export const PPS = Uint8Array.of(0x68, 0xce, 0x3c, 0x80);

export function rtpPacket(
  payload: Uint8Array,
  fields: { sequence: number; timestamp: number; marker?: boolean; ssrc?: number },
): Uint8Array {
  const packet = new Uint8Array(RTP_HEADER_BYTES + payload.length);
  const { marker = false, ssrc = 0x1234 } = fields;
  writeRtpHeader(packet, { ...fields, marker, ssrc, payloadType: 96 });
  packet.set(payload, RTP_HEADER_BYTES);
  return packet;
}

/** A camera's H.264 in small: frames of one or more packets, numbered from `sequence` on. */
export class VideoSender {
  sequence: number;
  ssrc: number;
  timestamp: number;

  constructor(start: { sequence?: number; ssrc?: number; timestamp?: number } = {}) {
    this.sequence = start.sequence ?? 65_530;
    this.ssrc = start.ssrc ?? 0x1234;
    this.timestamp = start.timestamp ?? 0xffff_f000;
  }

  /** SPS, PPS and an IDR slice in as many packets. */
  keyFrame(slicePackets = 1): Uint8Array[] {
    return this.frame([SPS, PPS, ...this.#slices(0x65, slicePackets)]);
  }

  /** An IDR slice without its parameter sets. */
  bareKeyFrame(): Uint8Array[] {
    return this.frame(this.#slices(0x65, 1));
  }

  deltaFrame(slicePackets = 1): Uint8Array[] {
    return this.frame(this.#slices(0x41, slicePackets));
  }

  frame(payloads: readonly Uint8Array[]): Uint8Array[] {
    this.timestamp = (this.timestamp + TICKS_PER_FRAME) >>> 0;
    return payloads.map((payload, at) => {
      const marker = at === payloads.length - 1;
      const { timestamp, ssrc } = this;
      const packet = rtpPacket(payload, { sequence: this.sequence, timestamp, marker, ssrc });
      this.sequence = (this.sequence + 1) & 0xffff;
      return packet;
    });
  }

  #slices(type: number, count: number): Uint8Array[] {
    // The first bit of a slice header is 1 in a picture's first slice (H.264 §7.3.3).
    const header = (at: number) => (at === 0 ? 0x80 : at & 0x7f);
    return Array.from({ length: count }, (_, at) =>
      Uint8Array.of(type, header(at), this.sequence & 0xff),
    );
  }
}
