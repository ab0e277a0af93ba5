// Receives one track: puts its packets in order, dates them, counts what is missing and reports it.
//
//   packet ──► sequence ──► reorder buffer (UDP only) ──► capture clock ──► emit
//   sender report ─────────────────────────────────────────────▲
//
// Over TCP a packet passes at once, uncopied. It is emitted whatever its payload: packets of nothing
// but padding, by which browsers probe the path, have their place among the sequence numbers too.

import { joinRtcp } from '#media/rtcp/header.ts';
import { ntpMiddle, ntpUnits } from '#media/rtcp/ntp.ts';
import { readRtcp } from '#media/rtcp/reading.ts';
import { formatReceiverReport } from '#media/rtcp/receiver-report.ts';
import type { SenderReport } from '#media/rtcp/report.ts';
import { formatCname } from '#media/rtcp/source-description.ts';
import { type CaptureClock, CaptureClocks } from './capture-clock.ts';
import { sequenceDistance } from './distance.ts';
import { isRtp, readSequence, readSsrc, readTimestamp } from './header.ts';
import { MAX_DROPOUT, MAX_MISORDER, Reception } from './reception.ts';
import { ReorderBuffer } from './reorder-buffer.ts';

/** Local networks reorder within a few ms; a frame that waits longer is seen to stutter. */
const DEFAULT_MAX_WAIT_MS = 50;
const DEFAULT_CNAME = 'yeoul';

interface ReceiverOptions {
  /** Of the RTP timestamps. */
  readonly clockRate: number;
  /** Whether packets can come in wrong order, as over UDP; over TCP they can't. */
  readonly reorder: boolean;
  /** Whom the receiver reports come from. */
  readonly localSsrc: number;
  readonly cname?: string;
  /** From the `CaptureClocks` of the source, so that its tracks are in step; else the track is alone. */
  readonly captureClock?: CaptureClock;
  /** How long packets wait for a missing one: longer where missing ones are asked for again. */
  readonly maxWaitMs?: number;
}

interface ReceiverCounters {
  /** Emitted. */
  packets: number;
  /** Missing among the emitted ones. */
  lost: number;
  /** Came before their predecessors and waited for them; over TCP: came after their successors. */
  reordered: number;
  duplicates: number;
  /** Came when they had been given up, or from far outside of the sequence. */
  late: number;
  /** No RTP packets. */
  malformed: number;
}

/** Called before `take` or `poll` returns; `packet` is valid only until then. */
type Emit = (packet: Uint8Array, capturedAtMs: number) => void;

export class RtpReceiver {
  readonly counters: ReceiverCounters = {
    packets: 0,
    lost: 0,
    reordered: 0,
    duplicates: 0,
    late: 0,
    malformed: 0,
  };
  /** The sender said goodbye and nothing came after that. */
  ended = false;

  readonly #options: ReceiverOptions;
  readonly #clock: CaptureClock;
  readonly #reception = new Reception();
  readonly #buffer: ReorderBuffer | undefined;
  readonly #maxWaitMs: number;
  #ssrc: number | undefined;
  /** What the next packet to be emitted should have. */
  #next = 0;
  /** What follows a stray packet, if its sender did start anew (RFC 3550 A.1, bad_seq). */
  #restartAt = -1;
  #senderReport: SenderReport | undefined;
  #senderReportAtMs = 0;
  /** Of the call that is running. */
  #emit: Emit = () => {};

  constructor(options: ReceiverOptions) {
    this.#options = options;
    this.#clock = options.captureClock ?? new CaptureClocks().add(options.clockRate);
    this.#buffer = options.reorder ? new ReorderBuffer() : undefined;
    this.#maxWaitMs = options.maxWaitMs ?? DEFAULT_MAX_WAIT_MS;
  }

  /** Of the packets that come now. */
  get ssrc(): number | undefined {
    return this.#ssrc;
  }

  /** When `poll` has something to do; undefined if nothing waits. */
  get dueAtMs(): number | undefined {
    const sinceMs = this.#buffer?.waitingSinceMs;
    return sinceMs === undefined ? undefined : sinceMs + this.#maxWaitMs;
  }

