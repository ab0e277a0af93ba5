// What a player is told about a console's plain streams: one for each channel, at ports of their own
// (RFC 8866; RFC 7587 §7 for Opus, RFC 3551 §4.5.11 and RFC 3190 §6 for PCM).

import type { SoundCodec, SoundRate } from '#media/sound/payload-types.ts';

interface PlainStream {
  readonly port: number;
  readonly payloadType: number;
  /** Of the channel, for people. */
  readonly title: string;
}

interface PlainSound {
  readonly codec: SoundCodec;
  readonly sampleRate: SoundRate;
  /** What one packet holds: less than a tick where that does not fit into one. */
  readonly packetMs: number;
}

interface PlainSession {
  /** Decimal. */
  readonly sessionId: string;
  /** For people. */
  readonly name: string;
  /** Where it comes from and where it goes to: IPv4 or IPv6, without brackets. */
  readonly origin: string;
  readonly destination: string;
}

const ENCODINGS = { pcm: 'L16', pcm24: 'L24' } as const;
/** Opus says 48,000 Hz and two channels, whatever it has (RFC 7587 §7). */
const OPUS_ENCODING = 'opus/48000/2';
const OPUS_RATE = 48_000;
const LINE_BREAKS = /[\r\n\0]+/g;

export function formatPlainDescription(
  streams: readonly PlainStream[],
  { sound, session }: { readonly sound: PlainSound; readonly session: PlainSession },
): string {
  const lines = [
    'v=0',
    `o=- ${session.sessionId} 1 ${formatAddress(session.origin)}`,
    `s=${formatText(session.name)}`,
    `c=${formatAddress(session.destination)}`,
    't=0 0',
    // Said from where the player stands (RFC 8866 §6.7.1).
    'a=recvonly',
    ...streams.flatMap((stream) => formatStream(stream, sound)),
  ];
  return `${lines.join('\r\n')}\r\n`;
}

function formatStream({ port, payloadType, title }: PlainStream, sound: PlainSound): string[] {
  return [
    `m=audio ${port} RTP/AVP ${payloadType}`,
    `i=${formatText(title)}`,
    `a=rtpmap:${payloadType} ${formatEncoding(sound)}`,
    ...(sound.codec === 'opus' ? [`a=fmtp:${payloadType} ${formatOpus(sound)}`] : []),
    // In ms; a fraction is allowed (RFC 8866 §6.4).
    `a=ptime:${Number(sound.packetMs.toFixed(3))}`,
  ];
}

function formatEncoding({ codec, sampleRate }: PlainSound): string {
  return codec === 'opus' ? OPUS_ENCODING : `${ENCODINGS[codec]}/${sampleRate}/1`;
}

function formatOpus({ sampleRate }: PlainSound): string {
  const limit = sampleRate < OPUS_RATE ? `;sprop-maxcapturerate=${sampleRate}` : '';
  return `sprop-stereo=0${limit}`;
}

/** The zone of a link-local address means nothing on another machine. */
function formatAddress(address: string): string {
  const [host = ''] = address.split('%');
  return `IN ${host.includes(':') ? 'IP6' : 'IP4'} ${host}`;
}

/** An empty one is not allowed; a space stands for none (RFC 8866 §5.3). */
function formatText(text: string): string {
  return text.replace(LINE_BREAKS, ' ') || ' ';
}
