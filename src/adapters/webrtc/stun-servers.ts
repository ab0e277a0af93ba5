// The STUN servers that the engine asks for its public address (RFC 7064).
//
// TURN servers are for the viewers, who are told of them: on one port for all viewers the engine can't
// use them, and a server that viewers can't reach is reached through their relay all the same.

import type { IceServer as EngineServer } from 'node-datachannel';
import type { IceServer } from '#contract/ice-server.ts';
import { InputError } from '#std/errors.ts';

const STUN_URL = /^stun:(\[[0-9a-fA-F:]+\]|[^:?[\]]+)(?::(\d{1,5}))?$/;
const DEFAULT_PORT = 3478;

export function stunServersOf(servers: readonly IceServer[]): EngineServer[] {
  return servers.filter(({ url }) => url.startsWith('stun')).map(stunServerOf);
}

function stunServerOf({ url }: IceServer): EngineServer {
  const [, host, port = DEFAULT_PORT] = STUN_URL.exec(url) ?? [];
  if (host) return { hostname: host.replace(/^\[|\]$/g, ''), port: Number(port) };
  throw new InputError(
    `"${url}" of webrtc.ice_servers is no STUN address. Write stun:host or stun:host:port.`,
    { code: 'invalid_ice_server' },
  );
}
