// What is kept of the admin's password: argon2id (RFC 9106) in PHC's string format.

import { argon2, randomBytes, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import type { PasswordHasher } from '#core/access/admin-login.ts';

/** RFC 9106 §4, the second recommendation, with one lane: 64 MiB and 0.3 s for each guess. */
const MEMORY_KIB = 64 * 1_024;
const PASSES = 3;
const LANES = 1;
const SALT_BYTES = 16;
const HASH_BYTES = 32;

const PREFIX = `$argon2id$v=19$m=${MEMORY_KIB},t=${PASSES},p=${LANES}$`;

const derive = promisify(argon2);

export const passwordHasher: PasswordHasher = {
  hash: async (password) => {
    const salt = randomBytes(SALT_BYTES);
    return `${PREFIX}${formatBytes(salt)}$${formatBytes(await deriveHash(password, salt))}`;
  },

  verify: async (password, kept) => {
    if (!kept.startsWith(PREFIX)) return false;
    const [salt, hash] = kept.slice(PREFIX.length).split('$').map(parseBytes);
    if (salt?.length !== SALT_BYTES || hash?.length !== HASH_BYTES) return false;
    return timingSafeEqual(await deriveHash(password, salt), hash);
  },
};

function deriveHash(password: string, salt: Buffer): Promise<Buffer> {
  return derive('argon2id', {
    message: password,
    nonce: salt,
    memory: MEMORY_KIB,
    passes: PASSES,
    parallelism: LANES,
    tagLength: HASH_BYTES,
  });
}

/** Base 64 without padding. */
function formatBytes(bytes: Buffer): string {
  return bytes.toString('base64').replace(/=+$/, '');
}

function parseBytes(text: string): Buffer {
  return Buffer.from(text, 'base64');
}
