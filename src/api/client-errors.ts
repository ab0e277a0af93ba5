// Answers to what is not a whole HTTP request: broken lines, endless headers, a client that stalls.

import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { InputError } from '#std/errors.ts';
import { commonHeaders } from './common-headers.ts';
import { REQUEST_TIMEOUT_MS } from './limits.ts';
import { toProblem } from './problems.ts';

const causes: Readonly<Record<string, InputError>> = {
  ERR_HTTP_REQUEST_TIMEOUT: new InputError(
    `The request did not arrive whole within ${REQUEST_TIMEOUT_MS / 1000} s. Send it without pauses.`,
    { code: 'request_timeout' },
  ),
  HPE_HEADER_OVERFLOW: new InputError(
    'The header lines are larger than 16 KiB. Send fewer cookies and a shorter address.',
    { code: 'headers_too_large' },
  ),
};

const notHttp = new InputError('This is not a valid HTTP/1.1 request. Is it meant for this port?');

/** Returns the problem that was answered, or undefined if nobody is there to read it. */
export function answerClientError(
  error: Error & { code?: string },
  socket: Socket,
): ReturnType<typeof toProblem> | undefined {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return undefined;
  }
  const problem = toProblem(causes[error.code ?? ''] ?? notHttp);
  socket.end(formatAnswer(problem), () => socket.destroy());
  return problem;
}

function formatAnswer(problem: ReturnType<typeof toProblem>): string {
  const body = JSON.stringify(problem);
  const headers = {
    ...commonHeaders,
    'content-type': 'application/problem+json',
    'content-length': String(body.length),
    connection: 'close',
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  const status = `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status]}`;
  return [status, ...lines, '', body].join('\r\n');
}
