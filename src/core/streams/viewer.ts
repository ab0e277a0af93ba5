// One WebRTC session on a stream: starts its subscribers, answers its RTCP, knows when it has vanished.

import type { ViewerTrackView, ViewerView } from '#contract/streams.ts';
import type { Peer, PeerEvents, PeerPath, PeerState } from '#core/ports/peer-transport.ts';
import { formatDlrr } from '#media/rtcp/extended-report.ts';
import { formatBye } from '#media/rtcp/goodbye.ts';
import { ntpMiddle, ntpTime, roundTripMs } from '#media/rtcp/ntp.ts';
import { readRtcp } from '#media/rtcp/reading.ts';
import type { ReceptionReport, RtcpReport } from '#media/rtcp/report.ts';
import { formatSenderReport } from '#media/rtcp/sender-report.ts';
import { RTP_HEADER_BYTES } from '#media/rtp/header.ts';
import type { Clock } from '#std/clock.ts';
import type { Pacer } from './pacer.ts';
import type { Subscriber } from './subscriber.ts';

/** ICE and DTLS take well under a second; a browser behind a slow TURN server some seconds. */
const CONNECT_WITHIN_MS = 10_000;
/** Who has not connected by then probably never will, and must not keep others out. */
const CONNECT_USUALLY_MS = 2_000;
/** Browsers report at least every 5 s (RFC 3550 §6.2); three reports missed and they are gone. */
const SILENT_AFTER_MS = 15_000;
/** Ticks come each second; after such a gap the process was stopped or the machine asleep. */
const STOOD_STILL_MS = 5_000;
/** Time for a phone to change from Wi-Fi to mobile before its place is taken away. */
const DISCONNECTED_FOR_MS = 10_000;

export interface ViewerOptions {
  readonly id: string;
  readonly key: string;
  readonly streamId: string;
  readonly userAgent: string | undefined;
  readonly clock: Clock;
  readonly pacer: Pacer;
  readonly onState: (viewer: Viewer) => void;
}

/** What the last receiver report about a subscriber said. */
interface Reception {
  lossRatio: number;
  lost: number;
  jitterTicks: number;
}

interface Seat {
  readonly subscriber: Subscriber;
  readonly reception: Reception;
}

export class Viewer implements PeerEvents {
  readonly id: string;
  /** Who has it may end the session: it is neither logged nor shown. */
  readonly key: string;
  readonly streamId: string;
  readonly #options: ViewerOptions;
  readonly #joinedWallMs: number;
  #peer: Peer | undefined;
  #seats: readonly Seat[] = [];
  #state: PeerState = 'connecting';
  #stateSinceMs: number;
  #heardAtMs: number;
  #tickedAtMs: number;
  #rttMs: number | undefined;
  /** The newest reference time, until it is answered. */
  #reference: { receiverSsrc: number; lastRr: number; heardAtMs: number } | undefined;
  /** RTCP packets that made no sense. */
  malformed = 0;

  constructor(options: ViewerOptions) {
    this.#options = options;
    this.id = options.id;
    this.key = options.key;
    this.streamId = options.streamId;
    this.#joinedWallMs = options.clock.wallMs();
    this.#stateSinceMs = options.clock.nowMs();
    this.#heardAtMs = this.#stateSinceMs;
    this.#tickedAtMs = this.#stateSinceMs;
  }

  get state(): PeerState {
    return this.#state;
  }

  get peer(): Peer | undefined {
    return this.#peer;
  }

  get path(): PeerPath | undefined {
    return this.#peer?.path();
  }

  get subscribers(): readonly Subscriber[] {
    return this.#seats.map(({ subscriber }) => subscriber);
  }

