// The problems of a route, for the OpenAPI document: one response for each status, with its codes.

import { z } from 'zod';
import { type ProblemCode, problem, problemStatus, problemTitle } from '#contract/problem.ts';

interface ProblemResponse {
  readonly description: string;
  readonly content: Readonly<Record<'application/problem+json', { schema: z.ZodType }>>;
}

/** What any route may answer. */
const everywhere = ['uri_too_long', 'internal', 'closing'] as const satisfies ProblemCode[];

/** What may be answered where reading is closed, besides. */
export const READING = [
  'admin_secret_needed',
  'too_many_attempts',
] as const satisfies ProblemCode[];
export const CHANGING = [...READING, 'cross_site'] as const satisfies ProblemCode[];

/** Of operations that take a JSON body. */
export const BODY = [
  'invalid_input',
  'invalid_json',
  'too_large',
  'unsupported_media_type',
] as const satisfies ProblemCode[];

/** For operations that always need the admin secret, or a login. */
export const needsSecret = { security: [{ adminSecret: [] }, { session: [] }] };

export function problemResponses(...codes: ProblemCode[]): Record<number, ProblemResponse> {
  const byStatus = new Map<number, ProblemCode[]>();
  for (const code of [...codes, ...everywhere]) {
    const status = problemStatus[code];
    byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
  }
  return Object.fromEntries([...byStatus].map(([status, some]) => [status, describe(some)]));
}

function describe(codes: readonly ProblemCode[]): ProblemResponse {
  return {
    description: codes.map((code) => `\`${code}\`: ${problemTitle[code]}`).join('\n\n'),
    content: {
      'application/problem+json': {
        schema: z.intersection(problem, z.object({ code: z.enum(codes) })),
      },
    },
  };
}
