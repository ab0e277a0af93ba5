// The engine's way out: payloads with their headers to the socket, counted and timed.

import { RTP_HEADER_BYTES, type RtpHeaderFields, writeRtpHeader } from '#media/rtp/header.ts';
import { TIME_EXTENSION_BYTES, writeTimedRtpHeader } from '#media/rtp/time-extension.ts';
import type { Clock } from '#std/clock.ts';
import type { SoundDestination, SoundSocket } from '../../ports/sound-output.ts';
import { DelayFigures } from './delay-figures.ts';
import { HeaderSlab } from './header-slab.ts';

/** One payload, for everybody who gets it. */
export interface PayloadPart {
  readonly payload: Uint8Array;
  /** Of its first sample: samples since the engine's start. */
  readonly position: number;
  /** When that sample was at the console's converter: ms since 1970 UTC. */
  readonly capturedAtMs: number;
}

interface OutgoingPacket {
  readonly part: PayloadPart;
  readonly fields: RtpHeaderFields;
  /** Of its time extension; undefined: it has none. */
  readonly eventFlags: number | undefined;
}

export class SoundOutput {
  readonly #socket: SoundSocket;
  readonly #clock: Clock;
  readonly #slab = new HeaderSlab();
  readonly #delays = new DelayFigures();
  #packetsSent = 0;

  constructor(socket: SoundSocket, clock: Clock) {
    this.#socket = socket;
    this.#clock = clock;
  }

  /** Since the start. */
  get packetsSent(): number {
    return this.#packetsSent;
  }

  /** Says how many bytes it has. */
  send({ part, fields, eventFlags }: OutgoingPacket, to: SoundDestination): number {
    const isTimed = eventFlags !== undefined;
    const header = this.#slab.cut(RTP_HEADER_BYTES + (isTimed ? TIME_EXTENSION_BYTES : 0));
    if (isTimed) {
      writeTimedRtpHeader(header, fields, { serverTimeMs: part.capturedAtMs, eventFlags });
    } else writeRtpHeader(header, fields);
    this.#socket.send(header, part.payload, to);
    this.#packetsSent++;
    return header.length + part.payload.length;
  }

  /** So many packets with this part have just gone out. */
  noteDelay({ capturedAtMs }: PayloadPart, packets: number): void {
    if (packets > 0) this.#delays.add(this.#clock.wallMs() - capturedAtMs, packets);
  }

  /** Since the last call. */
  takeDelays(): { p50Ms: number; p99Ms: number } | null {
    return this.#delays.take();
  }

  setDscp(dscp: number): void {
    this.#socket.setDscp(dscp);
  }
}
