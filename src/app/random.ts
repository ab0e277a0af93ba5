// Randomness that nobody can guess.

import { randomBytes, randomInt, randomUUID } from 'node:crypto';

export function newId(): string {
  return randomUUID();
}

/** 12 letters, digits, - and _: short enough for a URL and for a log line. */
export function newWord(): string {
  return randomBytes(9).toString('base64url');
}

export function randomWord(): number {
  return randomInt(2 ** 32);
}
