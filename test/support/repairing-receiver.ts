// Receives the picture over a bad link as browsers do: puts packets in order, asks for those that are
// missing until they come, and gives them out without a hole.

import { formatNack } from '#media/rtcp/feedback.ts';
import { sequenceDistance } from '#media/rtp/distance.ts';
import { RTP_HEADER_BYTES, readSequence } from '#media/rtp/header.ts';
import { isSentAgain, OWN_SSRC } from './media-peer.ts';

interface ReceiverOptions {
  /** Gets every packet once, in its order. */
  readonly take: (packet: Uint8Array) => void;
  /** Sends RTCP to the server. */
  readonly send: (packet: Uint8Array) => void;
  readonly nowMs: () => number;
}

const ASK_AFTER_MS = 20;
const ASK_AGAIN_AFTER_MS = 150;
/** RTCP packets of a usual size. */
const MAX_ASKED_AT_ONCE = 100;

export class RepairingReceiver {
  readonly #options: ReceiverOptions;
  readonly #held = new Map<number, Uint8Array>();
  /** When each missing one may be asked for. */
  readonly #askAtMs = new Map<number, number>();
  #next: number | undefined;
  #highest = 0;
  /** Packets that were missing, and those of them that came after they had been asked for. */
  missed = 0;
  recovered = 0;
  /** Came twice, or too late. */
  superfluous = 0;

  constructor(options: ReceiverOptions) {
    this.#options = options;
  }

  take(packet: Uint8Array): void {
    const isRepair = isSentAgain(packet);
    const original = isRepair ? restore(packet) : packet.slice();
    const sequence = readSequence(original);
    this.#next ??= sequence;
    if (isRepair && this.#askAtMs.has(sequence)) this.recovered++;
    const ahead = sequenceDistance(this.#next, sequence);
    if (ahead < 0 || this.#held.has(sequence)) {
      this.superfluous++;
      return;
    }
    this.#held.set(sequence, original);
    this.#askAtMs.delete(sequence);
    this.#noteMissing(sequence);
    this.#release();
  }

  /** To be called every few milliseconds. `mediaSsrc`: the picture's, not that of what is sent again. */
  poll(mediaSsrc: number): void {
    const nowMs = this.#options.nowMs();
    const due = [...this.#askAtMs]
      .filter(([, atMs]) => atMs <= nowMs)
      .map(([sequence]) => sequence)
      .slice(0, MAX_ASKED_AT_ONCE);
    if (due.length === 0) return;
    for (const sequence of due) this.#askAtMs.set(sequence, nowMs + ASK_AGAIN_AFTER_MS);
    this.#options.send(formatNack(OWN_SSRC, mediaSsrc, due));
  }

  #noteMissing(sequence: number): void {
    if (this.#held.size === 1 && this.#askAtMs.size === 0) this.#highest = this.#next ?? sequence;
    const atMs = this.#options.nowMs() + ASK_AFTER_MS;
    while (sequenceDistance(this.#highest, sequence) > 0) {
      if (!this.#held.has(this.#highest) && !this.#askAtMs.has(this.#highest)) {
        this.missed++;
        this.#askAtMs.set(this.#highest, atMs);
      }
      this.#highest = (this.#highest + 1) & 0xffff;
    }
  }

  #release(): void {
    for (let packet = this.#nextHeld(); packet; packet = this.#nextHeld()) {
      const sequence = readSequence(packet);
      this.#held.delete(sequence);
      this.#next = (sequence + 1) & 0xffff;
      this.#options.take(packet);
    }
  }

  #nextHeld(): Uint8Array | undefined {
    return this.#next === undefined ? undefined : this.#held.get(this.#next);
  }
}

/** RFC 4588 §4: the original sequence number stands before the payload. */
function restore(packet: Uint8Array): Uint8Array {
  const original = new Uint8Array(packet.length - 2);
  original.set(packet.subarray(0, RTP_HEADER_BYTES));
  original.set(packet.subarray(RTP_HEADER_BYTES, RTP_HEADER_BYTES + 2), 2);
  original.set(packet.subarray(RTP_HEADER_BYTES + 2), RTP_HEADER_BYTES);
  return original;
}
