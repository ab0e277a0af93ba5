// STUN and TURN servers from the configuration's URLs (RFC 7064, RFC 7065) to the engine's form.

import type { IceServer } from 'node-datachannel';
import { InputError } from '#std/errors.ts';
import type { IceServerConfig } from './config.ts';

const URL_PATTERN =
  /^(stun|turn|turns):(\[[0-9a-fA-F:]+\]|[^:?]+)(?::(\d{1,5}))?(?:\?transport=(udp|tcp))?$/;
const DEFAULT_PORT = 3478;
const DEFAULT_TLS_PORT = 5349;

export function iceServersOf(servers: readonly IceServerConfig[]): IceServer[] {
  return servers.map(iceServerOf);
}

function iceServerOf({ url, username, credential }: IceServerConfig): IceServer {
  const match = URL_PATTERN.exec(url);
  const [, scheme, host, port, transport] = match ?? [];
  if (!scheme || !host) {
    throw new InputError(
      `"${url}" of webrtc.ice_servers is no STUN or TURN address. Write stun:host:port or turn:host:port?transport=udp.`,
      { code: 'invalid_ice_server' },
    );
  }
  const server = {
    hostname: host.replace(/^\[|\]$/g, ''),
    port: Number(port ?? (scheme === 'turns' ? DEFAULT_TLS_PORT : DEFAULT_PORT)),
  };
  if (scheme === 'stun') return server;
  return {
    ...server,
    ...(username === undefined ? {} : { username }),
    ...(credential === undefined ? {} : { password: credential }),
    relayType: relayTypeOf(scheme, transport),
  };
}

function relayTypeOf(scheme: string, transport: string | undefined) {
  if (scheme === 'turns') return 'TurnTls';
  return transport === 'tcp' ? 'TurnTcp' : 'TurnUdp';
}