  take(packet: Uint8Array, arrivedAtMs: number, emit: Emit): void {
    if (!isRtp(packet)) {
      this.counters.malformed++;
      return;
    }
    this.#emit = emit;
    this.ended = false;
    const sequence = readSequence(packet);
    if (readSsrc(packet) !== this.#ssrc) this.#changeSender(readSsrc(packet), sequence);
    if (this.#buffer) this.#order(this.#buffer, packet, arrivedAtMs);
    else this.#follow(packet, arrivedAtMs);
  }

  /** Gives up what has been waited for long enough. */
  poll(nowMs: number, emit: Emit): void {
    this.#emit = emit;
    while (nowMs >= (this.dueAtMs ?? Infinity)) this.#giveUpGap();
  }

  takeRtcp(packet: Uint8Array, arrivedAtMs: number): void {
    for (const report of readRtcp(packet).reports) {
      if (report.type === 'sender-report') this.#takeSenderReport(report, arrivedAtMs);
      // Others' goodbyes and reports are none of ours: cameras send RTCP under foreign SSRCs.
      if (report.type === 'bye' && report.ssrcs.includes(this.#ssrc ?? -1)) this.ended = true;
    }
  }

  /** A compound packet: receiver report and CNAME; undefined before the first packet. */
  formatReport(nowMs: number): Uint8Array | undefined {
    if (this.#ssrc === undefined) return undefined;
    const { localSsrc, cname = DEFAULT_CNAME } = this.#options;
    const sent = this.#senderReport;
    const block = {
      ssrc: this.#ssrc,
      ...this.#reception.report(),
      lastSr: sent ? ntpMiddle({ seconds: sent.ntpSeconds, fraction: sent.ntpFraction }) : 0,
      delaySinceLastSr: sent ? ntpUnits(nowMs - this.#senderReportAtMs) : 0,
    };
    return joinRtcp(formatReceiverReport(localSsrc, [block]), formatCname(localSsrc, cname));
  }

  /** Over TCP nothing is out of order; a jump among the numbers is the sender's own. */
  #follow(packet: Uint8Array, arrivedAtMs: number): void {
    const sequence = readSequence(packet);
    const ahead = sequenceDistance(this.#next, sequence);
    if (ahead > MAX_DROPOUT || ahead < -MAX_MISORDER) this.#restart(sequence);
    this.#count(packet, arrivedAtMs);
    if (ahead < 0 && ahead >= -MAX_MISORDER) this.counters.reordered++;
    this.#pass(packet, arrivedAtMs);
  }

  #order(buffer: ReorderBuffer, packet: Uint8Array, arrivedAtMs: number): void {
    const sequence = readSequence(packet);
    let place = buffer.place(sequence);
    if (place === 'stray') {
      if (!this.#isRestart(sequence)) return;
      this.#restart(sequence);
      place = 'next';
    }
    this.#count(packet, arrivedAtMs);
    while (place === 'early' && !buffer.hold(packet, arrivedAtMs)) {
      this.#giveUpGap();
      place = buffer.place(sequence);
    }
    if (place === 'late') this.counters.late++;
    else if (place === 'duplicate') this.counters.duplicates++;
    else if (place === 'early') this.#wait(arrivedAtMs);
    else this.#passOn(buffer, packet, arrivedAtMs);
  }

  /** One stray packet is none; two in a row are a sender that started anew. */
  #isRestart(sequence: number): boolean {
    if (sequence === this.#restartAt) return true;
    this.#restartAt = (sequence + 1) & 0xffff;
    this.counters.late++;
    return false;
  }

  #wait(nowMs: number): void {
    this.counters.reordered++;
    this.poll(nowMs, this.#emit);
  }

  /** A packet that waits for nothing: it is next, or too far ahead. */
  #passOn(buffer: ReorderBuffer, packet: Uint8Array, arrivedAtMs: number): void {
    const sequence = readSequence(packet);
    if (sequence !== this.#next) while (this.#release(true));
    buffer.pass(sequence);
    this.#pass(packet, arrivedAtMs);
    while (this.#release(false));
  }

  #giveUpGap(): void {
    this.#release(true);
    while (this.#release(false));
  }

  /** Emits one of those held: the next one, or, giving up the gap before it, the first one. */
  #release(skipGap: boolean): boolean {
    const held = this.#buffer?.shift(skipGap);
    if (held) this.#pass(held.bytes.subarray(0, held.sizeBytes), held.arrivedAtMs);
    return held !== undefined;
  }

  #pass(packet: Uint8Array, arrivedAtMs: number): void {
    const sequence = readSequence(packet);
    const ahead = sequenceDistance(this.#next, sequence);
    this.counters.packets++;
    if (ahead > 0) this.counters.lost += ahead;
    if (ahead >= 0) this.#next = (sequence + 1) & 0xffff;
    this.#emit(packet, this.#clock.capture(readTimestamp(packet), arrivedAtMs));
  }

  #count(packet: Uint8Array, arrivedAtMs: number): void {
    const arrivedTicks = Math.round((arrivedAtMs * this.#options.clockRate) / 1000);
    this.#reception.take(readSequence(packet), (arrivedTicks - readTimestamp(packet)) | 0);
  }

  #changeSender(ssrc: number, sequence: number): void {
    this.#ssrc = ssrc;
    this.#restart(sequence);
    this.#clock.restart();
    const sent = this.#senderReport;
    if (sent?.ssrc === ssrc) this.#clock.takeSenderReport(sent);
    else this.#senderReport = undefined;
  }

  #restart(sequence: number): void {
    while (this.#release(true));
    this.#buffer?.restart(sequence);
    this.#reception.restart(sequence);
    this.#next = sequence;
    this.#restartAt = -1;
  }

  /** One that comes before the first packet is kept: the SSRC will tell whether it is the sender's. */
  #takeSenderReport(report: SenderReport, arrivedAtMs: number): void {
    if (this.#ssrc !== undefined && report.ssrc !== this.#ssrc) return;
    this.#senderReport = report;
    this.#senderReportAtMs = arrivedAtMs;
    if (this.#ssrc !== undefined) this.#clock.takeSenderReport(report);
  }
}
