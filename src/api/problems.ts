// The one function that turns any error into a problem (RFC 9457), and the one that sends it.

import type { FastifyReply } from 'fastify';
import { type Problem, type ProblemCode, problemStatus, problemTitle } from '#contract/problem.ts';
import {
  ClosedError,
  InputError,
  NotFoundError,
  TimeoutError,
  UnavailableError,
} from '#std/errors.ts';
import {
  MAX_BODY_BYTES,
  MAX_PARAM_LENGTH,
  MAX_REPORT_BYTES,
  RETRY_AFTER_SECONDS,
} from './limits.ts';

declare module 'fastify' {
  interface FastifyReply {
    /** Set where the answer is a problem, so that the request can be counted by it. */
    problem: ProblemCode | undefined;
  }
}

type Cause = readonly [code: ProblemCode, detail: string];

/** Errors that the HTTP framework finds before our code sees the request. */
const frameworkCauses: Readonly<Record<string, Cause>> = {
  FST_ERR_CTP_INVALID_JSON_BODY: [
    'invalid_json',
    'The body is not valid JSON. Send one complete JSON value, in UTF-8.',
  ],
  FST_ERR_CTP_EMPTY_JSON_BODY: [
    'invalid_json',
    'The body is empty, but Content-Type says application/json. Send a JSON value, or leave the header out.',
  ],
  FST_ERR_CTP_BODY_TOO_LARGE: [
    'too_large',
    `The body is larger than ${MAX_BODY_BYTES / 1024} KiB, or a report than ${MAX_REPORT_BYTES / 1024} KiB. Send a smaller one.`,
  ],
  FST_ERR_CTP_INVALID_MEDIA_TYPE: [
    'unsupported_media_type',
    'The body has a Content-Type that is not taken here. See /docs for the one that is.',
  ],
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: [
    'invalid_input',
    'The body is not as long as Content-Length says. Send all of it.',
  ],
  FST_ERR_BAD_URL: [
    'invalid_input',
    'The path is not valid percent-encoding. Encode "%" itself as %25.',
  ],
  FST_ERR_MAX_PARAM_LENGTH: [
    'uri_too_long',
    `A part of the path is longer than ${MAX_PARAM_LENGTH} characters. Ids have at most 64.`,
  ],
};

const internal: Cause = [
  'internal',
  'The server has made a mistake; its log has the details under the id in X-Request-Id. Trying again may help.',
];

export function toProblem(error: unknown): Problem & { code: ProblemCode } {
  const [code, detail] = causeOf(error);
  return {
    type: `/docs#problem-${code}`,
    title: problemTitle[code],
    status: problemStatus[code],
    code,
    detail,
  };
}

export function sendProblem(reply: FastifyReply, error: unknown): FastifyReply {
  const problem = toProblem(error);
  reply.problem = problem.code;
  if (problem.status === 503 || problem.status === 429)
    reply.header('retry-after', RETRY_AFTER_SECONDS);
  return reply.code(problem.status).type('application/problem+json').send(JSON.stringify(problem));
}

function causeOf(error: unknown): Cause {
  if (error instanceof InputError) return [inputCode(error), error.message];
  if (error instanceof UnavailableError) {
    return [knownCode(error.code, 'unavailable'), error.message];
  }
  if (error instanceof ClosedError) return ['closing', error.message];
  if (error instanceof TimeoutError) return ['unavailable', error.message];
  return frameworkCause(error) ?? internal;
}

/** `invalid_input` is what an error has that was given no code. */
function inputCode(error: InputError): ProblemCode {
  const code = knownCode(error.code, 'invalid_input');
  return code === 'invalid_input' && error instanceof NotFoundError ? 'not_found' : code;
}

function knownCode(code: string, otherwise: ProblemCode): ProblemCode {
  return Object.hasOwn(problemStatus, code) ? (code as ProblemCode) : otherwise;
}

/** Of other libraries' errors only the code and the status are believed; the text might leak. */
function frameworkCause(error: unknown): Cause | undefined {
  if (!(error instanceof Error)) return undefined;
  const { code, statusCode } = error as { code?: unknown; statusCode?: unknown };
  const known = typeof code === 'string' ? frameworkCauses[code] : undefined;
  if (known) return known;
  if (statusCode === 404 || statusCode === 403)
    return ['not_found', 'There is no such file. See /docs for what there is.'];
  const isTheirs = typeof statusCode === 'number' && statusCode >= 400 && statusCode < 500;
  return isTheirs
    ? ['invalid_input', 'The request could not be read to its end. Send it again.']
    : undefined;
}
