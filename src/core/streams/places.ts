// What each section of a viewer's offer gets: a track, a codec, numbers of its own; and the answer that
// says so.

import type { LocalTransport } from '#core/ports/peer-transport.ts';
import { type AnsweredMedia, writeAnswer } from '#media/sdp/answer.ts';
import type { Offer } from '#media/sdp/offer.ts';
import type { Agreement } from './negotiate.ts';
import type { Lane } from './subscriber.ts';

/** A viewer's SSRC for retransmissions is its SSRC with this bit turned: the two must differ. */
const RTX_SSRC_BIT = 0x1_00_00;

interface Place extends Agreement {
  readonly lane: Lane;
}

export function assignPlaces(
  agreements: readonly (Agreement | undefined)[],
  randomWord: () => number,
): (Place | undefined)[] {
  return agreements.map(
    (agreement) => agreement && { ...agreement, lane: laneFor(agreement, randomWord()) },
  );
}

interface AnswerParts {
  readonly viewerId: string;
  readonly places: readonly (Place | undefined)[];
  readonly local: LocalTransport;
}

export function formatAnswer(offer: Offer, { viewerId, places, local }: AnswerParts): string {
  const media = places.map((place) => place && answeredMedia(place, viewerId));
  return writeAnswer(offer, { sessionId: '1', local, media });
}

function laneFor({ codec }: Agreement, ssrc: number): Lane {
  const { payloadType, rtxPayloadType } = codec;
  const rtx =
    rtxPayloadType === undefined
      ? undefined
      : { payloadType: rtxPayloadType, ssrc: (ssrc ^ RTX_SSRC_BIT) >>> 0 };
  return { ssrc, payloadType, rtx };
}

function answeredMedia({ track, media, codec, lane }: Place, viewerId: string): AnsweredMedia {
  return {
    codec,
    ssrc: lane.ssrc,
    rtxSsrc: lane.rtx?.ssrc,
    cname: viewerId,
    // One media stream for picture and sound, so that the browser keeps them in step.
    msid: viewerId,
    trackId: track.format.kind,
    receiverRtt: media.receiverRtt,
  };
}
