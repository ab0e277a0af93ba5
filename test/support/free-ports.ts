// Ports in a row on loopback that are free for UDP: RTP on the even ones, RTCP on the odd ones (RFC 3550 §11).

import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { freePort } from './free-port.ts';

const ATTEMPTS = 50;

/** The first of them, for so many streams. */
export async function freePorts(streams: number): Promise<number> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const first = (await freePort()) & ~1;
    if (await areFree(first, 2 * streams)) return first;
  }
  throw new Error(`no ports for ${streams} streams are free after ${ATTEMPTS} attempts`);
}

async function areFree(first: number, count: number): Promise<boolean> {
  const sockets = Array.from({ length: count }, () => createSocket('udp4'));
  const outcomes = await Promise.allSettled(
    sockets.map((socket, at) => {
      socket.bind(first + at);
      return once(socket, 'listening');
    }),
  );
  for (const socket of sockets) socket.close();
  return outcomes.every(({ status }) => status === 'fulfilled');
}
