// Logging in as the admin, and the password for it.

import { z } from 'zod';

/** Ten that nobody guesses in the two tries a second that the server takes of all together. */
const MIN_PASSWORD_CHARACTERS = 10;
/** A sentence; and no work for the hash. */
const MAX_PASSWORD_CHARACTERS = 256;

const GIVEN = `must be text of 1 to ${MAX_PASSWORD_CHARACTERS} characters`;
const given = z
  .string({ error: GIVEN })
  .min(1, { error: GIVEN })
  .max(MAX_PASSWORD_CHARACTERS, { error: GIVEN });

const CHOSEN = `must be text of ${MIN_PASSWORD_CHARACTERS} to ${MAX_PASSWORD_CHARACTERS} characters`;
const chosen = z
  .string({ error: CHOSEN })
  .min(MIN_PASSWORD_CHARACTERS, { error: CHOSEN })
  .max(MAX_PASSWORD_CHARACTERS, { error: CHOSEN });

export const login = z.strictObject({ password: given.describe('Or the admin secret.') });

export const passwordChange = z.strictObject({
  current: given
    .optional()
    .describe('Needed where a password is set and the admin secret is not sent as authorization.'),
  password: chosen,
});

export const sessionView = z
  .object({
    admin: z.boolean().describe('Whether this request had a session, or the admin secret.'),
    password_set: z.boolean().describe('Until then only the admin secret is taken.'),
  })
  .meta({ id: 'Session' });

export type SessionView = z.infer<typeof sessionView>;
