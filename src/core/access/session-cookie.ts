// The cookie of a session, as it is set and as it is sent back (RFC 6265bis §4).

import { SESSION_IDLE_MS } from './sessions.ts';

const NAME = 'yeoul_session';
/** 256 bits in base64url. */
const TOKEN = /^[A-Za-z0-9_-]{43}$/;
/**
 * Scripts do not see it, and browsers send it to nobody but this server's own pages. Cookies know no
 * ports: what else runs on this host gets it too, and is refused by its `Origin`.
 */
const RULES = 'HttpOnly; SameSite=Strict; Path=/';

interface CookieOptions {
  /** Whether it came, and goes, by TLS: from then on by nothing else. */
  readonly isSecure: boolean;
}

export function formatSessionCookie(token: string, { isSecure }: CookieOptions): string {
  return format(token, SESSION_IDLE_MS / 1_000, isSecure);
}

/** Takes it out of the browser. */
export function formatEndedCookie({ isSecure }: CookieOptions): string {
  return format('', 0, isSecure);
}

/** The token in a `Cookie` header line, undefined if there is none that could be ours. */
export function findSessionToken(cookies: string | undefined): string | undefined {
  for (const part of cookies?.split(';') ?? []) {
    const [name = '', value = ''] = part.split('=', 2);
    if (name.trim() === NAME && TOKEN.test(value.trim())) return value.trim();
  }
  return undefined;
}

function format(value: string, seconds: number, isSecure: boolean): string {
  return `${NAME}=${value}; ${RULES}; Max-Age=${seconds}${isSecure ? '; Secure' : ''}`;
}
