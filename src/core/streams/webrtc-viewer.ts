// One WebRTC session on a stream: starts its subscribers, answers its RTCP, knows when it has vanished.

import type { ViewerView } from '#contract/streams.ts';
import type { Peer, PeerEvents, PeerPath, PeerState } from '#core/ports/peer-transport.ts';
import { formatDlrr } from '#media/rtcp/extended-report.ts';
import { formatBye } from '#media/rtcp/goodbye.ts';
import { ntpMiddle, ntpTime, roundTripMs } from '#media/rtcp/ntp.ts';
import { readRtcp } from '#media/rtcp/reading.ts';
import type { ReceptionReport, RtcpReport } from '#media/rtcp/report.ts';
import type { Clock } from '#std/clock.ts';
import type { Choice } from './choice.ts';
import { Liveness } from './liveness.ts';
import type { Demand, ProfileName } from './profile.ts';
import { Quality } from './quality.ts';
import { Seat } from './seat.ts';
import type { Subscriber } from './subscriber.ts';
import type { Viewer } from './viewer.ts';

interface ViewerOptions {
  readonly id: string;
  readonly key: string;
  readonly streamId: string;
  readonly protocol: 'whep' | 'ws';
  readonly userAgent: string | undefined;
  readonly clock: Clock;
  /** The session is over, whoever ended it. */
  readonly onEnd: ((reason: string) => void) | undefined;
  readonly onState: (viewer: WebrtcViewer) => void;
  /** It cannot go on without a key frame: it lost too much, or there is none yet. */
  readonly onKeyFrameNeeded: (viewer: WebrtcViewer) => void;
}

interface ProfileChange {
  readonly profile: ProfileName;
  readonly words: string;
  readonly demand: Demand;
  readonly alone: boolean;
}

export class WebrtcViewer implements Viewer, PeerEvents {
  readonly id: string;
  /** Who has it may end the session: it is neither logged nor shown. */
  readonly key: string;
  readonly streamId: string;
  readonly quality = new Quality();
  readonly #options: ViewerOptions;
  readonly #joinedWallMs: number;
  readonly #liveness: Liveness;
  #peer: Peer | undefined;
  #seats: readonly Seat[] = [];
  #rttMs: number | undefined;
  #estimateBps: number | undefined;
  /** The newest reference time, until it is answered. */
  #reference: { receiverSsrc: number; lastRr: number; heardAtMs: number } | undefined;
  /** What it joined with, and what it changed to since. */
  #demands: readonly Demand[] = [];
  #changed: Demand | undefined;
  #ended = false;
  #profile: ProfileName = 'main';
  #choice = '';
  /** RTCP packets that made no sense. */
  malformed = 0;

  constructor(options: ViewerOptions) {
    this.#options = options;
    this.id = options.id;
    this.key = options.key;
    this.streamId = options.streamId;
    this.#joinedWallMs = options.clock.wallMs();
    this.#liveness = new Liveness(options.clock.nowMs());
  }

