// What is wrong with a configuration, all of it at once, as one error for people.

import { InputError } from '#std/errors.ts';

/** More than this at once is another kind of file. */
const MAX_PROBLEMS = 20;

export interface Problem {
  /** `yeoul.yaml:3:3` or `YEOUL_SERVER_HTTP_PORT` */
  readonly where: string;
  readonly message: string;
}

export function configError(problems: readonly Problem[]): InputError {
  const lines = new Set(problems.map(({ where, message }) => `${where}: ${message}`));
  const shown = [...lines].slice(0, MAX_PROBLEMS);
  if (lines.size > shown.length) shown.push(`… and ${lines.size - shown.length} more problems.`);
  return new InputError(shown.join('\n'), { code: 'invalid_config' });
}
