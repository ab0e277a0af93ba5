// A client's side of authentication on one camera: which challenge is answered, and when to stop.
//
//   401, not answered yet ───────────────▶ answer the strongest
//   401, stale, or the nonce worked before ▶ answer the new nonce, the same way
//   401, else: that way is rejected ──────▶ answer the next one, or stop

import { encodeBase64 } from '#media/sdp/base64.ts';
import { quote } from './auth-parameters.ts';
import { type Challenge, type DigestHash, parseChallenges } from './challenge.ts';
import { formatDigest } from './digest.ts';

interface Credentials {
  readonly username: string;
  readonly password: string;
}

interface AuthorizationOptions {
  readonly credentials: Credentials | undefined;
  readonly hash: DigestHash;
  /** The client's nonces: at least 64 bits as text. */
  readonly random: () => string;
}

export type Verdict =
  | 'again'
  /** The camera wants a user name and a password, and none are set. */
  | 'no-credentials'
  /** It asks for something else than Digest or Basic. */
  | 'unknown-scheme'
  | 'rejected';

/**
 * Some cameras lock the account after three wrong passwords, whatever the scheme. Two are for those
 * that name two hashes and take only one of them (go2rtc#2451).
 */
const MAX_REJECTED = 2;
/** In a row without an answer in between: a camera whose nonces are stale at once. */
const MAX_STALE = 2;

export class Authorization {
  readonly #options: AuthorizationOptions;
  readonly #rejected = new Set<string>();
  #challenge: Challenge | undefined;
  #count = 0;
  #hasWorked = false;
  #stale = 0;

  constructor(options: AuthorizationOptions) {
    this.#options = options;
  }

  /** The value of the Authorization header, once a challenge is known. */
  authorize(request: { readonly method: string; readonly uri: string }): string | undefined {
    const { credentials, hash, random } = this.#options;
    const challenge = this.#challenge;
    if (!challenge || !credentials) return undefined;
    if (challenge.scheme === 'Basic') {
      const pair = `${credentials.username}:${credentials.password}`;
      return `Basic ${encodeBase64(new TextEncoder().encode(pair))}`;
    }
    this.#count++;
    const answer = { ...request, ...credentials, count: this.#count, cnonce: random() };
    return formatDigest(challenge, answer, hash);
  }

  /** A request was answered with something else than 401. */
  accepted(): void {
    this.#hasWorked = this.#challenge !== undefined;
    this.#stale = 0;
  }

  /** A request was answered with 401 and these WWW-Authenticate headers. `was` is what it sent. */
  challenged(values: readonly string[], was: string | undefined): Verdict {
    const challenges = parseChallenges(values);
    if (!this.#options.credentials) return 'no-credentials';
    if (challenges.length === 0) return this.#challenge ? 'rejected' : 'unknown-scheme';
    const used = this.#challenge;
    if (used && was?.includes(markOf(used)) && !this.#renews(challenges, used)) {
      this.#rejected.add(wayOf(used));
    }
    const next = challenges.find((challenge) => !this.#rejected.has(wayOf(challenge)));
    if (!next || this.#rejected.size >= MAX_REJECTED) return 'rejected';
    this.#challenge = next;
    this.#count = 0;
    this.#hasWorked = false;
    return 'again';
  }

  /** Whether 401 only means that the nonce is too old. */
  #renews(challenges: readonly Challenge[], used: Challenge): boolean {
    const same = challenges.find((challenge) => wayOf(challenge) === wayOf(used));
    if (same?.scheme !== 'Digest' || this.#stale >= MAX_STALE) return false;
    if (!same.stale && !this.#hasWorked) return false;
    this.#stale++;
    return true;
  }
}

/** In an answer to this challenge, and in no answer to an earlier one that is still on its way. */
function markOf(challenge: Challenge): string {
  return challenge.scheme === 'Basic' ? 'Basic ' : `nonce=${quote(challenge.nonce)}`;
}

function wayOf(challenge: Challenge): string {
  return challenge.scheme === 'Basic' ? 'Basic' : `${challenge.hash} ${challenge.session}`;
}
