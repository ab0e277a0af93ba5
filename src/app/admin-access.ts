// The admin secret at the start: the configured one, the one that was made before, or a new one.

import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { Access } from '#core/access/access.ts';
import { AdminLogin, forgetPassword } from '#core/access/admin-login.ts';
import {
  digestSecret,
  formatSecret,
  type Hash,
  loadDigests,
  SECRET_BYTES,
  type SecretDigests,
  saveDigests,
} from '#core/access/admin-secret.ts';
import { Sessions } from '#core/access/sessions.ts';
import type { Log } from '#core/ports/log.ts';
import type { SettingsStore } from '#core/ports/settings-store.ts';
import type { Clock } from '#std/clock.ts';
import { StateError } from '#std/errors.ts';
import type { AccessConfig } from './config/config.ts';
import { passwordHasher } from './password-hasher.ts';

interface AdminAccessOptions {
  readonly config: AccessConfig;
  readonly store: SettingsStore;
  readonly clock: Clock;
  /** To the console and nowhere else: it may be the secret. */
  readonly show: (message: string) => void;
}

/** What nobody guesses, for as long as a session lasts and longer. */
const TOKEN_BYTES = 32;

const HASHES = { MD5: 'md5', 'SHA-256': 'sha256', 'SHA-512-256': 'sha512-256' } as const;

const hash: Hash = (algorithm, text) => createHash(HASHES[algorithm]).update(text).digest('hex');

export function createAccess({ config, store, clock, show }: AdminAccessOptions): Access {
  const { read, publish, adminSecret } = config;
  const digests =
    adminSecret === null
      ? (loadDigests(store) ?? makeSecret(store, show))
      : digestSecret(adminSecret, hash);
  return new Access({ read, publish, digests, clock, hash, isEqual });
}

interface AdminLoginParts {
  readonly access: Access;
  readonly store: SettingsStore;
  readonly clock: Clock;
  readonly log: Log;
}

export function createAdminLogin({ access, store, clock, log }: AdminLoginParts): AdminLogin {
  const newToken = () => randomBytes(TOKEN_BYTES).toString('base64url');
  const sessions = new Sessions({ clock, hash, newToken });
  return new AdminLogin({ access, sessions, store, hasher: passwordHasher, log });
}

/** Makes a new secret in the place of the one that was made before, and forgets the password. */
export function resetAdminSecret({ config, store, show }: Omit<AdminAccessOptions, 'clock'>): void {
  if (config.adminSecret !== null) {
    throw new StateError(
      'The admin secret is set in the configuration. Change access.admin_secret there, or take it out to have one made.',
    );
  }
  forgetPassword(store);
  makeSecret(store, show);
}

function makeSecret(store: SettingsStore, show: (message: string) => void): SecretDigests {
  const secret = formatSecret(randomBytes(SECRET_BYTES));
  const digests = digestSecret(secret, hash);
  saveDigests(store, digests);
  show(`Admin secret: ${secret}  Keep it: it is shown only now.`);
  return digests;
}

function isEqual(one: string, other: string): boolean {
  return one.length === other.length && timingSafeEqual(Buffer.from(one), Buffer.from(other));
}
