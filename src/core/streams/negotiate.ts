// Which track goes into which section of a viewer's offer, or why not (PRODUCT 1.3).

import { chooseH264, chooseOpus, describeCodecs } from '#media/sdp/codec-choice.ts';
import type { OfferedMedia } from '#media/sdp/offer.ts';
import type { OfferedCodec } from '#media/sdp/offered-codecs.ts';
import { InputError, UnavailableError } from '#std/errors.ts';
import type { Stream } from './stream.ts';
import type { Track } from './track.ts';

export interface Agreement {
  readonly track: Track;
  readonly media: OfferedMedia;
  readonly codec: OfferedCodec;
}

/** One entry for each offered section; undefined where nothing of ours fits into it. */
export function negotiate(
  stream: Stream,
  offered: readonly OfferedMedia[],
): (Agreement | undefined)[] {
  if (stream.tracks.length === 0) throw notReady(stream);
  const unplaced = new Set(stream.tracks);
  const agreements = offered.map((media) => place(media, unplaced));
  if (agreements.every((agreement) => agreement === undefined)) throw refusal(stream, offered);
  const video = [...unplaced].some((track) => track.format.kind === 'video');
  if (video && offered.some(({ kind }) => kind === 'video')) throw refusal(stream, offered);
  return agreements;
}

function place(media: OfferedMedia, unplaced: Set<Track>): Agreement | undefined {
  if (media.rejected || media.direction === 'sendonly' || media.direction === 'inactive') {
    return undefined;
  }
  for (const track of unplaced) {
    const codec = track.format.kind === media.kind ? chooseCodec(track, media) : undefined;
    if (!codec) continue;
    unplaced.delete(track);
    return { track, media, codec };
  }
  return undefined;
}

function chooseCodec(track: Track, media: OfferedMedia): OfferedCodec | undefined {
  if (track.format.codec === 'opus') return chooseOpus(media.codecs);
  return chooseH264(media.codecs, { profileLevelId: profileLevelId(track) });
}

/** The three bytes behind the NAL header of the SPS (RFC 6184 §8.1). */
function profileLevelId(track: Track): string {
  const bytes = track.parameterSets.sps?.subarray(1, 4) ?? [];
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

function notReady(stream: Stream): UnavailableError {
  const why = stream.reason ?? 'its source has not said yet what it sends';
  return new UnavailableError(
    `Stream "${stream.config.id}" is ${stream.state}: ${why}. Try again.`,
    {
      code: 'stream_not_ready',
    },
  );
}

function refusal(stream: Stream, offered: readonly OfferedMedia[]): InputError {
  const sends = stream.tracks.map((track) => describeTrack(track)).join(' and ');
  const offers = offered
    .map(({ kind, codecs }) => `${kind}: ${describeCodecs(codecs) || 'nothing'}`)
    .join('; ');
  const remedy = 'Offer recvonly H264 with packetization-mode=1 (and Opus for sound).';
  return new InputError(
    `Stream "${stream.config.id}" sends ${sends}; the offer can receive ${offers || 'nothing'}. ${remedy}`,
    { code: 'codec_refused' },
  );
}

function describeTrack(track: Track): string {
  const id = track.format.kind === 'video' ? profileLevelId(track) : '';
  return id ? `${track.format.codec} (${id})` : track.format.codec;
}
