// The other end of a connection, for people.

import type { Socket } from 'node:net';

/** `::ffff:10.0.0.7` is how a socket for both families shows 10.0.0.7. */
export function plainAddress(address: string): string {
  return address.replace(/^::ffff:(?=\d)/i, '');
}

/** `10.0.0.7:5000`, `[fd00::7]:5000` */
export function formatRemote({ remoteAddress = '', remotePort = 0 }: Socket): string {
  const address = plainAddress(remoteAddress);
  return `${address.includes(':') ? `[${address}]` : address}:${remotePort}`;
}
