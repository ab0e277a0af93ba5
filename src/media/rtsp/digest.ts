// Digest authentication: the Authorization header and its check (RFC 7616 §3.4, RFC 2617).
//
//   HA1 = H(user:realm:password)            -sess: H(HA1:nonce:cnonce)
//   HA2 = H(method:uri)
//   response = H(HA1:nonce:nc:cnonce:auth:HA2)   without qop: H(HA1:nonce:HA2)

import { parseAuthSchemes, quote } from './auth-parameters.ts';
import { type DigestChallenge, type DigestHash, parseAlgorithm } from './challenge.ts';

interface DigestRequest {
  readonly method: string;
  /** As in the request line. */
  readonly uri: string;
}

interface DigestAnswer extends DigestRequest {
  readonly username: string;
  readonly password: string;
  /** How often this nonce has been used, from 1. */
  readonly count: number;
  /** The client's own random text. */
  readonly cnonce: string;
}

interface DigestAuthorization {
  readonly hash: DigestChallenge['hash'];
  readonly session: boolean;
  readonly username: string;
  readonly realm: string;
  readonly nonce: string;
  readonly uri: string;
  readonly response: string;
  /** Undefined without qop. */
  readonly count: number | undefined;
  readonly countText: string;
  readonly cnonce: string;
}

const NO_URI = /^[a-z]+:\/\/[^/]*/i;

/** The value of an Authorization header. */
export function formatDigest(
  challenge: DigestChallenge,
  answer: DigestAnswer,
  hash: DigestHash,
): string {
  const { realm, nonce, opaque, algorithm, qop } = challenge;
  const countText = answer.count.toString(16).padStart(8, '0');
  const secret = `${answer.username}:${realm}:${answer.password}`;
  const response = respond(
    {
      ...challenge,
      ...answer,
      ha1: hash(challenge.hash, secret),
      countText: qop ? countText : undefined,
    },
    hash,
  );
  return `Digest ${[
    `username=${quote(answer.username)}`,
    `realm=${quote(realm)}`,
    `nonce=${quote(nonce)}`,
    `uri=${quote(answer.uri)}`,
    `response="${response}"`,
    ...(algorithm === undefined ? [] : [`algorithm=${algorithm}`]),
    ...(opaque === undefined ? [] : [`opaque=${quote(opaque)}`]),
    ...(qop ? ['qop=auth', `nc=${countText}`] : []),
    ...(qop || challenge.session ? [`cnonce=${quote(answer.cnonce)}`] : []),
  ].join(', ')}`;
}

/** Undefined if it is no Digest answer that can be checked. */
export function parseDigest(value: string): DigestAuthorization | undefined {
  const { parameters } = parseAuthSchemes(value).find(({ scheme }) => scheme === 'digest') ?? {};
  const known = parseAlgorithm(parameters?.get('algorithm') || 'MD5');
  if (!parameters || !known) return undefined;
  const read = (name: string) => parameters.get(name) ?? '';
  const countText = read('nc');
  const hasCount = read('qop').toLowerCase() === 'auth';
  if (hasCount && !/^[0-9a-f]{8}$/i.test(countText)) return undefined;
  return {
    ...known,
    username: read('username'),
    realm: read('realm'),
    nonce: read('nonce'),
    uri: read('uri'),
    response: read('response').toLowerCase(),
    count: hasCount ? Number.parseInt(countText, 16) : undefined,
    countText,
    cnonce: read('cnonce'),
  };
}

/** Whether the answer was made with this HA1, for this request. Nonces are checked elsewhere. */
export function isDigestRight(
  authorization: DigestAuthorization,
  request: DigestRequest & { readonly ha1: string },
  hash: DigestHash,
): boolean {
  const { uri, count, countText, response } = authorization;
  if (!covers(uri, request.uri)) return false;
  const wanted = respond(
    {
      ...authorization,
      method: request.method,
      ha1: request.ha1,
      countText: count === undefined ? undefined : countText,
    },
    hash,
  );
  return isSame(wanted, response);
}

function respond(
  of: Pick<DigestChallenge, 'hash' | 'session' | 'nonce'> &
    DigestRequest & { ha1: string; cnonce: string; countText: string | undefined },
  hash: DigestHash,
): string {
  const { nonce, cnonce, countText } = of;
  const ha1 = of.session ? hash(of.hash, `${of.ha1}:${nonce}:${cnonce}`) : of.ha1;
  const ha2 = hash(of.hash, `${of.method}:${of.uri}`);
  const middle = countText === undefined ? nonce : `${nonce}:${countText}:${cnonce}:auth`;
  return hash(of.hash, `${ha1}:${middle}:${ha2}`);
}

/**
 * Clients write the path without its host, or that of the session for each track (gortsplib#1118):
 * right if the request's path begins with it.
 */
function covers(uri: string, requested: string): boolean {
  const path = uri.replace(NO_URI, '').replace(/\/$/, '');
  const wanted = requested.replace(NO_URI, '');
  return wanted === path || wanted.startsWith(`${path}/`);
}

/** Takes as long for a wrong answer as for a right one. */
function isSame(wanted: string, given: string): boolean {
  let difference = wanted.length ^ given.length;
  for (let at = 0; at < wanted.length; at++) {
    difference |= wanted.charCodeAt(at) ^ given.charCodeAt(at);
  }
  return difference === 0;
}