  get state(): PeerState {
    return this.#liveness.state;
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

  get sendFailures(): number {
    return this.#peer?.sendFailures ?? 0;
  }

  /** The profile that it was promised. */
  get profile(): ProfileName {
    return this.#profile;
  }

  /** Joins the peer with what it is to get. From now on this viewer owns all three. */
  seat(peer: Peer, subscribers: readonly Subscriber[], choice: Choice): void {
    this.#peer = peer;
    this.#profile = choice.profile;
    this.#choice = choice.words;
    this.#demands = choice.demands;
    this.#seats = subscribers.map((subscriber) => new Seat(subscriber));
    if (this.state === 'connected') this.#startSubscribers();
  }

  /** Watches another profile from now on, whose demand it owns; `alone` if it needs the first one no more. */
  change({ profile, words, demand, alone }: ProfileChange): void {
    this.#profile = profile;
    this.#choice = words;
    this.#changed?.release();
    this.#changed = demand;
    if (alone) this.#releaseFirst();
  }

  onState(state: PeerState): void {
    if (!this.#liveness.enter(state, this.#options.clock.nowMs())) return;
    if (state === 'connected') this.#startSubscribers();
    this.#options.onState(this);
  }

  onRtcp(packet: Uint8Array): void {
    const nowMs = this.#options.clock.nowMs();
    this.#liveness.heard(nowMs);
    const { reports, malformed } = readRtcp(packet);
    if (malformed) this.malformed++;
    for (const report of reports) this.#handle(report, nowMs);
  }

  /** Whether its place may be given to somebody who comes. */
  yieldsPlace(nowMs: number): boolean {
    return this.#liveness.yieldsPlace(nowMs);
  }

  /** Called once a second. Says why this viewer is to be closed, if it is. */
  tick(nowMs: number): string | undefined {
    if (this.state === 'connected') {
      this.#sendReports();
      this.#answerReferenceTime(nowMs);
    }
    return this.#liveness.look(nowMs);
  }

  /** Says goodbye, so that a player need not find out by itself. Idempotent. */
  close(reason: string): void {
    if (this.#ended) return;
    this.#ended = true;
    if (this.state === 'connected') this.#sayGoodbye();
    for (const { subscriber } of this.#seats) subscriber.stop();
    this.#changed?.release();
    this.#releaseFirst();
    this.#peer?.close();
    this.#liveness.enter('closed', this.#options.clock.nowMs());
    this.#options.onEnd?.(reason);
  }

  view(): ViewerView {
    const path = this.path;
    return {
      id: this.id,
      stream: this.streamId,
      protocol: this.#options.protocol,
      profile: this.#profile,
      choice: this.#choice,
      quality: this.quality.wish.mode,
      state: this.state,
      since: new Date(this.#joinedWallMs).toISOString(),
      remote: path?.remote ?? null,
      path: path?.protocol ?? null,
      rttMs: this.#rttMs ?? null,
      estimateKbps: this.#estimateBps === undefined ? null : this.#estimateBps / 1000,
      userAgent: this.#options.userAgent ?? null,
      tracks: this.#seats.map((seat) => seat.view()),
    };
  }

  #releaseFirst(): void {
    for (const demand of this.#demands) demand.release();
    this.#demands = [];
  }

  #startSubscribers(): void {
    for (const { subscriber } of this.#seats) subscriber.start();
    if (this.subscribers.some(({ isWaiting }) => isWaiting)) this.#options.onKeyFrameNeeded(this);
    if (this.#peer) this.#sendReports();
  }

  #sendReports(): void {
    const { clock } = this.#options;
    const moment = { nowMs: clock.nowMs(), wallMs: clock.wallMs() };
    for (const seat of this.#seats) {
      if (seat.hasClock) this.#peer?.sendRtcp(seat.formatReport(moment, this.id));
    }
  }

  #sayGoodbye(): void {
    for (const { ssrc } of this.#seats) this.#peer?.sendRtcp(formatBye(ssrc));
  }

  #handle(report: RtcpReport, nowMs: number): void {
    switch (report.type) {
      case 'receiver-report':
        this.#handleReception(report);
        break;
      case 'nack':
        this.#find(report.mediaSsrc)?.subscriber.retransmit(report.sequences, nowMs);
        break;
      case 'pli':
      case 'fir':
        this.#countPli(report.mediaSsrc);
        break;
      case 'remb':
        this.#handleEstimate(report.bitrateBps, nowMs);
        break;
      case 'rrtr':
        this.#reference = {
          receiverSsrc: report.senderSsrc,
          lastRr: report.ntpMiddle,
          heardAtMs: nowMs,
        };
        break;
      default:
    }
  }

  #handleReception(report: ReceptionReport): void {
    const arrivedNtpMiddle = ntpMiddle(ntpTime(this.#options.clock.wallMs()));
    const { lastSr, delaySinceLastSr } = report;
    this.#rttMs = roundTripMs({ arrivedNtpMiddle, lastSr, delaySinceLastSr }) ?? this.#rttMs;
    const seat = this.#find(report.ssrc);
    seat?.takeReport(report);
    if (seat?.subscriber.track.format.kind !== 'video') return;
    this.quality.takeLoss(report.fractionLost / 256, this.#options.clock.nowMs());
  }

  #handleEstimate(bitrateBps: number, nowMs: number): void {
    this.#estimateBps = bitrateBps;
    const neededBps = this.subscribers.reduce((sum, { track }) => sum + track.bitrate.rate, 0);
    this.quality.takeEstimate(bitrateBps / neededBps, nowMs);
  }

  #countPli(ssrc: number): void {
    const seat = this.#find(ssrc);
    if (!seat) return;
    seat.subscriber.counters.plis++;
    this.#options.onKeyFrameNeeded(this);
  }

  /**
   * Lets a viewer that only receives measure the round trip too (RFC 3611 §4.5). Sent with the reports,
   * so that nobody gets more than one a second out of us.
   */
  #answerReferenceTime(nowMs: number): void {
    const ssrc = this.#seats[0]?.ssrc;
    const reference = this.#reference;
    this.#reference = undefined;
    if (ssrc === undefined || !reference) return;
    const { receiverSsrc, lastRr, heardAtMs } = reference;
    const delayMs = nowMs - heardAtMs;
    this.#peer?.sendRtcp(formatDlrr({ senderSsrc: ssrc, receiverSsrc, lastRr, delayMs }));
  }

  #find(ssrc: number): Seat | undefined {
    return this.#seats.find((seat) => seat.hasSsrc(ssrc));
  }
}
