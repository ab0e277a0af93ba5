// Two UDP sockets on neighbouring ports, for one track's RTP and RTCP (RFC 3550 §11).

import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import type { TransportPair } from '#media/rtsp/transport-header.ts';

interface UdpPortsOptions {
  /** Of this machine, towards the camera. */
  readonly localIp: string;
  /** Whether packets from there are the camera's. */
  readonly isCamera: (ip: string) => boolean;
  readonly onPacket: (packet: Uint8Array) => void;
}

/** Ports in pairs are rare only where thousands are in use. */
const ATTEMPTS = 32;
/**
 * A 4K key frame in one burst. Linux gives at most twice `net.core.rmem_max` unless the
 * administrator raised it.
 */
const RECEIVE_BUFFER_BYTES = 4 * 1024 * 1024;
/** An RTP header of version 2 and an empty receiver report: opens the way through a firewall. */
const RTP_PUNCH = Uint8Array.of(0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
const RTCP_PUNCH = Uint8Array.of(0x80, 201, 0, 1, 0, 0, 0, 0);

export class UdpPorts {
  readonly #rtp: Socket;
  readonly #rtcp: Socket;
  #remote: { readonly ip: string; readonly ports: TransportPair } | undefined;
  /** Datagrams from others than the camera. */
  strangers = 0;
  #closed = false;

  constructor(sockets: readonly [Socket, Socket], { isCamera, onPacket }: UdpPortsOptions) {
    [this.#rtp, this.#rtcp] = sockets;
    for (const socket of sockets) {
      socket.on('message', (packet, { address }) => {
        // From any of its ports: some cameras name others than they use (gortsplib#796).
        if (!isCamera(address)) this.strangers++;
        else if (!this.#closed) onPacket(packet);
      });
      // Such as a port of the camera that is not open: nothing depends on it.
      socket.on('error', () => {});
    }
  }

  get ports(): TransportPair {
    return [this.#rtp.address().port, this.#rtcp.address().port];
  }

  /** Packets come from there: tells a firewall on the way to let them in. */
  punch(ip: string, ports: TransportPair): void {
    this.#remote = { ip, ports };
    this.#rtp.send(RTP_PUNCH, ports[0], ip);
    this.#rtcp.send(RTCP_PUNCH, ports[1], ip);
  }

  sendReport(packet: Uint8Array): void {
    if (!this.#closed && this.#remote) {
      this.#rtcp.send(packet, this.#remote.ports[1], this.#remote.ip);
    }
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#rtp.close();
    this.#rtcp.close();
  }
}

export async function openUdpPorts(options: UdpPortsOptions): Promise<UdpPorts> {
  for (let attempt = 1; ; attempt++) {
    const rtp = await bind(options.localIp, 0);
    const { port } = rtp.address();
    try {
      // The even one is for RTP.
      if (port % 2 !== 0) throw new Error('odd');
      return new UdpPorts([rtp, await bind(options.localIp, port + 1)], options);
    } catch (error) {
      rtp.close();
      if (attempt === ATTEMPTS) throw error;
    }
  }
}

async function bind(localIp: string, port: number): Promise<Socket> {
  const type = localIp.includes(':') ? 'udp6' : 'udp4';
  const socket = createSocket({ type, recvBufferSize: RECEIVE_BUFFER_BYTES });
  try {
    socket.bind(port, localIp);
    await once(socket, 'listening');
    return socket;
  } catch (error) {
    socket.close();
    throw error;
  }
}
