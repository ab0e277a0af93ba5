// Who may go on to a route: anybody, or the admin, by secret (RFC 6750, RFC 7617) or by session.

import type { FastifyReply, FastifyRequest } from 'fastify';
import { findSessionToken, formatSessionCookie } from '#core/access/session-cookie.ts';
import { InputError } from '#std/errors.ts';
import { refuseCrossSite } from './cross-site.ts';
import type { ApiServices } from './services.ts';

/** What a request does, and so what it needs. Listening needs no secret, but no page of another site may. */
type Purpose = 'anything' | 'listening' | 'reading' | 'publishing' | 'changing';

declare module 'fastify' {
  interface FastifyContextConfig {
    /**
     * Without it, a route of the API that is read needs what reading needs, pages need nothing, and
     * everything else is a change.
     */
    readonly purpose?: Purpose;
  }
}

/** What says who the admin is. */
type AdminRules = Pick<ApiServices, 'access' | 'sessions'>;

/** Throws `admin_secret_needed`, `cross_site` or `too_many_attempts`. */
export function guard(rules: AdminRules, request: FastifyRequest, reply: FastifyReply): void {
  const purpose = purposeOf(request);
  if (purpose === 'listening') refuseCrossSite(request);
  if (isOpen(rules.access, purpose)) return;
  if (purpose !== 'reading') refuseCrossSite(request);
  if (isAdmin(rules, request, reply)) return;
  // A "Basic" challenge would make browsers open a dialog of their own.
  reply.header('www-authenticate', 'Bearer realm="Yeoul"');
  throw new InputError(
    'This needs the admin secret, and it is missing or wrong. Send it as Authorization: Bearer <secret>, or log in; "npm start -- --reset-admin-secret" makes a new one.',
    { code: 'admin_secret_needed' },
  );
}

export function mayRead(rules: AdminRules, request: FastifyRequest, reply: FastifyReply): boolean {
  return rules.access.readOpen || isAdmin(rules, request, reply);
}

/** A secret that was sent counts, right or wrong; without one, the session. Throws `too_many_attempts`. */
export function isAdmin(rules: AdminRules, request: FastifyRequest, reply: FastifyReply): boolean {
  const secret = readSecret(request);
  if (secret === undefined) return hasSession(rules, request, reply);
  const verdict = rules.access.check(secret, request.ip);
  if (verdict !== 'blocked') return verdict === 'right';
  throw new InputError(
    'Too many wrong admin secrets came from your address. Wait some seconds, then send the right one.',
    { code: 'too_many_attempts' },
  );
}

/** What was sent as authorization, if it is of a kind that a secret is sent by. */
export function readSecret({ headers }: FastifyRequest): string | undefined {
  const [, scheme = '', text = ''] = /^(\w+) +(\S+) *$/.exec(headers.authorization ?? '') ?? [];
  if (scheme.toLowerCase() === 'bearer') return text;
  if (scheme.toLowerCase() !== 'basic') return undefined;
  return /^admin:(.+)$/.exec(Buffer.from(text, 'base64').toString())?.[1];
}

/** Or again, so that the browser keeps it while it is used. */
export function sendSession(token: string, request: FastifyRequest, reply: FastifyReply): void {
  const isSecure = request.protocol === 'https';
  reply.header('set-cookie', formatSessionCookie(token, { isSecure }));
}

function hasSession({ sessions }: AdminRules, request: FastifyRequest, reply: FastifyReply) {
  const token = findSessionToken(request.headers.cookie);
  if (token === undefined) return false;
  const verdict = sessions.use(token);
  if (verdict === 'renew') sendSession(token, request, reply);
  return verdict !== 'unknown';
}

function purposeOf({ routeOptions, method }: FastifyRequest): Purpose {
  const { config, url = '' } = routeOptions;
  if (config.purpose) return config.purpose;
  if (method !== 'GET' && method !== 'HEAD') return 'changing';
  return url.startsWith('/api/') ? 'reading' : 'anything';
}

function isOpen(access: AdminRules['access'], purpose: Purpose): boolean {
  if (purpose === 'reading') return access.readOpen;
  if (purpose === 'publishing') return access.mayPublishOpen;
  return purpose === 'anything' || purpose === 'listening';
}
