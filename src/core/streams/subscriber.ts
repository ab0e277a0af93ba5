// One viewer's place in one track: what it gets next, under which numbers, and what it gets again.
//
//             start()            key frame there           reached the newest packet
//   idle ──────────────▶ waiting ───────────────▶ catching-up ───────────────▶ live
//                           ▲                          │                        │
//                           └──────────────────────────┴────────────────────────┘
//                             what it needs next is gone: on with a newer key frame
//
// Sequence numbers are continuous per viewer, whatever it skips. The frames of the cached group of
// pictures get timestamps shortly before the newest frame's, so that they are shown at once and
// the live ones follow at their own pace.

import type { Peer } from '#core/ports/peer-transport.ts';
import { sequenceDistance } from '#media/rtp/distance.ts';
import { payloadStart, RTP_HEADER_BYTES } from '#media/rtp/header.ts';
import type { Outbox } from './outbox.ts';
import { emptyCounters } from './subscriber-counters.ts';
import type { Track } from './track.ts';

/** What a viewer may ask for again: 2 s of video at 250 packets/s, which the ring always keeps. */
const HISTORY_PACKETS = { video: 512, audio: 128 } as const;
/** Frames that are caught up on stand 1 ms apart: players show them as fast as they can. */
const CATCH_UP_STEP_SECONDS = 0.001;
/** A viewer that loses more than this needs another bitrate, not more packets. */
const RETRANSMISSIONS_PER_SECOND = 400;
const NEVER_SENT = -1;
const MARKER_WORD = 0x80_00_00;

export interface Lane {
  readonly ssrc: number;
  readonly payloadType: number;
  readonly rtx: { readonly ssrc: number; readonly payloadType: number } | undefined;
}

interface SubscriberOptions {
  readonly peer: Peer;
  readonly outbox: Outbox;
  readonly lane: Lane;
  /** 32 random bits: where sequence numbers and timestamps begin must not be guessable. */
  readonly randomWord: () => number;
}

export class Subscriber {
  readonly track: Track;
  readonly lane: Lane;
  readonly counters = emptyCounters();

  readonly #peer: Peer;
  readonly #outbox: Outbox;
  readonly #sentIndex: Float64Array;
  readonly #sentTimestamp: Uint32Array;
  readonly #offsetTicks: number;
  readonly #stepTicks: number;
  #state: 'idle' | 'waiting' | 'catching-up' | 'live' = 'idle';
  #cursor = 0;
  #spliceFrame = 0;
  #spliceTimestamp = 0;
  #sequence: number;
  #rtxSequence: number;
  #tokens = RETRANSMISSIONS_PER_SECOND;
  #tokensAtMs = 0;

  constructor(track: Track, options: SubscriberOptions) {
    this.track = track;
    this.lane = options.lane;
    this.#peer = options.peer;
    this.#outbox = options.outbox;
    const history = HISTORY_PACKETS[track.format.kind];
    this.#sentIndex = new Float64Array(history).fill(NEVER_SENT);
    this.#sentTimestamp = new Uint32Array(history);
    this.#offsetTicks = options.randomWord();
    this.#stepTicks = track.format.clockRate * CATCH_UP_STEP_SECONDS;
    // In the lower half, so that a first retransmission never has to wrap (RFC 3550 §5.1, SRTP).
    this.#sequence = options.randomWord() & 0x7fff;
    this.#rtxSequence = options.randomWord() & 0x7fff;
  }

  get catchingUp(): boolean {
    return this.#state === 'catching-up';
  }

