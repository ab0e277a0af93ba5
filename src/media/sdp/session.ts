// A session description as lines and media sections (RFC 8866), read laxly: cameras leave out v=,
// s= and o=, repeat lines and end them in every way; what is not understood is skipped.

import { InputError } from '#std/errors.ts';

/** Chromium 156 offers video and audio in 6 KiB; a camera's description is shorter. */
const MAX_SDP_CHARACTERS = 64 * 1024;
/** A conference may have dozens; nothing here plays more than a handful. */
const MAX_MEDIA_SECTIONS = 64;

/** `a=name:value`; the value of a flag is empty. */
interface SdpAttribute {
  readonly name: string;
  readonly value: string;
}

export interface SdpSession {
  /** What c= says before the first section: `IN IP4 10.0.0.7`. */
  readonly connection: string | undefined;
  readonly attributes: readonly SdpAttribute[];
  readonly media: readonly SdpMedia[];
}

export interface SdpMedia {
  /** `video`, `audio`, `application` or whatever else the line says. */
  readonly kind: string;
  readonly port: number;
  /** `RTP/AVP`, `UDP/TLS/RTP/SAVPF` … */
  readonly protocol: string;
  /** Payload types, or what the protocol has instead. */
  readonly formats: readonly string[];
  readonly connection: string | undefined;
  /** In their order. */
  readonly attributes: readonly SdpAttribute[];
}

interface ParsingOptions {
  /** Leaves out sections whose m= line makes no sense, instead of refusing the whole. */
  readonly skipsBadMedia?: boolean;
}

/** Throws `invalid_sdp` if there is no sense in it. */
export function parseSdp(text: string, { skipsBadMedia = false }: ParsingOptions = {}): SdpSession {
  if (text.length > MAX_SDP_CHARACTERS) {
    throw invalidSdp(
      `it is longer than ${MAX_SDP_CHARACTERS} characters. Describe fewer media sections or codecs`,
    );
  }
  const [session = [], ...media] = splitSections(text);
  if (media.length === 0) {
    throw invalidSdp('it has no m= line. Send the whole session description as text');
  }
  const readable = skipsBadMedia ? media.filter(([line = '']) => parseMediaLine(line)) : media;
  return { ...readSection(session), media: readable.map(readMedia) };
}

/** The value of the first attribute of that name; empty for a flag. */
export function attribute(section: Pick<SdpMedia, 'attributes'>, name: string): string | undefined {
  return section.attributes.find((each) => each.name === name)?.value;
}

export function attributes(section: Pick<SdpMedia, 'attributes'>, name: string): string[] {
  return section.attributes.filter((each) => each.name === name).map((each) => each.value);
}

export function invalidSdp(reasonAndRemedy: string): InputError {
  return new InputError(`Cannot use the session description: ${reasonAndRemedy}.`, {
    code: 'invalid_sdp',
  });
}

/** Lines of the session, then those of each media section, its m= line first. */
function splitSections(text: string): string[][] {
  const sections: string[][] = [[]];
  for (const line of sdpLines(text)) {
    if (line.startsWith('m=')) sections.push([]);
    if (sections.length > MAX_MEDIA_SECTIONS + 1) {
      throw invalidSdp(`it has more than ${MAX_MEDIA_SECTIONS} media sections. Describe fewer`);
    }
    sections.at(-1)?.push(line);
  }
  return sections;
}

/** Lines that look like `x=value`, without the space around them. */
export function sdpLines(text: string): string[] {
  return text
    .split(/\r\n|\r|\n/)
    .map((line) => line.trim())
    .filter((line) => /^[a-z]=/.test(line));
}

function readMedia(lines: readonly string[]): SdpMedia {
  const [line = '', ...rest] = lines;
  const media = parseMediaLine(line);
  if (!media) {
    throw invalidSdp(`"${line.slice(0, 80)}" is not "m=kind port protocol formats". Correct it`);
  }
  return { ...media, ...readSection(rest) };
}

function parseMediaLine(
  line: string,
): Pick<SdpMedia, 'kind' | 'port' | 'protocol' | 'formats'> | undefined {
  const [kind = '', port = '', protocol = '', ...formats] = line.slice(2).trim().split(/\s+/);
  // `port/count` stands for hierarchical streams (RFC 8866 §5.14); only the first port matters.
  const number = /^(\d{1,5})(?:\/\d{1,5})?$/.exec(port)?.[1];
  if (number === undefined || Number(number) > 0xffff || formats.length === 0) return undefined;
  return { kind: kind.toLowerCase(), port: Number(number), protocol, formats };
}

function readSection(lines: readonly string[]): Pick<SdpMedia, 'connection' | 'attributes'> {
  return {
    connection: lines
      .find((line) => line.startsWith('c='))
      ?.slice(2)
      .trim(),
    attributes: lines.filter((line) => line.startsWith('a=')).map(parseAttribute),
  };
}

function parseAttribute(line: string): SdpAttribute {
  const colon = line.indexOf(':');
  if (colon < 0) return { name: line.slice(2).trim(), value: '' };
  return { name: line.slice(2, colon).trim(), value: line.slice(colon + 1).trim() };
}
