// One track that a viewer watches: what it is sent, and what it says about what arrived.

import type { ViewerTrackView } from '#contract/streams.ts';
import type { ReceptionReport } from '#media/rtcp/report.ts';
import { formatSenderReport } from '#media/rtcp/sender-report.ts';
import { RTP_HEADER_BYTES } from '#media/rtp/header.ts';
import type { Subscriber } from './subscriber.ts';

/** The same moment on both clocks. */
interface Moment {
  readonly nowMs: number;
  readonly wallMs: number;
}

export class Seat {
  readonly subscriber: Subscriber;
  #lossRatio = 0;
  #lost = 0;
  #jitterTicks = 0;

  constructor(subscriber: Subscriber) {
    this.subscriber = subscriber;
  }

  get ssrc(): number {
    return this.subscriber.lane.ssrc;
  }

  /** Before its first frame a track has no time that could be told. */
  get hasClock(): boolean {
    return this.subscriber.track.frame > 0;
  }

  hasSsrc(ssrc: number): boolean {
    return ssrc === this.ssrc || ssrc === this.subscriber.lane.rtx?.ssrc;
  }

  takeReport(report: ReceptionReport): void {
    this.#lossRatio = report.fractionLost / 256;
    this.#lost = report.cumulativeLost;
    this.#jitterTicks = report.jitter;
  }

  /** Gives the viewer the common clock that picture and sound are shown by. */
  formatReport({ nowMs, wallMs }: Moment, cname: string): Uint8Array {
    const { packets, bytes } = this.subscriber.counters;
    return formatSenderReport({
      ssrc: this.ssrc,
      ntpMs: wallMs,
      rtpTimestamp: this.subscriber.timestampAt(nowMs),
      packetCount: packets,
      octetCount: bytes - packets * RTP_HEADER_BYTES,
      cname,
    });
  }

  view(): ViewerTrackView {
    const { counters, lane, track } = this.subscriber;
    const { kind, codec, clockRate } = track.format;
    return {
      kind,
      codec,
      payloadType: lane.payloadType,
      packets: counters.packets,
      bytes: counters.bytes,
      retransmitted: counters.retransmitted,
      nacks: counters.nacks,
      unanswered: counters.unanswered,
      plis: counters.plis,
      dropped: counters.dropped,
      lossRatio: this.#lossRatio,
      lostPackets: this.#lost,
      jitterMs: (this.#jitterTicks * 1000) / clockRate,
    };
  }
}
