// A port on loopback that is free for UDP and TCP alike, as the media port has to be, and stays so:
// it lies below those that the system gives to outgoing connections.

import { randomInt } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer } from 'node:net';

const FIRST_PORT = 15_000;
/** Linux gives outgoing connections those from 32,768 on. */
const END_PORT = 32_000;
const ATTEMPTS = 100;

export async function freePort(): Promise<number> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const port = randomInt(FIRST_PORT, END_PORT);
    if ((await isUdpFree(port)) && (await isTcpFree(port))) return port;
  }
  throw new Error(`no port is free for UDP and TCP after ${ATTEMPTS} attempts`);
}

async function isUdpFree(port: number): Promise<boolean> {
  const socket = createSocket('udp4');
  try {
    socket.bind(port, '127.0.0.1');
    await once(socket, 'listening');
    return true;
  } catch {
    return false;
  } finally {
    socket.close();
  }
}

async function isTcpFree(port: number): Promise<boolean> {
  const server = createServer();
  try {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    return true;
  } catch {
    return false;
  } finally {
    server.close();
  }
}
