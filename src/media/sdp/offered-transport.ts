// The transport part of an offer: ICE credentials, DTLS fingerprint and role, first candidates
// (RFC 8839 §5, RFC 8122 §5, RFC 8842 §5).

import { parseCandidate } from './candidate.ts';
import { attribute, attributes, invalidSdp, type SdpMedia, type SdpSession } from './session.ts';

/** Per offer and per trickle fragment: a host with ten addresses has 20; more cost the engine checks. */
export const MAX_CANDIDATES = 32;

/** RFC 8122 §5 knows weaker hashes too; no browser offers them. */
const DIGEST_BYTES = new Map([
  ['sha-256', 32],
  ['sha-384', 48],
  ['sha-512', 64],
]);

export interface OfferedTransport {
  readonly ufrag: string;
  readonly pwd: string;
  /** `sha-256 AB:CD:…` */
  readonly fingerprint: string;
  readonly setup: 'actpass' | 'active' | 'passive';
  /** Without `a=`. */
  readonly candidates: readonly string[];
}

/** What the section says; for what it leaves out, what the session says. Throws `invalid_sdp`. */
export function readTransport(session: SdpSession, section: SdpMedia): OfferedTransport {
  const find = (name: string) => attribute(section, name) ?? attribute(session, name);
  const fingerprints = [
    ...attributes(section, 'fingerprint'),
    ...attributes(session, 'fingerprint'),
  ];
  const ufrag = find('ice-ufrag') ?? '';
  const pwd = find('ice-pwd') ?? '';
  const fingerprint = readFingerprint(fingerprints);
  if (!isIceUfrag(ufrag) || !isIcePwd(pwd)) {
    throw invalidSdp(
      'a=ice-ufrag (4 to 256 letters and digits) or a=ice-pwd (22 to 256) is missing or not valid. ' +
        'Send the offer of an RTCPeerConnection, unchanged',
    );
  }
  return {
    ufrag,
    pwd,
    fingerprint,
    setup: readSetup(find('setup')),
    candidates: readCandidates(section),
  };
}

export function isIceUfrag(value: string): boolean {
  return /^[A-Za-z0-9+/]{4,256}$/.test(value);
}

export function isIcePwd(value: string): boolean {
  return /^[A-Za-z0-9+/]{22,256}$/.test(value);
}

/** The first that is good enough; algorithm in lower case, digest in upper case. */
function readFingerprint(values: readonly string[]): string {
  if (values.length === 0) {
    throw invalidSdp(
      'it has no a=fingerprint, so plain RTP is offered. Use an RTCPeerConnection: media must be encrypted',
    );
  }
  for (const value of values) {
    const [algorithm = '', digest = ''] = value.split(/\s+/);
    const bytes = DIGEST_BYTES.get(algorithm.toLowerCase());
    if (bytes === undefined || digest.length !== bytes * 3 - 1) continue;
    if (!/^[0-9A-F]{2}(?::[0-9A-F]{2})*$/i.test(digest)) continue;
    return `${algorithm.toLowerCase()} ${digest.toUpperCase()}`;
  }
  throw invalidSdp(
    `"a=fingerprint:${values[0]?.slice(0, 40)}" is not a whole SHA-256, SHA-384 or SHA-512 digest. ` +
      'Use a certificate with one of them',
  );
}

function readSetup(value: string | undefined): OfferedTransport['setup'] {
  if (value === 'actpass' || value === 'active' || value === 'passive') return value;
  throw invalidSdp(
    `a=setup is ${value === undefined ? 'missing' : `"${value.slice(0, 20)}"`}. Offer a=setup:actpass`,
  );
}

/** Candidates of a kind that nobody here knows are skipped (RFC 8839 §5.1), as are those past the limit. */
function readCandidates(section: SdpMedia): string[] {
  return attributes(section, 'candidate')
    .slice(0, MAX_CANDIDATES)
    .map((value) => `candidate:${value}`)
    .filter(isCandidate);
}

function isCandidate(value: string): boolean {
  try {
    parseCandidate(value);
    return true;
  } catch {
    return false;
  }
}
