// What pages of other sites may do by their visitors' browsers: watch and read, but not change
// anything (the Fetch standard, "HTTP-network-or-cache fetch" and "CORS protocol").

import type { FastifyReply, FastifyRequest } from 'fastify';
import { InputError } from '#std/errors.ts';

const PREFLIGHT_SECONDS = 86_400;

/** Which methods the pages of others may use, by the beginning of the path. */
const OPEN_PATHS = [
  { prefix: '/whep/', methods: ['POST', 'PATCH', 'DELETE', 'OPTIONS'] },
  { prefix: '/api/v1/', methods: ['GET', 'HEAD'] },
] as const;

/**
 * Adds the header lines with which a browser lets the script of another page see the answer. True if
 * the request only asked for that, and the answer is complete.
 */
export function openToPages(request: FastifyRequest, reply: FastifyReply): boolean {
  const open = OPEN_PATHS.find(({ prefix }) => request.url.startsWith(prefix));
  if (!open) return false;
  const methods: readonly string[] = open.methods;
  const asked = request.headers['access-control-request-method'];
  const isPreflight = request.method === 'OPTIONS' && asked !== undefined;
  if (!isPreflight && !methods.includes(request.method)) return false;
  reply.headers({
    'access-control-allow-origin': '*',
    'access-control-expose-headers':
      'Location, ETag, Link, Accept-Patch, Retry-After, X-Request-Id',
  });
  if (!isPreflight) return false;
  reply.code(204).headers({
    'access-control-allow-methods': methods.join(', '),
    'access-control-allow-headers': 'Authorization, Content-Type, If-Match',
    'access-control-max-age': PREFLIGHT_SECONDS,
  });
  return true;
}

/**
 * A change from another site's page is a trick, even with the right secret. Browsers say by
 * Sec-Fetch-Site where a request comes from, over plain HTTP only by Origin; programs say neither.
 */
export function refuseCrossSite({ headers }: FastifyRequest): void {
  const site = headers['sec-fetch-site'];
  if (site === undefined ? isOwnOrigin(headers) : site === 'same-origin' || site === 'none') return;
  throw new InputError(
    "This came from a page of another site, which may not change anything here. If it is the server's own page behind a proxy, let the proxy pass the Host header on.",
    { code: 'cross_site' },
  );
}

function isOwnOrigin({ origin, host }: FastifyRequest['headers']): boolean {
  return origin === undefined || (URL.canParse(origin) && new URL(origin).host === host);
}
