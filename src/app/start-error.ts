// What the terminal says when the server can't start: one line per problem, or a bug's stack.

import { InputError, UnavailableError } from '#std/errors.ts';

export function describeStartError(error: unknown): string {
  if (error instanceof InputError || error instanceof UnavailableError) return error.message;
  if (error instanceof Error) return `Unexpected error: ${error.stack ?? error.message}`;
  return `Unexpected error: ${String(error)}`;
}
