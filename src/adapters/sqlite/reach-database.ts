// What SQLite says when it cannot, in words that help.

import { UnavailableError } from '#std/errors.ts';

/** Throws `UnavailableError` for whatever `action` throws. */
export function reachDatabase<Result>(
  path: string,
  what: 'read' | 'write',
  action: () => Result,
): Result {
  try {
    return action();
  } catch (error) {
    const reason = error instanceof Error && 'errstr' in error ? error.errstr : error;
    throw new UnavailableError(
      `Cannot ${what} the database ${JSON.stringify(path)}: ${reason}. Nothing was changed; see whether its disk is full.`,
      { cause: error },
    );
  }
}
