// Whether the media port is free: the engine opens it with the first viewer and would fail silently.

import { createSocket } from 'node:dgram';

/** Rejects with the system's error, which names address and port. */
export async function checkUdpPort(host: string, port: number): Promise<void> {
  const socket = createSocket(host.includes(':') ? 'udp6' : 'udp4');
  try {
    await new Promise<void>((resolve, reject) => {
      socket.once('error', reject);
      socket.bind({ address: host, port, exclusive: true }, resolve);
    });
  } finally {
    socket.close();
  }
}
