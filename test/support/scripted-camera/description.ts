// The session description of a scripted camera (RFC 8866, RFC 6184 §8.1, RFC 7798 §7.1, RFC 3640 §4.1).

import type { AudioClip, CameraClip, TrackClip, VideoClip } from './clip.ts';

/** Payload types without rtpmap (RFC 3551 §6), at the rates that they stand for. */
const STATIC_TYPES: Readonly<Record<string, number>> = {
  'PCMU/8000': 0,
  'PCMA/8000': 8,
  'G722/8000': 9,
};
const FIRST_DYNAMIC_TYPE = 96;

export function formatDescription(clip: CameraClip, options: { withSets: boolean }): string {
  return [
    'v=0',
    'o=- 1109162014219182 1 IN IP4 0.0.0.0',
    's=Media Presentation',
    'c=IN IP4 0.0.0.0',
    't=0 0',
    'a=control:*',
    'a=range:npt=now-',
    ...clip.tracks.flatMap((track, index) => formatMedia(track, index, options.withSets)),
    '',
  ].join('\r\n');
}

export function payloadTypeOf(track: TrackClip, index: number): number {
  return STATIC_TYPES[`${track.encoding}/${track.clockRate}`] ?? FIRST_DYNAMIC_TYPE + index;
}

function formatMedia(track: TrackClip, index: number, withSets: boolean): string[] {
  const pt = payloadTypeOf(track, index);
  const channels = track.kind === 'audio' && track.channels > 1 ? `/${track.channels}` : '';
  const fmtp = track.kind === 'video' ? videoFmtp(track, withSets) : audioFmtp(track);
  const lines = [
    `m=${track.kind} 0 RTP/AVP ${pt}`,
    `a=rtpmap:${pt} ${track.encoding}/${track.clockRate}${channels}`,
    ...(fmtp === '' ? [] : [`a=fmtp:${pt} ${fmtp}`]),
    `a=control:trackID=${index}`,
  ];
  return pt < FIRST_DYNAMIC_TYPE ? lines.filter((line) => !line.startsWith('a=rtpmap')) : lines;
}

function videoFmtp({ encoding, parameterSets }: VideoClip, withSets: boolean): string {
  const sets = parameterSets.map((unit) => Buffer.from(unit).toString('base64'));
  if (encoding === 'H265') {
    const names = ['sprop-vps', 'sprop-sps', 'sprop-pps'];
    return withSets ? names.map((name, at) => `${name}=${sets[at]}`).join('; ') : '';
  }
  const profile = Buffer.from(parameterSets[0]?.subarray(1, 4) ?? []).toString('hex');
  const sprop = withSets ? `; sprop-parameter-sets=${sets.join(',')}` : '';
  return `packetization-mode=1; profile-level-id=${profile}${sprop}`;
}

function audioFmtp({ config }: AudioClip): string {
  if (!config) return '';
  const hex = Buffer.from(config).toString('hex');
  return `streamtype=5; profile-level-id=1; mode=AAC-hbr; sizelength=13; indexlength=3; indexdeltalength=3; config=${hex}`;
}
