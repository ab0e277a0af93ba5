// The admin secret: how one is made, and what is kept to check it against. It is never kept itself.

import type { SettingsStore } from '#core/ports/settings-store.ts';
import type { HashAlgorithm } from '#media/rtsp/challenge.ts';

/** 160 bits: 32 characters. Nobody tries all of them, so a plain hash keeps it as well as a slow one. */
export const SECRET_BYTES = 20;
/** Crockford's base 32, without i, l, o and u: it is typed into VLC and read out on the phone. */
const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';
const GROUP_LENGTH = 4;

const USER = 'admin';
const REALM = 'Yeoul';

/** In hexadecimal. */
export type Hash = (algorithm: HashAlgorithm, text: string) => string;

export interface SecretDigests {
  readonly sha256: string;
  /** H(admin:Yeoul:secret), which Digest authentication (RFC 7616) needs. */
  readonly ha1: Readonly<Record<'MD5' | 'SHA-256', string>>;
}

/** `7f2k-…`: eight groups of four. */
export function formatSecret(random: Uint8Array): string {
  const bits = Array.from(random, (byte) => byte.toString(2).padStart(8, '0')).join('');
  const digits = bits.match(/.{5}/g) ?? [];
  const text = digits.map((five) => ALPHABET[Number.parseInt(five, 2)]).join('');
  return text.match(RegExp(`.{${GROUP_LENGTH}}`, 'g'))?.join('-') ?? '';
}

export function digestSecret(secret: string, hash: Hash): SecretDigests {
  const login = `${USER}:${REALM}:${secret}`;
  return {
    sha256: hash('SHA-256', secret),
    ha1: { MD5: hash('MD5', login), 'SHA-256': hash('SHA-256', login) },
  };
}

/** Undefined for other users and realms, and for what no digest was kept for. */
export function findHa1(
  { ha1 }: SecretDigests,
  algorithm: HashAlgorithm,
  login: { readonly username: string; readonly realm: string },
): string | undefined {
  if (login.username !== USER || login.realm !== REALM) return undefined;
  return algorithm === 'SHA-512-256' ? undefined : ha1[algorithm];
}

const KEYS = {
  sha256: 'admin_secret_sha256',
  md5: 'admin_ha1_md5',
  ha1: 'admin_ha1_sha256',
} as const;

export function saveDigests(store: SettingsStore, { sha256, ha1 }: SecretDigests): void {
  store.saveValues({
    [KEYS.sha256]: sha256,
    [KEYS.md5]: ha1.MD5,
    [KEYS.ha1]: ha1['SHA-256'],
  });
}

/** Undefined if no secret has been made yet. */
export function loadDigests(store: SettingsStore): SecretDigests | undefined {
  const sha256 = store.value(KEYS.sha256);
  const md5 = store.value(KEYS.md5);
  const ha1 = store.value(KEYS.ha1);
  if (sha256 === undefined || md5 === undefined || ha1 === undefined) return undefined;
  return { sha256, ha1: { MD5: md5, 'SHA-256': ha1 } };
}
