// Randomness that nobody can guess: who knows a viewer's id may close its session.

import { randomInt, randomUUID } from 'node:crypto';

export function newViewerId(): string {
  return randomUUID();
}

export function randomWord(): number {
  return randomInt(2 ** 32);
}
