// Which handshakes are those of the server's own pages. Browsers send cookies along with the handshakes of
// any page; only its Origin tells which.

import type { IncomingMessage } from 'node:http';

/** Programs say no Origin. */
export function isOwnPage({ origin, host }: IncomingMessage['headers']): boolean {
  return origin === undefined || (URL.canParse(origin) && new URL(origin).host === host);
}
