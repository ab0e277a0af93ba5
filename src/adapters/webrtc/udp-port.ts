// The media port, found free before the engine opens it: its own error names neither address nor port.

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