  start(): void {
    if (this.#state !== 'idle') return;
    this.track.add(this);
    if (this.track.format.kind === 'audio') {
      this.#cursor = this.track.ring.next;
      this.#state = 'live';
      return;
    }
    this.#state = this.#joinGop() ? 'catching-up' : 'waiting';
  }

  stop(): void {
    this.track.remove(this);
    this.#state = 'idle';
  }

  /** Sends what the track got, if this viewer is at the live end. Called at every flush. */
  deliver(): void {
    if (this.#state === 'waiting' && this.#joinGop()) this.#state = 'live';
    if (this.#state === 'live') this.#send(Number.POSITIVE_INFINITY);
  }

  /** Sends at most `packets` of what this viewer has yet to catch up on. */
  catchUp(packets: number): void {
    if (this.#state !== 'catching-up') return;
    const newestGop = this.track.gopStart;
    if (newestGop !== undefined && newestGop > this.#cursor) this.#skipTo(newestGop);
    this.#send(packets);
    if (this.#state === 'catching-up' && this.#cursor === this.track.ring.next)
      this.#state = 'live';
  }

  /** Sends packets again that the viewer says it missed. */
  retransmit(sequences: readonly number[], nowMs: number): void {
    this.#refillTokens(nowMs);
    for (const sequence of sequences) {
      this.counters.nacks++;
      if (this.#tokens < 1 || !this.#resend(sequence)) this.counters.unanswered++;
      else {
        this.#tokens--;
        this.counters.retransmitted++;
      }
    }
    this.#outbox.flush();
  }

  /** The viewer's timestamp of what is captured at `nowMs`. */
  timestampAt(nowMs: number): number {
    const sinceTicks = ((nowMs - this.track.capturedAtMs) * this.track.format.clockRate) / 1000;
    return (this.track.timestamp + this.#offsetTicks + Math.round(sinceTicks)) >>> 0;
  }

  /** Goes to the newest key frame, unless this viewer is past it already. */
  #joinGop(): boolean {
    const start = this.track.gopStart;
    if (start === undefined || start < this.#cursor) return false;
    this.#cursor = start;
    this.#spliceFrame = this.track.frame;
    this.#spliceTimestamp = this.track.timestamp;
    return true;
  }

  #skipTo(index: number): void {
    this.counters.dropped += index - this.#cursor;
    this.#cursor = index;
  }

  #send(limit: number): void {
    const ring = this.track.ring;
    const end = Math.min(ring.next, this.#cursor + limit);
    while (this.#cursor < end) {
      const packet = ring.packet(this.#cursor);
      if (!packet) {
        this.#resume();
        return;
      }
      this.#sendOne(packet, this.#cursor);
      this.#cursor++;
    }
  }

  /** What comes next has left the cache: wait for a key frame newer than that. */
  #resume(): void {
    this.#skipTo(this.track.ring.next);
    this.#state = this.track.format.kind === 'audio' ? 'live' : 'waiting';
  }

  #sendOne(packet: Uint8Array, index: number): void {
    const slot = this.#sequence & (this.#sentIndex.length - 1);
    const timestamp = this.#timestampOf(index);
    this.#sentIndex[slot] = index;
    this.#sentTimestamp[slot] = timestamp;
    this.#post(packet, this.#firstWord(index, this.#sequence), timestamp);
    this.#sequence = (this.#sequence + 1) & 0xffff;
    this.counters.packets++;
    this.counters.bytes += packet.length;
  }

  #post(packet: Uint8Array, first: number, timestamp: number): void {
    this.#outbox.add(this.#peer, packet, first, timestamp, this.lane.ssrc);
  }

  #firstWord(index: number, sequence: number): number {
    const marker = this.track.ring.marker(index) ? MARKER_WORD : 0;
    return marker | (this.lane.payloadType << 16) | sequence;
  }

  #timestampOf(index: number): number {
    const ring = this.track.ring;
    const behind = this.#spliceFrame - ring.frame(index);
    const timestamp =
      behind > 0 ? this.#spliceTimestamp - behind * this.#stepTicks : ring.timestamp(index);
    return (timestamp + this.#offsetTicks) >>> 0;
  }

  #resend(sequence: number): boolean {
    const slot = sequence & (this.#sentIndex.length - 1);
    const back = sequenceDistance(sequence, this.#sequence);
    if (back <= 0 || back > this.#sentIndex.length) return false;
    const index = this.#sentIndex[slot] ?? NEVER_SENT;
    const packet = index === NEVER_SENT ? undefined : this.track.ring.packet(index);
    if (!packet) return false;
    const timestamp = this.#sentTimestamp[slot] ?? 0;
    if (this.lane.rtx) this.#postRtx(packet, index, { sequence, timestamp });
    else this.#post(packet, this.#firstWord(index, sequence), timestamp);
    return true;
  }

  /** RFC 4588 §4: the original sequence number stands before the payload. */
  #postRtx(packet: Uint8Array, index: number, sent: { sequence: number; timestamp: number }): void {
    const rtx = this.lane.rtx;
    const start = payloadStart(packet);
    if (!rtx || start < RTP_HEADER_BYTES) return;
    const copy = new Uint8Array(packet.length + 2);
    copy.set(packet.subarray(0, start));
    copy[start] = sent.sequence >>> 8;
    copy[start + 1] = sent.sequence;
    copy.set(packet.subarray(start), start + 2);
    const marker = this.track.ring.marker(index) ? MARKER_WORD : 0;
    const first = marker | (rtx.payloadType << 16) | this.#rtxSequence;
    this.#outbox.add(this.#peer, copy, first, sent.timestamp, rtx.ssrc);
    this.#rtxSequence = (this.#rtxSequence + 1) & 0xffff;
  }

  #refillTokens(nowMs: number): void {
    const earned = ((nowMs - this.#tokensAtMs) * RETRANSMISSIONS_PER_SECOND) / 1000;
    this.#tokens = Math.min(RETRANSMISSIONS_PER_SECOND, this.#tokens + earned);
    this.#tokensAtMs = nowMs;
  }
}
