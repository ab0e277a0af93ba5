// What a WWW-Authenticate header asks for: Digest (RFC 7616 §3.3, RFC 2617) or Basic (RFC 7617).

import { type AuthScheme, parseAuthSchemes, quote } from './auth-parameters.ts';

/** `MD5` and so on of `text` in UTF-8, as lower-case hexadecimal digits. */
export type DigestHash = (algorithm: HashAlgorithm, text: string) => string;
export type HashAlgorithm = 'MD5' | 'SHA-256' | 'SHA-512-256';

export interface DigestChallenge {
  readonly scheme: 'Digest';
  readonly hash: HashAlgorithm;
  /** `-sess`: the nonces are hashed into the secret. */
  readonly session: boolean;
  /** As the other side wrote it, to be sent back; undefined means MD5. */
  readonly algorithm: string | undefined;
  readonly realm: string;
  readonly nonce: string;
  readonly opaque: string | undefined;
  /** `qop=auth` is asked for; without it the older form of RFC 2069 is meant. */
  readonly qop: boolean;
  /** The nonce was too old, the password right. */
  readonly stale: boolean;
}

interface BasicChallenge {
  readonly scheme: 'Basic';
  readonly realm: string;
}

export type Challenge = DigestChallenge | BasicChallenge;

interface NewChallenge {
  readonly hash: HashAlgorithm;
  readonly realm: string;
  readonly nonce: string;
  readonly stale?: boolean;
}

const STRENGTH = ['Basic', 'MD5', 'SHA-256', 'SHA-512-256'] as const;

/** Those that can be answered, of all headers of that name; the strongest first. */
export function parseChallenges(values: readonly string[]): Challenge[] {
  return values
    .flatMap(parseAuthSchemes)
    .map(readChallenge)
    .filter((challenge) => challenge !== undefined)
    .sort((a, b) => strengthOf(b) - strengthOf(a));
}

/** A server sends one header for each hash that it takes, the strongest first. */
export function formatChallenge({ hash, realm, nonce, stale }: NewChallenge): string {
  const end = stale ? ', stale=true' : '';
  return `Digest realm=${quote(realm)}, nonce=${quote(nonce)}, algorithm=${hash}, qop="auth"${end}`;
}

/** `SHA-256`, `MD5-sess` … as named in RFC 7616 §3.3; undefined for what is not known. */
export function parseAlgorithm(
  text: string,
): Pick<DigestChallenge, 'hash' | 'session'> | undefined {
  const name = text.trim().toUpperCase();
  const session = name.endsWith('-SESS');
  // Seen without the hyphen too: SHA256.
  const plain = name.replace(/-SESS$/, '').replace(/^SHA(?=\d)/, 'SHA-');
  const hash = (['MD5', 'SHA-256', 'SHA-512-256'] as const).find((each) => each === plain);
  return hash && { hash, session };
}

function readChallenge({ scheme, parameters }: AuthScheme): Challenge | undefined {
  const realm = parameters.get('realm') ?? '';
  if (scheme === 'basic') return { scheme: 'Basic', realm };
  const algorithm = parameters.get('algorithm');
  const known = parseAlgorithm(algorithm || 'MD5');
  const nonce = parameters.get('nonce');
  const qops = (parameters.get('qop') ?? '').toLowerCase().split(/[\s,]+/);
  const qop = qops.includes('auth');
  // `auth-int` alone would have the body hashed, which no camera was seen to ask for.
  const isAnswerable = qop || !qops.includes('auth-int');
  if (scheme !== 'digest' || !known || nonce === undefined || !isAnswerable) return undefined;
  const stale = parameters.get('stale')?.toLowerCase() === 'true';
  const opaque = parameters.get('opaque');
  return { scheme: 'Digest', ...known, algorithm, realm, nonce, opaque, qop, stale };
}

function strengthOf(challenge: Challenge): number {
  return STRENGTH.indexOf(challenge.scheme === 'Basic' ? 'Basic' : challenge.hash);
}
