// Who may go on to a route: anybody, or who knows the admin secret (RFC 6750, RFC 7617).

import type { FastifyReply, FastifyRequest } from 'fastify';
import { InputError } from '#std/errors.ts';
import { refuseCrossSite } from './cross-site.ts';
import type { ApiServices } from './services.ts';

/** What a request does, and so what it needs. */
type Purpose = 'anything' | 'reading' | 'publishing' | 'changing';

declare module 'fastify' {
  interface FastifyContextConfig {
    /**
     * Without it, a route of the API that is read needs what reading needs, pages need nothing, and
     * everything else is a change.
     */
    readonly purpose?: Purpose;
  }
}

type AccessRules = ApiServices['access'];

/** Throws `admin_secret_needed`, `cross_site` or `too_many_attempts`. */
export function guard(access: AccessRules, request: FastifyRequest, reply: FastifyReply): void {
  const purpose = purposeOf(request);
  if (isOpen(access, purpose)) return;
  if (purpose !== 'reading') refuseCrossSite(request);
  if (knowsSecret(access, request)) return;
  // A "Basic" challenge would make browsers open a dialog of their own.
  reply.header('www-authenticate', 'Bearer realm="Yeoul"');
  throw new InputError(
    'This needs the admin secret, and it is missing or wrong. Send it as Authorization: Bearer <secret>; "npm start -- --reset-admin-secret" makes a new one.',
    { code: 'admin_secret_needed' },
  );
}

export function mayRead(access: AccessRules, request: FastifyRequest): boolean {
  return access.readOpen || knowsSecret(access, request);
}

/** Throws `too_many_attempts`. */
export function knowsSecret(access: AccessRules, request: FastifyRequest): boolean {
  const secret = readSecret(request.headers.authorization);
  if (secret === undefined) return false;
  const verdict = access.check(secret, request.ip);
  if (verdict !== 'blocked') return verdict === 'right';
  throw new InputError(
    'Too many wrong admin secrets came from your address. Wait some seconds, then send the right one.',
    { code: 'too_many_attempts' },
  );
}

function purposeOf({ routeOptions, method }: FastifyRequest): Purpose {
  const { config, url = '' } = routeOptions;
  if (config.purpose) return config.purpose;
  if (method !== 'GET' && method !== 'HEAD') return 'changing';
  return url.startsWith('/api/') ? 'reading' : 'anything';
}

function isOpen(access: AccessRules, purpose: Purpose): boolean {
  if (purpose === 'reading') return access.readOpen;
  if (purpose === 'publishing') return access.mayPublishOpen;
  return purpose === 'anything';
}

function readSecret(authorization: string | undefined): string | undefined {
  const [, scheme = '', text = ''] = /^(\w+) +(\S+) *$/.exec(authorization ?? '') ?? [];
  if (scheme.toLowerCase() === 'bearer') return text;
  if (scheme.toLowerCase() !== 'basic') return undefined;
  return /^admin:(.+)$/.exec(Buffer.from(text, 'base64').toString())?.[1];
}
