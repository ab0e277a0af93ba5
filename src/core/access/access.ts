// Who may do what: reading and publishing are open or need the admin secret, changes always do.

import type { HashAlgorithm } from '#media/rtsp/challenge.ts';
import type { Clock } from '#std/clock.ts';
import { findHa1, type Hash, type SecretDigests } from './admin-secret.ts';
import { WrongTries } from './wrong-tries.ts';

interface AccessOptions {
  readonly read: 'open' | 'admin';
  readonly publish: 'open' | 'admin';
  readonly digests: SecretDigests;
  readonly clock: Clock;
  readonly hash: Hash;
  /** Takes as long for any two texts of one length. */
  readonly isEqual: (one: string, other: string) => boolean;
}

/** `blocked`: this address has been wrong too often; what it says now is not looked at. */
export type SecretVerdict = 'right' | 'wrong' | 'blocked';

export class Access {
  readonly #options: AccessOptions;
  readonly #wrongTries = new WrongTries();

  constructor(options: AccessOptions) {
    this.#options = options;
  }

  get readOpen(): boolean {
    return this.#options.read === 'open';
  }

  get mayPublishOpen(): boolean {
    return this.#options.publish === 'open';
  }

  /** `remote` is the address without the port. */
  check(secret: string, remote: string): SecretVerdict {
    if (this.isBlocked(remote)) return 'blocked';
    if (this.isSecret(secret)) return 'right';
    this.countWrong(remote);
    return 'wrong';
  }

  /** For whoever counts wrong tries by himself. */
  isSecret(text: string): boolean {
    const { hash, isEqual, digests } = this.#options;
    return isEqual(hash('SHA-256', text), digests.sha256);
  }

  /** Whether this address has been wrong too often, by whatever protocol. */
  isBlocked(remote: string): boolean {
    return this.#wrongTries.isBlocked(remote, this.#options.clock.nowMs());
  }

  /** A login by another way than `check` was wrong. */
  countWrong(remote: string): void {
    this.#wrongTries.count(remote, this.#options.clock.nowMs());
  }

  /** For Digest authentication; undefined if there is no such user. */
  ha1(algorithm: HashAlgorithm, username: string, realm: string): string | undefined {
    return findHa1(this.#options.digests, algorithm, { username, realm });
  }
}
