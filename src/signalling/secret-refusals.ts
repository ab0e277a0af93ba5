// What is said to who needs the admin secret and has not said the right one.

import type { SecretVerdict } from '#core/access/access.ts';
import { InputError } from '#std/errors.ts';

/** `what` begins the sentence: `Watching`. */
export function secretNeeded(what: string, remedy: string): InputError {
  return new InputError(`${what} needs the admin secret here. ${remedy}`, {
    code: 'admin_secret_needed',
  });
}

export function refusalOf(verdict: Exclude<SecretVerdict, 'right'>, what: string): InputError {
  if (verdict === 'wrong') return secretNeeded(what, 'This one is wrong.');
  return new InputError(
    'Too many wrong admin secrets came from your address. Wait some seconds, then send the right one.',
    { code: 'too_many_attempts' },
  );
}
