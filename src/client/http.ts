// The little of `fetch` that the client core needs, so that it runs in any runtime and in tests.

import { InputError, NotFoundError, UnavailableError } from '#std/errors.ts';

export interface HttpRequest {
  readonly method: string;
  readonly headers?: Record<string, string>;
  readonly body?: string;
  readonly signal?: AbortSignal;
  /** Let the request outlive the page. */
  readonly keepalive?: boolean;
}

interface HttpResponse {
  readonly status: number;
  readonly headers: { get(name: string): string | null };
  text(): Promise<string>;
}

export type Fetch = (url: string, request: HttpRequest) => Promise<HttpResponse>;

/** Longer explanations are not for people. */
const MAX_DETAIL_CHARS = 500;

/**
 * Sends a request. A refusal becomes the error its problem+json (RFC 9457) names, with its `code`:
 * 404 `NotFoundError`, other 4xx `InputError`, everything else `UnavailableError`.
 */
export async function request(fetch: Fetch, url: string, init: HttpRequest): Promise<HttpResponse> {
  let response: HttpResponse;
  try {
    response = await fetch(url, init);
  } catch (cause) {
    throw new UnavailableError('The server cannot be reached.', { code: 'unreachable', cause });
  }
  if (response.status >= 200 && response.status < 300) return response;
  throw problemError(response.status, await response.text().catch(() => ''));
}

function problemError(status: number, body: string): Error {
  const { code, detail } = readProblem(body);
  const message = detail ?? `The server answered with status ${status}.`;
  if (status === 404) return new NotFoundError(message, { code: code ?? 'not_found' });
  if (status >= 400 && status < 500 && status !== 408 && status !== 429) {
    return new InputError(message, { code: code ?? 'invalid_input' });
  }
  return new UnavailableError(message, { code: code ?? 'unavailable' });
}

function readProblem(body: string): { code: string | undefined; detail: string | undefined } {
  const problem = parseJson(body);
  if (typeof problem !== 'object' || problem === null)
    return { code: undefined, detail: undefined };
  const { code, detail } = problem as { code?: unknown; detail?: unknown };
  return {
    code: typeof code === 'string' ? code : undefined,
    detail: typeof detail === 'string' ? detail.slice(0, MAX_DETAIL_CHARS) : undefined,
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
