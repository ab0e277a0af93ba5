// Why a port could not be opened, in one line that says which setting to change.

import { UnavailableError } from '#std/errors.ts';

interface ListenTarget {
  readonly host: string;
  readonly port: number;
  /** `server.http_port` */
  readonly portKey: string;
  /** `server.host` */
  readonly hostKey: string;
}

/** Maps what `listen` or `bind` threw; the original stays as `cause`. */
export function toListenError(error: unknown, target: ListenTarget): UnavailableError {
  const systemCode = error instanceof Error && 'code' in error ? String(error.code) : undefined;
  const { code, reason } = explain(systemCode, target);
  const message = `Cannot listen on ${formatAddress(target)}: ${reason}`;
  return new UnavailableError(message, { code, cause: error });
}

function explain(systemCode: string | undefined, target: ListenTarget) {
  const { portKey, hostKey } = target;
  switch (systemCode) {
    case 'EADDRINUSE':
      return {
        code: 'port_taken',
        reason: `the port is taken. Set ${portKey} to another one, or end the program that has it.`,
      };
    case 'EACCES':
      return {
        code: 'port_forbidden',
        reason: `not permitted. Ports below 1024 are the administrator's: set ${portKey} to a higher one.`,
      };
    case 'EADDRNOTAVAIL':
    case 'EAFNOSUPPORT':
      return {
        code: 'host_not_ours',
        reason: `this machine does not have that address. Set ${hostKey} to 0.0.0.0 for all of its addresses.`,
      };
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return {
        code: 'host_unknown',
        reason: `nobody knows that host name. Set ${hostKey} to an address, or to 0.0.0.0.`,
      };
    default:
      return {
        code: 'cannot_listen',
        reason: `${systemCode ?? 'unknown reason'}. See ${hostKey} and ${portKey}.`,
      };
  }
}

/** IPv6 addresses in brackets (RFC 3986 §3.2.2). */
function formatAddress({ host, port }: ListenTarget): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}