  /** Joins the peer with what it is to get. From now on this viewer owns both. */
  seat(peer: Peer, subscribers: readonly Subscriber[]): void {
    this.#peer = peer;
    this.#seats = subscribers.map((subscriber) => ({
      subscriber,
      reception: { lossRatio: 0, lost: 0, jitterTicks: 0 },
    }));
    if (this.#state === 'connected') this.#startSubscribers();
  }

  onState(state: PeerState): void {
    if (state === this.#state || this.#state === 'closed') return;
    this.#state = state;
    this.#stateSinceMs = this.#options.clock.nowMs();
    if (state === 'connected') this.#startSubscribers();
    this.#options.onState(this);
  }

  onRtcp(packet: Uint8Array): void {
    this.#heardAtMs = this.#options.clock.nowMs();
    const { reports, malformed } = readRtcp(packet);
    if (malformed) this.malformed++;
    for (const report of reports) this.#handle(report);
  }

  /** Whether its place may be given to somebody who comes. */
  yieldsPlace(nowMs: number): boolean {
    return this.#state === 'connecting' && nowMs - this.#stateSinceMs >= CONNECT_USUALLY_MS;
  }

  /** Called once a second. Says why this viewer is to be closed, if it is. */
  tick(nowMs: number): string | undefined {
    if (nowMs - this.#tickedAtMs > STOOD_STILL_MS) this.#forgive(nowMs);
    this.#tickedAtMs = nowMs;
    if (this.#state === 'connected') {
      this.#sendReports();
      this.#answerReferenceTime(nowMs);
    }
    return this.#whyGone(nowMs);
  }

  /** Says goodbye, so that a player need not find out by itself. Idempotent. */
  close(): void {
    if (this.#state === 'connected') this.#sayGoodbye();
    for (const { subscriber } of this.#seats) {
      this.#options.pacer.remove(subscriber);
      subscriber.stop();
    }
    this.#peer?.close();
    this.#state = 'closed';
  }

  view(): ViewerView {
    const path = this.path;
    return {
      id: this.id,
      stream: this.streamId,
      protocol: 'whep',
      state: this.#state,
      since: new Date(this.#joinedWallMs).toISOString(),
      remote: path?.remote ?? null,
      path: path?.protocol ?? null,
      rttMs: this.#rttMs ?? null,
      userAgent: this.#options.userAgent ?? null,
      tracks: this.#seats.map(viewSeat),
    };
  }

  /** It was us who stood still: what this viewer sent meanwhile has yet to be read. */
  #forgive(nowMs: number): void {
    this.#heardAtMs = nowMs;
    this.#stateSinceMs = nowMs;
  }

  #startSubscribers(): void {
    for (const { subscriber } of this.#seats) {
      subscriber.start();
      this.#options.pacer.add(subscriber);
    }
    if (this.#peer) this.#sendReports();
  }

  /** Sender reports give the viewer the common clock that picture and sound are shown by. */
  #sendReports(): void {
    const nowMs = this.#options.clock.nowMs();
    const ntpMs = this.#options.clock.wallMs();
    for (const { subscriber } of this.#seats) {
      const { packets, bytes } = subscriber.counters;
      const report = formatSenderReport({
        ssrc: subscriber.lane.ssrc,
        ntpMs,
        rtpTimestamp: subscriber.timestampAt(nowMs),
        packetCount: packets,
        octetCount: bytes - packets * RTP_HEADER_BYTES,
        cname: this.id,
      });
      this.#peer?.sendRtcp(report);
    }
  }

  #sayGoodbye(): void {
    for (const { subscriber } of this.#seats) {
      this.#peer?.sendRtcp(formatBye(subscriber.lane.ssrc));
    }
  }

  #handle(report: RtcpReport): void {
    switch (report.type) {
      case 'receiver-report':
        this.#handleReception(report);
        break;
      case 'nack':
        this.#find(report.mediaSsrc)?.subscriber.retransmit(
          report.sequences,
          this.#options.clock.nowMs(),
        );
        break;
      case 'pli':
      case 'fir':
        this.#countPli(report.mediaSsrc);
        break;
      case 'rrtr':
        this.#reference = {
          receiverSsrc: report.senderSsrc,
          lastRr: report.ntpMiddle,
          heardAtMs: this.#heardAtMs,
        };
        break;
      default:
    }
  }

  #handleReception(report: ReceptionReport): void {
    const arrivedNtpMiddle = ntpMiddle(ntpTime(this.#options.clock.wallMs()));
    const { lastSr, delaySinceLastSr } = report;
    this.#rttMs = roundTripMs({ arrivedNtpMiddle, lastSr, delaySinceLastSr }) ?? this.#rttMs;
    const reception = this.#find(report.ssrc)?.reception;
    if (!reception) return;
    reception.lossRatio = report.fractionLost / 256;
    reception.lost = report.cumulativeLost;
    reception.jitterTicks = report.jitter;
  }

  #countPli(ssrc: number): void {
    const seat = this.#find(ssrc);
    if (seat) seat.subscriber.counters.plis++;
  }

  /**
   * Lets a viewer that only receives measure the round trip too (RFC 3611 §4.5). Sent with the reports,
   * so that nobody gets more than one a second out of us.
   */
  #answerReferenceTime(nowMs: number): void {
    const ssrc = this.#seats[0]?.subscriber.lane.ssrc;
    const reference = this.#reference;
    this.#reference = undefined;
    if (ssrc === undefined || !reference) return;
    const { receiverSsrc, lastRr, heardAtMs } = reference;
    const delayMs = nowMs - heardAtMs;
    this.#peer?.sendRtcp(formatDlrr({ senderSsrc: ssrc, receiverSsrc, lastRr, delayMs }));
  }

  #find(ssrc: number): Seat | undefined {
    return this.#seats.find(
      ({ subscriber: { lane } }) => lane.ssrc === ssrc || lane.rtx?.ssrc === ssrc,
    );
  }

  #whyGone(nowMs: number): string | undefined {
    const inStateMs = nowMs - this.#stateSinceMs;
    switch (this.#state) {
      case 'connecting':
        return inStateMs >= CONNECT_WITHIN_MS ? 'no connection in time' : undefined;
      case 'connected':
        return nowMs - this.#heardAtMs >= SILENT_AFTER_MS ? 'no sign of life' : undefined;
      case 'disconnected':
        return inStateMs >= DISCONNECTED_FOR_MS ? 'connection lost' : undefined;
      default:
        return `connection ${this.#state}`;
    }
  }
}

function viewSeat({ subscriber, reception }: Seat): ViewerTrackView {
  const { counters, lane, track } = subscriber;
  return {
    kind: track.format.kind,
    codec: track.format.codec,
    payloadType: lane.payloadType,
    packets: counters.packets,
    bytes: counters.bytes,
    retransmitted: counters.retransmitted,
    nacks: counters.nacks,
    unanswered: counters.unanswered,
    plis: counters.plis,
    dropped: counters.dropped,
    lossRatio: reception.lossRatio,
    lostPackets: reception.lost,
    jitterMs: (reception.jitterTicks * 1000) / track.format.clockRate,
  };
}
