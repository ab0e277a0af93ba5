// The body of a trickle PATCH: application/trickle-ice-sdpfrag (RFC 8840 §4.4, RFC 9725 §4.3.1).
//
//   a=ice-ufrag:EsAw
//   a=ice-pwd:P2uYro0UCOQ4zxjKXaWCBui1
//   m=video 9 UDP/TLS/RTP/SAVPF 0
//   a=mid:0
//   a=candidate:1387637174 1 udp 2122260223 192.0.2.1 61764 typ host
//   a=end-of-candidates

import { InputError } from '#std/errors.ts';

export interface CandidateFragment {
  /** The description the candidates belong to: ufrag, password and first media are read from it. */
  readonly sdp: string;
  /** `candidate:…`, as browsers give them. */
  readonly candidates: readonly string[];
  readonly complete: boolean;
}

export function formatCandidateFragment({ sdp, candidates, complete }: CandidateFragment): string {
  const lines = [
    `a=ice-ufrag:${find(sdp, /^a=ice-ufrag:(\S+)/m, 'a=ice-ufrag')}`,
    `a=ice-pwd:${find(sdp, /^a=ice-pwd:(\S+)/m, 'a=ice-pwd')}`,
    `m=${find(sdp, /^m=(audio|video|application) /m, 'm=')} 9 UDP/TLS/RTP/SAVPF 0`,
    `a=mid:${find(sdp, /^a=mid:(\S+)/m, 'a=mid')}`,
    ...candidates.map((candidate) => `a=${candidate}`),
  ];
  if (complete) lines.push('a=end-of-candidates');
  return `${lines.join('\r\n')}\r\n`;
}

function find(sdp: string, pattern: RegExp, name: string): string {
  const value = pattern.exec(sdp)?.[1];
  if (value !== undefined) return value;
  throw new InputError(`The session description has no ${name} line.`, { code: 'invalid_sdp' });
}
