// The answer to a browser's offer: we send, it receives, all over one transport (RFC 8829 §5.3).

import { assert } from '#std/errors.ts';
import type { Offer, OfferedMedia } from './offer.ts';
import type { OfferedCodec } from './offered-codecs.ts';
import { attribute } from './session.ts';

/** What we do when it is asked for; nothing else that is offered is answered. */
const SERVED_FEEDBACK = ['nack', 'nack pli', 'ccm fir'];

export interface AnswerPlan {
  /** Decimal, below 2^63. */
  readonly sessionId: string;
  readonly local: AnsweredTransport;
  /** One for each offered section, in its order; undefined rejects it. */
  readonly media: readonly (AnsweredMedia | undefined)[];
}

interface AnsweredTransport {
  readonly ufrag: string;
  readonly pwd: string;
  readonly fingerprint: string;
  readonly setup: 'active' | 'passive';
  /** All of them, without `a=`. */
  readonly candidates: readonly string[];
}

export interface AnsweredMedia {
  readonly codec: OfferedCodec;
  readonly ssrc: number;
  /** Undefined: no retransmission stream, even if the codec has a payload type for it. */
  readonly rtxSsrc: number | undefined;
  readonly cname: string;
  /** The MediaStream that the browser puts the track into. */
  readonly msid: string;
  readonly trackId: string;
  /** Whether receiver reference times will be answered, if the offer has them. */
  readonly receiverRtt: boolean;
}

export function writeAnswer(offer: Offer, plan: AnswerPlan): string {
  assert(plan.media.length === offer.media.length, 'a plan has one entry for each offered section');
  const accepted = offer.media.filter((_, index) => plan.media[index]);
  const bundle = accepted.map((each) => each.mid).filter((mid) => offer.bundle.includes(mid));
  const lines = [
    'v=0',
    `o=- ${plan.sessionId} 1 IN IP4 127.0.0.1`,
    's=-',
    't=0 0',
    ...linesIf(bundle.length > 0, `a=group:BUNDLE ${bundle.join(' ')}`),
    'a=ice-options:trickle',
    'a=msid-semantic: WMS *',
  ];
  for (const [index, offered] of offer.media.entries()) {
    const answered = plan.media[index];
    if (!answered) lines.push(...rejectedLines(offered));
    else lines.push(...acceptedLines(offered, answered), ...transportLines(plan.local));
    // The others share the first one's transport (RFC 9143 §7.3).
    if (offered === accepted[0]) lines.push(...candidateLines(plan.local));
  }
  return `${lines.join('\r\n')}\r\n`;
}

function acceptedLines(offered: OfferedMedia, answered: AnsweredMedia): string[] {
  assert(!offered.rejected, 'a section that the offerer stopped is not accepted');
  const { codec } = answered;
  const rtx = readRtx(answered);
  const formats = rtx ? `${codec.payloadType} ${rtx.payloadType}` : `${codec.payloadType}`;
  const receives = offered.direction === 'recvonly' || offered.direction === 'sendrecv';
  return [
    `m=${offered.section.kind} 9 ${offered.section.protocol} ${formats}`,
    'c=IN IP4 0.0.0.0',
    'a=rtcp:9 IN IP4 0.0.0.0',
    `a=mid:${offered.mid}`,
    receives ? 'a=sendonly' : 'a=inactive',
    'a=rtcp-mux',
    ...linesIf(attribute(offered.section, 'rtcp-rsize') !== undefined, 'a=rtcp-rsize'),
    ...linesIf(offered.receiverRtt && answered.receiverRtt, 'a=rtcp-xr:rcvr-rtt=all'),
    ...codecLines(codec),
    ...(rtx ? rtxLines(codec, rtx.payloadType) : []),
    ...streamLines(answered, rtx?.ssrc),
  ];
}

function rejectedLines({ mid, section }: OfferedMedia): string[] {
  return [
    `m=${section.kind} 0 ${section.protocol} ${section.formats.join(' ')}`,
    'c=IN IP4 0.0.0.0',
    `a=mid:${mid}`,
    'a=inactive',
  ];
}

function codecLines(codec: OfferedCodec): string[] {
  const { payloadType, name, clockRate, channels } = codec;
  const parameters = [...codec.parameters].map(([key, value]) =>
    value === '' ? key : `${key}=${value}`,
  );
  return [
    `a=rtpmap:${payloadType} ${name}/${clockRate}${channels > 1 ? `/${channels}` : ''}`,
    ...linesIf(parameters.length > 0, `a=fmtp:${payloadType} ${parameters.join(';')}`),
    ...SERVED_FEEDBACK.filter((each) => codec.feedback.includes(each)).map(
      (each) => `a=rtcp-fb:${payloadType} ${each}`,
    ),
  ];
}

function readRtx({
  codec,
  rtxSsrc,
}: AnsweredMedia): { payloadType: number; ssrc: number } | undefined {
  if (codec.rtxPayloadType === undefined || rtxSsrc === undefined) return undefined;
  return { payloadType: codec.rtxPayloadType, ssrc: rtxSsrc };
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

function transportLines(local: AnsweredTransport): string[] {
  return [
    `a=ice-ufrag:${local.ufrag}`,
    `a=ice-pwd:${local.pwd}`,
    `a=fingerprint:${local.fingerprint}`,
    `a=setup:${local.setup}`,
  ];
}

function candidateLines(local: AnsweredTransport): string[] {
  return [...local.candidates.map((candidate) => `a=${candidate}`), 'a=end-of-candidates'];
}

function linesIf(condition: boolean, line: string): string[] {
  return condition ? [line] : [];
}
