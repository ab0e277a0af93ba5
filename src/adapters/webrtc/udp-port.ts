// The media port, found free before it is needed: the engine opens it with the first viewer only and
// would fail silently.

import { createSocket } from 'node:dgram';
import { once } from 'node:events';

/**
 * Resolves with the port, which is another one if 0 was asked for. Rejects with the system's error,
 * which names address and port.
 */
export async function findUdpPort(host: string, port: number): Promise<number> {
  const socket = createSocket(host.includes(':') ? 'udp6' : 'udp4');
  try {
    socket.bind({ address: host, port, exclusive: true });
    await once(socket, 'listening');
    return socket.address().port;
  } finally {
    socket.close();
  }
}
