// Whether who sends a request knows the password: Digest with SHA-256 or MD5 (RFC 7616), one
// connection's worth.

import { createHash, randomBytes } from 'node:crypto';
import { type DigestHash, formatChallenge, type HashAlgorithm } from '#media/rtsp/challenge.ts';
import { isDigestRight, parseDigest } from '#media/rtsp/digest.ts';
import { DigestNonces } from '#media/rtsp/digest-nonces.ts';
import { header, type RtspHeader, type RtspRequest } from '#media/rtsp/message.ts';
import type { RtspAccess } from './options.ts';

type LoginVerdict = 'right' | 'missing' | 'stale' | 'wrong';

const REALM = 'Yeoul';
/** The strongest first; ffmpeg 5 and many recorders know only MD5. */
const HASHES: readonly HashAlgorithm[] = ['SHA-256', 'MD5'];
const HASH_NAMES = { MD5: 'md5', 'SHA-256': 'sha256', 'SHA-512-256': 'sha512-256' } as const;
const NONCE_BYTES = 16;

const hash: DigestHash = (algorithm, text) =>
  createHash(HASH_NAMES[algorithm]).update(text).digest('hex');

export class LoginCheck {
  readonly #access: RtspAccess;
  readonly #nonces = new DigestNonces(randomText);

  constructor(access: RtspAccess) {
    this.#access = access;
  }

  judge(request: RtspRequest, nowMs: number): LoginVerdict {
    const authorization = parseDigest(header(request, 'Authorization') ?? '');
    if (!authorization || authorization.realm !== REALM) return 'missing';
    const { username, nonce, count } = authorization;
    // An unknown user takes as long as a wrong password.
    const ha1 = this.#access.ha1(authorization.hash, username, REALM) ?? randomText();
    const { method, uri } = request;
    if (!isDigestRight(authorization, { method, uri, ha1 }, hash)) return 'wrong';
    return this.#nonces.use(nonce, count, nowMs) === 'good' ? 'right' : 'stale';
  }

  challenges(verdict: LoginVerdict, nowMs: number): RtspHeader[] {
    const nonce = this.#nonces.issue(nowMs);
    const stale = verdict === 'stale';
    return HASHES.map((each) => [
      'WWW-Authenticate',
      formatChallenge({ hash: each, realm: REALM, nonce, stale }),
    ]);
  }
}

function randomText(): string {
  return randomBytes(NONCE_BYTES).toString('hex');
}
