// The UDP ports that a listener's sound comes to: one, or for plain streams one for each, two apart.

import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { UnavailableError } from '#std/errors.ts';

/** Some 100 ms of the largest format. The system may grant less. */
const RECEIVE_BUFFER_BYTES = 4 * 1024 * 1024;
/** RTP takes even ports, RTCP the odd ones (RFC 3550 §11). */
const PORTS_APART = 2;
/** When any port will do, and those above a free one are not. */
const ATTEMPTS = 20;
const MAX_PORT = 65_535;

interface UdpPortsOptions {
  /** 0: any free one. */
  readonly port: number;
  readonly count: number;
  /** Before anything else is done. */
  readonly onPacket: (packet: Uint8Array) => void;
}

export interface UdpPorts {
  /** The first one. */
  readonly port: number;
  close(): void;
}

/** Rejects with `port_taken`. */
export async function openUdpPorts(options: UdpPortsOptions): Promise<UdpPorts> {
  const attempts = options.port === 0 ? ATTEMPTS : 1;
  for (let attempt = 1; ; attempt++) {
    try {
      return await bindAll(options);
    } catch (cause) {
      if (attempt < attempts) continue;
      throw new UnavailableError(
        `Cannot listen on UDP port ${options.port}: ${String(cause)}. Set UDP_PORT to another one, or to 0 for any.`,
        { code: 'port_taken', cause },
      );
    }
  }
}

async function bindAll({ port, count, onPacket }: UdpPortsOptions): Promise<UdpPorts> {
  const sockets: Socket[] = [];
  const close = () => {
    for (const socket of sockets) socket.close();
  };
  try {
    const first = await bind(port, onPacket);
    sockets.push(first);
    const start = first.address().port;
    for (let at = 1; at < count; at++) {
      const next = start + at * PORTS_APART;
      if (next > MAX_PORT) throw new Error(`there is no port ${next}`);
      sockets.push(await bind(next, onPacket));
    }
    return { port: start, close };
  } catch (cause) {
    close();
    throw cause;
  }
}

/** Of both kinds of addresses, where the system has both. */
async function bind(port: number, onPacket: (packet: Uint8Array) => void): Promise<Socket> {
  try {
    return await bindSocket('udp6', { port, onPacket });
  } catch (cause) {
    if (codeOf(cause) !== 'EAFNOSUPPORT') throw cause;
    return bindSocket('udp4', { port, onPacket });
  }
}

async function bindSocket(
  type: 'udp4' | 'udp6',
  { port, onPacket }: { readonly port: number; readonly onPacket: (packet: Uint8Array) => void },
): Promise<Socket> {
  const socket = createSocket({ type, recvBufferSize: RECEIVE_BUFFER_BYTES });
  socket.on('message', onPacket);
  socket.bind(port);
  try {
    await once(socket, 'listening');
  } catch (cause) {
    socket.close();
    throw cause;
  }
  // ICMP errors are no reason to stop listening.
  socket.on('error', () => {});
  return socket;
}

function codeOf(cause: unknown): unknown {
  return cause instanceof Error && 'code' in cause ? cause.code : undefined;
}
