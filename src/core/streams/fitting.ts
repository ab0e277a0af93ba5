// Whether a track fits what a viewer offers to receive, and both of them in words.

import { chooseH264, chooseH265, chooseOpus, describeCodecs } from '#media/sdp/codec-choice.ts';
import type { OfferedMedia } from '#media/sdp/offer.ts';
import type { OfferedCodec } from '#media/sdp/offered-codecs.ts';
import type { Track } from './track.ts';
import type { AudioFormat } from './track-format.ts';

/** Whether a section of an offer wants something from us. */
export function receives(media: OfferedMedia): boolean {
  return !media.rejected && media.direction !== 'sendonly' && media.direction !== 'inactive';
}

/** The offered codec that takes this track as it is, or why there is none. */
export function chooseCodec(
  track: Track,
  codecs: readonly OfferedCodec[],
): OfferedCodec | undefined {
  const { format } = track;
  switch (format.codec) {
    case 'H264':
      return chooseH264(codecs, { profileLevelId: track.profileLevelId });
    case 'H265':
      return track.picture && chooseH265(codecs, track.picture);
    case 'opus':
      return chooseOpus(codecs);
    default:
      return choosePlain(codecs, format);
  }
}

/** Whether some profile of some camera could be sent by it: H.264 in mode 1, H.265. */
export function couldBeSent({ name, parameters }: OfferedCodec): boolean {
  const codec = name.toUpperCase();
  return codec === 'H265' || (codec === 'H264' && parameters.get('packetization-mode') === '1');
}

/** Whether what a conversion makes could be sent by it. */
export function couldCarry(offered: OfferedCodec, codec: 'H264' | 'opus'): boolean {
  if (codec === 'opus') return offered.name.toLowerCase() === 'opus';
  return offered.name.toUpperCase() === 'H264' && couldBeSent(offered);
}

/** What `describeCodecs` says, section by section. */
export function describeOffer(offered: readonly OfferedMedia[]): string {
  return offered
    .filter(({ kind }) => kind === 'video' || kind === 'audio')
    .map(({ kind, codecs }) => `${kind}: ${describeCodecs(codecs) || 'nothing'}`)
    .join('; ');
}

/** `H265 Main, level 5.0, 3840×2160`, `AAC 16000 Hz`. */
export function describeTrack(track: Track): string {
  const { format } = track;
  if (format.kind === 'audio') return `${format.codec} ${format.clockRate} Hz`;
  const { picture } = track;
  if (!picture) return format.codec;
  const size = picture.width > 0 ? `, ${picture.width}×${picture.height}` : '';
  const order = track.reorders ? ', with B-frames' : '';
  return `${format.codec} ${picture.profile}, level ${picture.level}${size}${order}`;
}

/** Which setting would help, for what the camera sends. */
export function remedyFor(tracks: readonly string[]): string {
  const h265 = tracks.some((track) => track.startsWith('H265'));
  if (h265) {
    return 'Set the camera to H.264, name its H.264 sub stream as "sub", install ffmpeg so that it can be converted, or use a browser with H.265 (Safari, Chrome or Edge with hardware support).';
  }
  return 'Offer recvonly H264 with packetization-mode=1 (and Opus for sound).';
}

function choosePlain(
  codecs: readonly OfferedCodec[],
  { codec, clockRate, channels }: AudioFormat,
): OfferedCodec | undefined {
  if (codec === 'AAC' || codec === 'L16') return undefined;
  return codecs.find(
    (each) =>
      each.name.toUpperCase() === codec &&
      each.clockRate === clockRate &&
      each.channels === channels,
  );
}
