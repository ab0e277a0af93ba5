// Holds a request's parts against their zod schemas and says in words which part is wrong.

import type { FastifySchemaCompiler } from 'fastify';
import type { z } from 'zod';
import { InputError } from '#std/errors.ts';

/** What people call the parts; the one that is not here is the body. */
const partNames: Readonly<Record<string, string>> = {
  params: 'path',
  querystring: 'query',
  headers: 'header',
};

export const compileValidator: FastifySchemaCompiler<z.ZodType> =
  ({ schema, httpPart }) =>
  (data) => {
    const result = schema.safeParse(data);
    if (result.success) return { value: result.data };
    const part = partNames[httpPart ?? ''] ?? 'body';
    return { error: new InputError(describe(result.error, part)) };
  };

function describe(error: z.ZodError, part: string): string {
  const [issue] = error.issues;
  const field = issue?.path.length ? `"${issue.path.join('.')}" of the ${part}` : `The ${part}`;
  return `${field} cannot be used: ${issue?.message ?? 'it has the wrong shape'}. See /docs for what is expected.`;
}
