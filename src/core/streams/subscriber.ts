// One viewer's place in one track: what it gets next, under which numbers, and what it gets again.
//
//             start()            key frame there        reached the newest packet
//   idle ──────────────▶ waiting ────────────────▶ behind ───────────────────▶ live
//                           ▲                       │  ▲                        │
//                           └───────────────────────┘  └────────────────────────┘
//                      what it needs next is gone          a large frame came
//
// Sequence numbers are continuous per viewer, whatever it skips. The frames of the cached group of
// pictures get timestamps shortly before the newest frame's, so that they are shown at once and
// the live ones follow at their own pace. Behind the live end a pacer says how fast it goes on: a key
// frame of hundreds of packets at once would be lost in the first narrow link.
//
// It may change to another track (main, sub) at a key frame of that one; for the viewer numbers and
// time go on.

import type { Outlet } from '#core/ports/outlet.ts';
import { sequenceDistance, timestampDistance } from '#media/rtp/distance.ts';
import { payloadStart, RTP_HEADER_BYTES } from '#media/rtp/header.ts';
import type { Lane } from './lane.ts';
import type { Pacer } from './pacer.ts';
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

/** Sent at once, whatever it is: ordinary frames have fewer packets, key frames mostly more. */
const BURST_PACKETS = 32;
/** A switch to a track whose clock stands behind moves on by at least a frame at 30 frames/s. */
const MIN_STEP_SECONDS = 1 / 30;

interface SubscriberOptions {
  readonly outlet: Outlet;
  readonly pacer: Pacer;
  readonly lane: Lane;
  /** 32 random bits: where sequence numbers and timestamps begin must not be guessable. */
  readonly randomWord: () => number;
}

interface NextTrack {
  readonly track: Track;
  readonly lane: Lane;
  /** Where the other track stood: only a key frame from there on is at its live end. */
  readonly after: number;
  deliver(): void;
}

export class Subscriber {
  readonly counters = emptyCounters();

  readonly #outlet: Outlet;
  readonly #pacer: Pacer;
  readonly #sentIndex: Float64Array;
  readonly #sentTimestamp: Uint32Array;
  readonly #stepTicks: number;
  #track: Track;
  #lane: Lane;
  #next: NextTrack | undefined;
  #offsetTicks: number;
  #state: 'idle' | 'waiting' | 'behind' | 'live' = 'idle';
  #cursor = 0;
  #spliceFrame = 0;
  #spliceTimestamp = 0;
  #lastTimestamp = 0;
  #sequence: number;
  #rtxSequence: number;
  #tokens = RETRANSMISSIONS_PER_SECOND;
  #tokensAtMs = 0;

  constructor(track: Track, options: SubscriberOptions) {
    this.#track = track;
    this.#lane = options.lane;
    this.#outlet = options.outlet;
    this.#pacer = options.pacer;
    const history = HISTORY_PACKETS[track.format.kind];
    this.#sentIndex = new Float64Array(history).fill(NEVER_SENT);
    this.#sentTimestamp = new Uint32Array(history);
    this.#offsetTicks = options.randomWord();
    this.#stepTicks = track.format.clockRate * CATCH_UP_STEP_SECONDS;
    // In the lower half, so that a first retransmission never has to wrap (RFC 3550 §5.1, SRTP).
    this.#sequence = options.randomWord() & 0x7fff;
    this.#rtxSequence = options.randomWord() & 0x7fff;
  }

  get track(): Track {
    return this.#track;
  }

  get lane(): Lane {
    return this.#lane;
  }

  /** Of the next packet. */
  get sequence(): number {
    return this.#sequence;
  }

  /** How many packets there are that it has not sent yet; 0 unless it is behind. */
  get backlog(): number {
    return this.#state === 'behind' ? this.track.ring.next - this.#cursor : 0;
  }

  /** It has been sent nothing, because there is no key frame yet. */
  get isWaiting(): boolean {
    return this.#state === 'waiting';
  }

