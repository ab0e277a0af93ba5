// The answer to a viewer's offer: we send, it receives (RFC 8829 §5.3).

import {
  type AnsweredTransport,
  codecLines,
  frameAnswer,
  linesIf,
  sectionLines,
} from './answer-frame.ts';
import type { Offer, OfferedMedia } from './offer.ts';
import type { OfferedCodec } from './offered-codecs.ts';

/** What we do when it is asked for; nothing else that is offered is answered. */
const SERVED_FEEDBACK = ['nack', 'nack pli', 'ccm fir', 'goog-remb'];

export interface AnswerPlan {
  /** Decimal, below 2^63. */
  readonly sessionId: string;
  readonly local: AnsweredTransport;
  /** One for each offered section, in its order; undefined rejects it. */
  readonly media: readonly (AnsweredMedia | undefined)[];
}

export interface AnsweredMedia {
  /** The first is what will be sent; we may change to one of the others without a new offer. */
  readonly codecs: readonly [OfferedCodec, ...OfferedCodec[]];
  readonly ssrc: number;
  /** Undefined: no retransmission stream, even if the codecs have payload types for it. */
  readonly rtxSsrc: number | undefined;
  readonly cname: string;
  /** The MediaStream that the browser puts the track into. */
  readonly msid: string;
  readonly trackId: string;
  /** Whether receiver reference times will be answered, if the offer has them. */
  readonly receiverRtt: boolean;
}

export function writeAnswer(offer: Offer, { sessionId, local, media }: AnswerPlan): string {
  const sections = media.map((answered, index) => {
    const offered = offer.media[index];
    return answered && offered && sendingLines(offered, answered);
  });
  return frameAnswer(offer, { sessionId, local, sections });
}

function sendingLines(offered: OfferedMedia, answered: AnsweredMedia): string[] {
  const { codecs, receiverRtt, rtxSsrc } = answered;
  const rtx = codecs.flatMap((codec) => rtxPayloadTypes(codec, answered));
  const payloadTypes = [...codecs.map(({ payloadType }) => payloadType), ...rtx];
  const receives = offered.direction === 'recvonly' || offered.direction === 'sendrecv';
  return [
    ...sectionLines(offered, payloadTypes, receives ? 'sendonly' : 'inactive'),
    ...linesIf(offered.receiverRtt && receiverRtt, 'a=rtcp-xr:rcvr-rtt=all'),
    ...codecs.flatMap((codec) => [
      ...codecLines(codec, SERVED_FEEDBACK),
      ...rtxPayloadTypes(codec, answered).flatMap((payloadType) => rtxLines(codec, payloadType)),
    ]),
    ...streamLines(answered, rtx.length > 0 ? rtxSsrc : undefined),
  ];
}

/** One, or none where there is no retransmission. */
function rtxPayloadTypes(codec: OfferedCodec, { rtxSsrc }: AnsweredMedia): number[] {
  if (codec.rtxPayloadType === undefined || rtxSsrc === undefined) return [];
  return [codec.rtxPayloadType];
}

function rtxLines(codec: OfferedCodec, payloadType: number): string[] {
  return [
    `a=rtpmap:${payloadType} rtx/${codec.clockRate}`,
    `a=fmtp:${payloadType} apt=${codec.payloadType}`,
  ];
}

/** Which SSRCs carry the track (RFC 5576 §4), as no header extension says it. */
function streamLines(answered: AnsweredMedia, rtxSsrc: number | undefined): string[] {
  const { ssrc, cname, msid, trackId } = answered;
  const ssrcs = rtxSsrc === undefined ? [ssrc] : [ssrc, rtxSsrc];
  return [
    `a=msid:${msid} ${trackId}`,
    ...linesIf(ssrcs.length > 1, `a=ssrc-group:FID ${ssrcs.join(' ')}`),
    ...ssrcs.flatMap((each) => [
      `a=ssrc:${each} cname:${cname}`,
      `a=ssrc:${each} msid:${msid} ${trackId}`,
    ]),
  ];
}
