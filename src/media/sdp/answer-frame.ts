// What every answer has, whichever way media flows: session lines, sections in the offer's order, one
// transport for all (RFC 8829 §5.3, bundling RFC 9143 §7.3).

import { assert } from '#std/errors.ts';
import type { Offer, OfferedMedia } from './offer.ts';
import type { OfferedCodec } from './offered-codecs.ts';
import { attribute } from './session.ts';

export interface AnsweredTransport {
  readonly ufrag: string;
  readonly pwd: string;
  readonly fingerprint: string;
  readonly setup: 'active' | 'passive';
  /** All of them, without `a=`. */
  readonly candidates: readonly string[];
}

interface AnswerFrame {
  /** Decimal, below 2^63. */
  readonly sessionId: string;
  readonly local: AnsweredTransport;
  /** The lines of each offered section, in its order; undefined rejects it. */
  readonly sections: readonly (readonly string[] | undefined)[];
}

export function frameAnswer(offer: Offer, { sessionId, local, sections }: AnswerFrame): string {
  assert(sections.length === offer.media.length, 'an answer has one section for each offered one');
  const accepted = offer.media.filter((_, index) => sections[index]);
  const bundle = accepted.map((each) => each.mid).filter((mid) => offer.bundle.includes(mid));
  const lines = [
    'v=0',
    `o=- ${sessionId} 1 IN IP4 127.0.0.1`,
    's=-',
    't=0 0',
    ...linesIf(bundle.length > 0, `a=group:BUNDLE ${bundle.join(' ')}`),
    'a=ice-options:trickle',
    'a=msid-semantic: WMS *',
  ];
  for (const [index, offered] of offer.media.entries()) {
    const section = sections[index];
    if (!section) lines.push(...rejectedLines(offered));
    else lines.push(...section, ...transportLines(local));
    // The others share the first one's transport (RFC 9143 §7.3).
    if (offered === accepted[0]) lines.push(...candidateLines(local));
  }
  return `${lines.join('\r\n')}\r\n`;
}

/** How an accepted section begins. */
export function sectionLines(
  { rejected, mid, section }: OfferedMedia,
  payloadTypes: readonly number[],
  direction: 'sendonly' | 'recvonly' | 'inactive',
): string[] {
  assert(!rejected, 'a section that the offerer stopped is not accepted');
  return [
    `m=${section.kind} 9 ${section.protocol} ${payloadTypes.join(' ')}`,
    'c=IN IP4 0.0.0.0',
    'a=rtcp:9 IN IP4 0.0.0.0',
    `a=mid:${mid}`,
    `a=${direction}`,
    'a=rtcp-mux',
    ...linesIf(attribute(section, 'rtcp-rsize') !== undefined, 'a=rtcp-rsize'),
  ];
}

/** Of the feedback that is `served`, what is offered. */
export function codecLines(codec: OfferedCodec, served: readonly string[]): string[] {
  const { payloadType, name, clockRate, channels } = codec;
  const parameters = [...codec.parameters].map(([key, value]) =>
    value === '' ? key : `${key}=${value}`,
  );
  return [
    `a=rtpmap:${payloadType} ${name}/${clockRate}${channels > 1 ? `/${channels}` : ''}`,
    ...linesIf(parameters.length > 0, `a=fmtp:${payloadType} ${parameters.join(';')}`),
    ...served
      .filter((each) => codec.feedback.includes(each))
      .map((each) => `a=rtcp-fb:${payloadType} ${each}`),
  ];
}

export function linesIf(condition: boolean, line: string): string[] {
  return condition ? [line] : [];
}

function rejectedLines({ mid, section }: OfferedMedia): string[] {
  return [
    `m=${section.kind} 0 ${section.protocol} ${section.formats.join(' ')}`,
    'c=IN IP4 0.0.0.0',
    `a=mid:${mid}`,
    'a=inactive',
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
