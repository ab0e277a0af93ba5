// The answer to a publisher's offer: it sends, we receive (RFC 9725 §4.2). No retransmission stream,
// redundancy or simulcast: what is asked for again comes again under its own number.

import { type AnsweredTransport, codecLines, frameAnswer, sectionLines } from './answer-frame.ts';
import type { Offer } from './offer.ts';
import type { OfferedCodec } from './offered-codecs.ts';

/** What we send. Without transport-cc a browser's estimate is bounded by REMB. */
const SENT_FEEDBACK = ['goog-remb', 'nack', 'nack pli'];

interface PublishAnswerPlan {
  /** Decimal, below 2^63. */
  readonly sessionId: string;
  readonly local: AnsweredTransport;
  /** One for each offered section, in its order; undefined rejects it. */
  readonly codecs: readonly (OfferedCodec | undefined)[];
}

export function writePublishAnswer(offer: Offer, plan: PublishAnswerPlan): string {
  const { sessionId, local, codecs } = plan;
  const sections = codecs.map((codec, index) => {
    const offered = offer.media[index];
    if (!codec || !offered) return undefined;
    const lines = sectionLines(offered, [codec.payloadType], 'recvonly');
    return [...lines, ...codecLines(codec, SENT_FEEDBACK)];
  });
  return frameAnswer(offer, { sessionId, local, sections });
}
