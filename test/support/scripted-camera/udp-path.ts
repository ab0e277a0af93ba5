// One track's packets by UDP: a pair of sockets on loopback, as RFC 3550 §11 wants them.

import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import type { TrackPath } from './track-sender.ts';

interface UdpClient {
  readonly address: string;
  readonly rtpPort: number;
  readonly rtcpPort: number;
}

export class UdpPath implements TrackPath {
  readonly #client: UdpClient;
  readonly #rtp = createSocket('udp4');
  readonly #rtcp = createSocket('udp4');

  constructor(client: UdpClient, onRtcp: (packet: Uint8Array) => void) {
    this.#client = client;
    this.#rtcp.on('message', onRtcp);
    // The client may be gone: that is its business.
    for (const socket of [this.#rtp, this.#rtcp]) socket.on('error', () => {});
  }

  /** The two ports, as Transport's `server_port` has them. */
  async open(): Promise<string> {
    const ports = [await bind(this.#rtp), await bind(this.#rtcp)];
    return ports.join('-');
  }

  sendRtp(packet: Uint8Array): void {
    this.#rtp.send(packet, this.#client.rtpPort, this.#client.address);
  }

  sendRtcp(packet: Uint8Array): void {
    this.#rtcp.send(packet, this.#client.rtcpPort, this.#client.address);
  }

  close(): void {
    this.#rtp.close();
    this.#rtcp.close();
  }
}

async function bind(socket: Socket): Promise<number> {
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  return socket.address().port;
}
