// Randomness that nobody can guess.

import { randomInt, randomUUID } from 'node:crypto';

export function newId(): string {
  return randomUUID();
}

export function randomWord(): number {
  return randomInt(2 ** 32);
}
