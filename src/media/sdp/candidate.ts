// One ICE candidate (RFC 8839 §5.1, TCP candidates RFC 6544 §4.5):
//
//   candidate:<foundation> <component> <protocol> <priority> <address> <port> typ <type>
//     [raddr <address> rport <port>] [tcptype <type>] [<name> <value>]…

import { InputError } from '#std/errors.ts';

/** Chromium's, with a name for the address, have 130; related addresses add as much. */
const MAX_CANDIDATE_CHARACTERS = 512;
const MAX_PORT = 0xffff;
const MAX_COMPONENT = 256;
const MAX_PRIORITY = 2 ** 32 - 1;

const GRAMMAR = new RegExp(
  [
    /^candidate:(?<foundation>\S{1,32})/,
    /(?<component>\d{1,3})/,
    /(?<protocol>udp|tcp)/,
    /(?<priority>\d{1,10})/,
    /(?<address>[\w.:%-]{1,255})/,
    /(?<port>\d{1,5})/,
    /typ (?<type>host|srflx|prflx|relay)(?<extensions> .*)?$/,
  ]
    .map((part) => part.source)
    .join(' +'),
  'i',
);

export interface Candidate {
  readonly foundation: string;
  /** 1 for RTP, and for everything where RTP and RTCP share a port. */
  readonly component: number;
  readonly protocol: 'udp' | 'tcp';
  readonly priority: number;
  /** IPv4, IPv6 or a name: browsers hide addresses behind `….local`. */
  readonly address: string;
  readonly port: number;
  readonly type: 'host' | 'srflx' | 'prflx' | 'relay';
  readonly tcpType: 'active' | 'passive' | 'so' | undefined;
  /** Where a candidate that is not `host` was seen from. */
  readonly relatedAddress: string | undefined;
  readonly relatedPort: number | undefined;
}

/** Throws `invalid_candidate`. Extensions such as `generation` and `ufrag` are not kept. */
export function parseCandidate(value: string): Candidate {
  if (value.length > MAX_CANDIDATE_CHARACTERS) {
    throw unusable(value, `it is longer than ${MAX_CANDIDATE_CHARACTERS} characters`);
  }
  const fields = GRAMMAR.exec(value.trim().replace(/^a=/, ''))?.groups;
  if (!fields) {
    throw unusable(value, 'it does not read "candidate:… 1 udp <priority> <address> <port> typ …"');
  }
  const { foundation = '', component = '', protocol, priority = '' } = fields;
  const { address = '', port = '', type, extensions = '' } = fields;
  const more = readExtensions(extensions);
  const relatedPort = more.get('rport');
  return {
    foundation,
    component: readNumber(value, component, MAX_COMPONENT),
    protocol: lowerCase(protocol) as Candidate['protocol'],
    priority: readNumber(value, priority, MAX_PRIORITY),
    address,
    port: readNumber(value, port, MAX_PORT),
    type: lowerCase(type) as Candidate['type'],
    tcpType: readTcpType(more.get('tcptype')),
    relatedAddress: more.get('raddr'),
    relatedPort: relatedPort === undefined ? undefined : readNumber(value, relatedPort, MAX_PORT),
  };
}

/** The attribute without `a=`. */
export function formatCandidate(candidate: Candidate): string {
  const { foundation, component, protocol, priority, address, port, type } = candidate;
  const words = [foundation, component, protocol, priority, address, port, 'typ', type];
  if (candidate.relatedAddress !== undefined) words.push('raddr', candidate.relatedAddress);
  if (candidate.relatedPort !== undefined) words.push('rport', candidate.relatedPort);
  if (candidate.tcpType !== undefined) words.push('tcptype', candidate.tcpType);
  return `candidate:${words.join(' ')}`;
}

function readExtensions(text: string): Map<string, string> {
  const words = text.trim().split(/ +/);
  const extensions = new Map<string, string>();
  for (let at = 0; at + 1 < words.length; at += 2) {
    extensions.set(lowerCase(words[at]), words[at + 1] ?? '');
  }
  return extensions;
}

function readTcpType(word: string | undefined): Candidate['tcpType'] {
  const type = lowerCase(word);
  return type === 'active' || type === 'passive' || type === 'so' ? type : undefined;
}

function readNumber(candidate: string, word: string, most: number): number {
  const number = /^\d+$/.test(word) ? Number(word) : Number.NaN;
  if (!(number <= most)) throw unusable(candidate, `${word} is not a number up to ${most}`);
  return number;
}

function lowerCase(word = ''): string {
  return word.toLowerCase();
}

function unusable(candidate: string, reason: string): InputError {
  return new InputError(
    `Cannot use the candidate "${candidate.slice(0, 80)}": ${reason}. Send what the browser gave, unchanged.`,
    { code: 'invalid_candidate' },
  );
}
