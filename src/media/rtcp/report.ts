// What a peer can tell by RTCP, as a union tagged by `type`.

/** One report block (RFC 3550 §6.4.1), from a receiver report or a sender report. */
export interface ReceptionReport {
  readonly type: 'receiver-report';
  readonly senderSsrc: number;
  /** Of the stream that is reported on. */
  readonly ssrc: number;
  /** Since the report before, in 1/256. */
  readonly fractionLost: number;
  /** Negative when duplicates outnumber the losses. */
  readonly cumulativeLost: number;
  /** Extended by the count of wraps in the upper 16 bits. */
  readonly highestSequence: number;
  /** In ticks of the stream's clock. */
  readonly jitter: number;
  /** Middle 32 bits of the NTP time in our last sender report; 0 if none came. */
  readonly lastSr: number;
  /** In 1/65536 s. */
  readonly delaySinceLastSr: number;
}

export interface SenderReport {
  readonly type: 'sender-report';
  readonly ssrc: number;
  readonly ntpSeconds: number;
  readonly ntpFraction: number;
  readonly rtpTimestamp: number;
  readonly packetCount: number;
  readonly octetCount: number;
}

/** Packets to send again (RFC 4585 §6.2.1). A peer may name one twice. */
interface Nack {
  readonly type: 'nack';
  readonly mediaSsrc: number;
  readonly sequences: readonly number[];
}

/** A keyframe is wanted: picture loss (RFC 4585 §6.3.1) or full intra request (RFC 5104 §4.3.1). */
interface KeyframeRequest {
  readonly type: 'pli' | 'fir';
  readonly mediaSsrc: number;
}

/** What the receiver thinks its path can carry (draft-alvestrand-rmcat-remb §2.2). */
interface ReceiverEstimate {
  readonly type: 'remb';
  /** Up to 2^81 on the wire. */
  readonly bitrateBps: number;
  readonly ssrcs: readonly number[];
}

/** Seen, not read: nothing here estimates bandwidth from it yet. */
interface TransportFeedback {
  readonly type: 'transport-cc';
}

export interface Goodbye {
  readonly type: 'bye';
  readonly ssrcs: readonly number[];
}

/** A receiver's clock (RFC 3611 §4.4), to be answered by a DLRR block. */
interface ReceiverReferenceTime {
  readonly type: 'rrtr';
  readonly senderSsrc: number;
  /** Goes back as `lastRr`. */
  readonly ntpMiddle: number;
}

interface UnknownReport {
  readonly type: 'unknown';
  readonly pt: number;
}

export type RtcpReport =
  | ReceptionReport
  | SenderReport
  | Nack
  | KeyframeRequest
  | ReceiverEstimate
  | TransportFeedback
  | Goodbye
  | ReceiverReferenceTime
  | UnknownReport;
