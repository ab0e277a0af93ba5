// ICE servers as `Link` header values (RFC 8288 §3, RFC 9725 §4.6).

import type { IceServer } from '#contract/ice-server.ts';
import { InputError } from '#std/errors.ts';

/** Throws for what no header can carry, so that a wrong configuration shows at the start. */
export function formatIceLinks(servers: readonly IceServer[]): string[] {
  return servers.map(formatIceLink);
}

function formatIceLink(server: IceServer): string {
  if (!/^(stun|turns?):[\x21-\x3b\x3d\x3f-\x7e]+$/.test(server.url)) {
    throw new InputError(
      `ICE server "${server.url}" is not an address like stun:host:port or turn:host:port?transport=udp.`,
      { code: 'invalid_ice_server' },
    );
  }
  const link = `<${server.url}>; rel="ice-server"`;
  if (server.username === undefined || server.credential === undefined) return link;
  const username = quote(server.username, server.url);
  const credential = quote(server.credential, server.url);
  return `${link}; username=${username}; credential=${credential}; credential-type="password"`;
}

/** A quoted-string (RFC 9110 §5.6.4). The text is a secret and never part of the message. */
function quote(text: string, url: string): string {
  if (!/^[\x20-\x7e]*$/.test(text)) {
    throw new InputError(
      `The user name or credential of ICE server "${url}" has characters other than printable ASCII.`,
      { code: 'invalid_ice_server' },
    );
  }
  return `"${text.replace(/["\\]/g, '\\$&')}"`;
}
