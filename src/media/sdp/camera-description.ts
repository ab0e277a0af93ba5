// What a camera says it has (RFC 2326 §C), read laxly: what can be played, and why the rest cannot.

import { describeAudio, describeVideo, staticRtpmap } from './camera-format.ts';
import type { DescribedFormat, PayloadDescription } from './described-format.ts';
import { attribute, attributes, parseSdp, type SdpMedia } from './session.ts';

export interface CameraTrack {
  readonly format: DescribedFormat;
  readonly payloadType: number;
  /** As the description has it: absolute, relative, `*` or missing. */
  readonly control: string | undefined;
}

export interface CameraDescription {
  /** Of the session as a whole. */
  readonly control: string | undefined;
  /** At most one video and one audio, video first. */
  readonly tracks: readonly CameraTrack[];
  /** What else there is, and why it is not taken, in words. */
  readonly ignored: readonly string[];
}

const MAX_PAYLOAD_TYPE = 127;
const MAX_WORD_CHARACTERS = 32;

/** Throws `invalid_sdp` if there is no sense in it. */
export function parseCameraDescription(text: string): CameraDescription {
  const session = parseSdp(text, { skipsBadMedia: true });
  const found = session.media.map((media) => describeMedia(media, session.media));
  const tracks = found.filter((each) => typeof each !== 'string');
  const chosen = [first(tracks, 'video'), bestAudio(tracks)].filter((each) => each !== undefined);
  const ignored = found.flatMap((each) =>
    typeof each === 'string' ? [each] : unused(each, chosen),
  );
  return { control: attribute(session, 'control'), tracks: chosen, ignored };
}

/** The track, or why there is none. */
function describeMedia(media: SdpMedia, all: readonly SdpMedia[]): CameraTrack | string {
  const { kind } = media;
  if (kind !== 'video' && kind !== 'audio') return `${word(kind)} is not used`;
  if (isBackChannel(media, all)) return 'audio back channel is not used';
  const described = media.formats.map((format) => describePayload(media, format, all));
  const taken = described.find((each) => typeof each !== 'string');
  return taken ?? described[0] ?? `${kind} without a format`;
}

function describePayload(
  media: SdpMedia,
  format: string,
  all: readonly SdpMedia[],
): CameraTrack | string {
  const payloadType = Number(format);
  // Also outside of 96 to 127: some cameras use 35 (gortsplib#1086).
  if (!/^\d+$/.test(format) || payloadType > MAX_PAYLOAD_TYPE)
    return `${media.kind} ${word(format)} is no payload type`;
  const payload = readPayload(media, format, all);
  const described = media.kind === 'video' ? describeVideo(payload) : describeAudio(payload);
  if (typeof described === 'string') return described;
  return { format: described, payloadType, control: attribute(media, 'control') };
}

function readPayload(
  media: SdpMedia,
  format: string,
  all: readonly SdpMedia[],
): PayloadDescription {
  const parameters = parseParameters(findFmtp(media, format, all));
  const rtpmap =
    valueFor(attributes(media, 'rtpmap'), format) ?? staticRtpmap(format) ?? guess(parameters);
  const [encoding = '', clockRate = '', channels = ''] = rtpmap
    .split('/')
    .map((part) => part.trim());
  return {
    encoding: word(encoding.toUpperCase()) || `payload type ${format}`,
    clockRate: parseCount(clockRate),
    channels: parseCount(channels),
    parameters,
  };
}

/** Some cameras write it into another section, or give it another number (gortsplib, go2rtc#1426). */
function findFmtp(media: SdpMedia, format: string, all: readonly SdpMedia[]): string {
  const own = attributes(media, 'fmtp');
  const strayed = own.length === 1 && !media.formats.includes(own[0]?.split(' ', 1)[0] ?? '');
  return (
    valueFor(own, format) ??
    all
      .filter((other) => !other.formats.includes(format))
      .map((other) => valueFor(attributes(other, 'fmtp'), format))
      .find((value) => value !== undefined) ??
    (strayed ? (own[0] ?? '').replace(/^\d+\s*/, '') : '')
  );
}

/** Of `96 H264/90000`: what stands behind the payload type. */
function valueFor(values: readonly string[], format: string): string | undefined {
  const value = values.find((each) => each.split(/\s/, 1)[0] === format);
  return value?.slice(format.length).trim();
}

function parseParameters(fmtp: string): ReadonlyMap<string, string> {
  const pairs = fmtp.split(';').map((part) => {
    const equals = part.indexOf('=');
    if (equals < 0) return [part.trim().toLowerCase(), ''] as const;
    return [part.slice(0, equals).trim().toLowerCase(), part.slice(equals + 1).trim()] as const;
  });
  return new Map(pairs);
}

/** Where the rtpmap is missing, the parameters tell. */
function guess(parameters: ReadonlyMap<string, string>): string {
  if (parameters.has('sprop-parameter-sets')) return 'H264';
  if (parameters.has('sprop-sps')) return 'H265';
  return parameters.has('sizelength') ? 'MPEG4-GENERIC' : '';
}

/**
 * The way to the camera's loudspeaker, which a session that plays must not open: it blocks it for
 * others. Where the picture is `sendonly` too, the camera means its own direction.
 */
function isBackChannel(media: SdpMedia, all: readonly SdpMedia[]): boolean {
  const isSendOnly = (each: SdpMedia) => attribute(each, 'sendonly') !== undefined;
  return (
    media.kind === 'audio' &&
    isSendOnly(media) &&
    !all.some((each) => each.kind === 'video' && isSendOnly(each))
  );
}

function first(tracks: readonly CameraTrack[], kind: 'video' | 'audio'): CameraTrack | undefined {
  return tracks.find(({ format }) => format.kind === kind);
}

/** Opus if there is any: browsers play it as it is. Else what the camera names first. */
function bestAudio(tracks: readonly CameraTrack[]): CameraTrack | undefined {
  return tracks.find(({ format }) => format.codec === 'opus') ?? first(tracks, 'audio');
}

function unused(track: CameraTrack, chosen: readonly CameraTrack[]): string[] {
  if (chosen.includes(track)) return [];
  const { kind, codec } = track.format;
  return [`${kind} ${codec} is not used: there is another ${kind} track`];
}

function parseCount(text: string): number | undefined {
  const count = Number(text);
  return /^\d{1,6}$/.test(text) && count > 0 ? count : undefined;
}

/** Printable and short: it is shown to people. */
function word(text: string): string {
  return text.replace(/[^\w.+-]/g, '').slice(0, MAX_WORD_CHARACTERS);
}
