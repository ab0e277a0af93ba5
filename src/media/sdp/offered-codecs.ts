// The codecs of one media section: rtpmap, fmtp and rtcp-fb lines of a payload type brought
// together, and retransmission folded into the codec it serves (RFC 8866 §6, RFC 4585 §4.2,
// RFC 4588 §8).

import { attributes, type SdpMedia } from './session.ts';

/** RTP has no more (RFC 3550 §5.1). */
const MAX_PAYLOAD_TYPE = 127;
/** Chromium offers five. */
const MAX_FEEDBACK_PER_CODEC = 32;
/** For every payload type of the section. */
const ANY_PAYLOAD_TYPE = '*';

export interface OfferedCodec {
  readonly payloadType: number;
  readonly name: string;
  readonly clockRate: number;
  readonly channels: number;
  /** Of its fmtp lines; names in lower case. */
  readonly parameters: ReadonlyMap<string, string>;
  /** `nack`, `nack pli`, `ccm fir` … */
  readonly feedback: readonly string[];
  readonly rtxPayloadType: number | undefined;
}

/** In the offerer's order of preference. Payload types without an rtpmap line are left out. */
export function readCodecs(section: SdpMedia): OfferedCodec[] {
  const formats = groupByPayloadType(attributes(section, 'fmtp'));
  const feedback = groupByPayloadType(attributes(section, 'rtcp-fb'));
  const names = groupByPayloadType(attributes(section, 'rtpmap'));
  const everywhere = feedback.get(ANY_PAYLOAD_TYPE) ?? [];
  const codecs = [...new Set(section.formats)].flatMap((format) => {
    const name = readRtpMap(format, names.get(format)?.[0]);
    if (!name) return [];
    return {
      ...name,
      parameters: parseFormatParameters(formats.get(format)?.join(';') ?? ''),
      feedback: [...(feedback.get(format) ?? []), ...everywhere].slice(0, MAX_FEEDBACK_PER_CODEC),
    };
  });
  const rtx = retransmissions(codecs);
  return codecs
    .filter((codec) => !isRtx(codec))
    .map((codec) => ({ ...codec, rtxPayloadType: rtx.get(codec.payloadType) }));
}

/** `packetization-mode=1;profile-level-id=42e01f` as a map; names in lower case. */
export function parseFormatParameters(text: string): Map<string, string> {
  const parameters = new Map<string, string>();
  for (const part of text.split(';')) {
    const [name = ''] = part.split('=', 1);
    const key = name.trim().toLowerCase();
    if (key !== '') parameters.set(key, part.slice(name.length + 1).trim());
  }
  return parameters;
}

/** `<payload type> <rest>` lines: the rests of each payload type. */
function groupByPayloadType(values: readonly string[]): Map<string, string[]> {
  const groups = new Map<string, string[]>();
  for (const value of values) {
    const [payloadType = ''] = value.split(/\s/, 1);
    const rest = value.slice(payloadType.length).trim();
    const group = groups.get(payloadType);
    if (group) group.push(rest);
    else groups.set(payloadType, [rest]);
  }
  return groups;
}

type CodecName = Pick<OfferedCodec, 'payloadType' | 'name' | 'clockRate' | 'channels'>;

/** `H264/90000`, `opus/48000/2`. */
function readRtpMap(format: string, rtpMap = ''): CodecName | undefined {
  const payloadType = /^\d{1,3}$/.test(format) ? Number(format) : MAX_PAYLOAD_TYPE + 1;
  const [, name, clockRate, channels] =
    /^([\w.+-]{1,32})\/(\d{1,9})(?:\/(\d{1,2}))?$/.exec(rtpMap) ?? [];
  if (name === undefined || payloadType > MAX_PAYLOAD_TYPE) return undefined;
  return { payloadType, name, clockRate: Number(clockRate), channels: Number(channels ?? 1) };
}

/** Payload type of a codec → that of its retransmissions; the first line that names it wins. */
function retransmissions(
  codecs: readonly Omit<OfferedCodec, 'rtxPayloadType'>[],
): Map<number, number> {
  const rtx = new Map<number, number>();
  for (const codec of codecs.filter(isRtx)) {
    const apt = Number(codec.parameters.get('apt'));
    if (!rtx.has(apt)) rtx.set(apt, codec.payloadType);
  }
  return rtx;
}

function isRtx(codec: CodecName): boolean {
  return codec.name.toLowerCase() === 'rtx';
}
