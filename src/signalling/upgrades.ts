// Who answers a handshake: the WebSockets of one HTTP server, told apart by their paths.

import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';

export interface UpgradeHandler {
  /** Whether this path, with its query, is its own. */
  owns(url: string): boolean;
  /** Answers the handshake; the connection is its own from then on. */
  upgrade(request: IncomingMessage, connection: Duplex, head: Buffer): void;
}

/** Requests that want something else, or elsewhere, stay with the HTTP server. */
export function attachUpgrades(server: Server, handlers: readonly UpgradeHandler[]): void {
  const find = ({ url = '' }: IncomingMessage) => handlers.find((handler) => handler.owns(url));
  const isOurs = (request: IncomingMessage) =>
    request.headers.upgrade?.toLowerCase() === 'websocket' && find(request) !== undefined;
  // Without this, Node would take every `Upgrade` line, such as curl's h2c, from the HTTP API.
  Object.assign(server, { shouldUpgradeCallback: isOurs });
  server.on('upgrade', (request, connection, head) => {
    // Until the handler has taken it over, a reset must not end the process.
    connection.on('error', () => connection.destroy());
    find(request)?.upgrade(request, connection, head);
  });
}