  start(): void {
    if (this.#state !== 'idle') return;
    // A viewer that stopped and starts again gets the cached picture anew.
    this.#cursor = 0;
    this.track.add(this);
    if (this.track.format.kind === 'audio') {
      this.#cursor = this.track.ring.next;
      this.#state = 'live';
      return;
    }
    this.#state = this.#joinGop() ? 'behind' : 'waiting';
    if (this.#state !== 'behind') return;
    this.#pacer.add(this);
    this.#pacer.start(this);
  }

  stop(): void {
    this.#forgetNext();
    this.track.remove(this);
    this.#pacer.remove(this);
    this.#state = 'idle';
  }

  /** Sends what the track got, if this viewer is at the live end. Called at every flush. */
  deliver(): void {
    if (this.#state === 'waiting' && this.#joinGop()) this.#state = 'live';
    if (this.#state !== 'live') return;
    this.#send(BURST_PACKETS);
    if (this.#state === 'live' && this.#cursor < this.track.ring.next) this.#fallBehind();
    this.#outlet.flush();
  }

  /** Sends at most `packets` of what it is behind by. */
  catchUp(packets: number): void {
    if (this.#state !== 'behind') return;
    const newestGop = this.track.gopStart ?? 0;
    let left = packets;
    if (newestGop > this.#cursor) {
      // Numbers leave no gap: half a frame would be taken for a whole one, and shown broken.
      for (; left > 0 && this.#isWithinFrame; left--) this.#send(1);
      if (!this.#isWithinFrame && newestGop > this.#cursor) this.#skipTo(newestGop);
    }
    this.#send(left);
    if (this.#state === 'behind' && this.#cursor === this.track.ring.next) this.#state = 'live';
    this.#outlet.flush();
  }

  /** Goes on with another track of the same kind, from that one's next key frame on. */
  changeTo(track: Track, lane: Lane): void {
    this.#forgetNext();
    if (track === this.track) return;
    const next = { track, lane, after: track.ring.next, deliver: () => this.#tryChange() };
    this.#next = next;
    track.add(next);
    if (this.#state === 'idle' || track.format.kind === 'audio') this.#change(next);
  }

  /** The track that it is going to change to. */
  get nextTrack(): Track | undefined {
    return this.#next?.track;
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
    this.#pacer.flush();
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

  get #isWithinFrame(): boolean {
    const { ring } = this.track;
    return ring.frame(this.#cursor - 1) === ring.frame(this.#cursor);
  }

  #fallBehind(): void {
    this.#state = 'behind';
    this.#pacer.add(this);
  }

  #tryChange(): void {
    const next = this.#next;
    const start = next?.track.gopStart;
    if (next && start !== undefined && start >= next.after) this.#change(next);
  }

  #change(next: NextTrack): void {
    const { track, lane } = next;
    this.#forgetNext();
    const running = this.#state !== 'idle';
    const start = track.format.kind === 'audio' ? track.ring.next : (track.gopStart ?? 0);
    if (running) this.#offsetTicks = this.#offsetFor(track, start);
    this.track.remove(this);
    this.#track = track;
    this.#lane = lane;
    // What was sent is in the other track's ring, and nobody needs it before a key frame.
    this.#sentIndex.fill(NEVER_SENT);
    this.#spliceFrame = 0;
    if (!running) return;
    track.add(this);
    this.#cursor = start;
    this.#pacer.remove(this);
    this.#state = 'live';
    this.deliver();
  }

  /** The viewer's time goes on as the two tracks' capture times say, but never back. */
  #offsetFor(track: Track, start: number): number {
    // Its own, not the newest frame's: one read of a socket may bring some.
    const first = start < track.ring.next ? track.ring.timestamp(start) : track.timestamp;
    const leastTicks = Math.round(track.format.clockRate * MIN_STEP_SECONDS);
    const sent = (this.#lastTimestamp + leastTicks) >>> 0;
    const meant = this.timestampAt(track.capturedAtOf(first));
    const isBack = this.counters.packets > 0 && timestampDistance(sent, meant) < 0;
    return ((isBack ? sent : meant) - first) >>> 0;
  }

  #forgetNext(): void {
    if (!this.#next) return;
    this.#next.track.remove(this.#next);
    this.#next = undefined;
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
    this.#lastTimestamp = timestamp;
    this.#post(packet, this.#firstWord(index, this.#sequence), timestamp);
    this.#sequence = (this.#sequence + 1) & 0xffff;
    this.counters.packets++;
    this.counters.bytes += packet.length;
  }

  #post(packet: Uint8Array, first: number, timestamp: number): void {
    this.#outlet.add(packet, first, timestamp, this.lane.ssrc);
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
    this.#outlet.add(copy, first, sent.timestamp, rtx.ssrc);
    this.#rtxSequence = (this.#rtxSequence + 1) & 0xffff;
  }

  #refillTokens(nowMs: number): void {
    const earned = ((nowMs - this.#tokensAtMs) * RETRANSMISSIONS_PER_SECOND) / 1000;
    this.#tokens = Math.min(RETRANSMISSIONS_PER_SECOND, this.#tokens + earned);
    this.#tokensAtMs = nowMs;
  }
}
