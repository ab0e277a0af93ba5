// Errors as a viewer is told them: with the codes of the HTTP API's problems.

import { problemStatus } from '#contract/problem.ts';
import type { ServerMessage } from '#contract/signalling.ts';
import { ClosedError, InputError, TimeoutError, UnavailableError } from '#std/errors.ts';

/** Undefined for what is our own mistake. */
export function errorMessage(
  error: unknown,
): Extract<ServerMessage, { type: 'error' }> | undefined {
  if (!(error instanceof Error)) return undefined;
  const code = codeOf(error);
  return code === undefined ? undefined : { type: 'error', code, message: error.message };
}

function codeOf(error: Error): string | undefined {
  if (error instanceof InputError) return known(error.code) ?? 'invalid_input';
  if (error instanceof UnavailableError) return known(error.code) ?? 'unavailable';
  if (error instanceof ClosedError) return 'closing';
  return error instanceof TimeoutError ? 'unavailable' : undefined;
}

function known(code: string): string | undefined {
  return Object.hasOwn(problemStatus, code) ? code : undefined;
}
