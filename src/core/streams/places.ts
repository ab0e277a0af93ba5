// What each section of a viewer's offer gets: a track, a codec, numbers of its own; and the answer that
// says so.

import type { LocalTransport } from '#core/ports/peer-transport.ts';
import { type AnsweredMedia, writeAnswer } from '#media/sdp/answer.ts';
import type { Offer, OfferedMedia } from '#media/sdp/offer.ts';
import type { OfferedCodec } from '#media/sdp/offered-codecs.ts';
import { chooseCodec, couldBeSent, receives } from './fitting.ts';
import { type Lane, laneFor, rtxSsrcOf } from './lane.ts';
import type { Track } from './track.ts';

export interface Place {
  readonly track: Track;
  readonly media: OfferedMedia;
  readonly codec: OfferedCodec;
  readonly lane: Lane;
}

/** One entry for each offered section; undefined where nothing of ours fits into it. */
export function assignPlaces(
  offered: readonly OfferedMedia[],
  tracks: readonly Track[],
  randomWord: () => number,
): (Place | undefined)[] {
  const unplaced = new Set(tracks);
  return offered.map((media) => {
    if (!receives(media)) return undefined;
    for (const track of unplaced) {
      const codec = track.format.kind === media.kind ? chooseCodec(track, media.codecs) : undefined;
      if (!codec) continue;
      unplaced.delete(track);
      return { track, media, codec, lane: laneFor(codec, randomWord()) };
    }
    return undefined;
  });
}

interface AnswerParts {
  readonly viewerId: string;
  readonly places: readonly (Place | undefined)[];
  readonly local: LocalTransport;
  /** Whether the viewer may later get another profile, and so another codec, without a new offer. */
  readonly mayChange: boolean;
}

export function formatAnswer(offer: Offer, parts: AnswerParts): string {
  const media = parts.places.map((place) => place && answeredMedia(place, parts));
  return writeAnswer(offer, { sessionId: '1', local: parts.local, media });
}

function answeredMedia(
  { track, media, codec, lane }: Place,
  { viewerId, mayChange }: AnswerParts,
): AnsweredMedia {
  const others = mayChange
    ? media.codecs.filter((each) => each !== codec && couldBeSent(each))
    : [];
  return {
    codecs: [codec, ...others],
    ssrc: lane.ssrc,
    rtxSsrc: rtxSsrcOf(lane.ssrc),
    cname: viewerId,
    // One media stream for picture and sound, so that the browser keeps them in step.
    msid: viewerId,
    trackId: track.format.kind,
    receiverRtt: media.receiverRtt,
  };
}
