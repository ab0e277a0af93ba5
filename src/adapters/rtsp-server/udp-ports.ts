// The pair of UDP ports that all readers and publishers share: RTP, and RTCP on the next one
// (RFC 3550 §11). Who a packet is from is known by its address and port.

import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import type { TransportPair } from '#media/rtsp/transport-header.ts';
import { UnavailableError } from '#std/errors.ts';
import { Slabs } from './slabs.ts';

type Handle = (packet: Uint8Array) => void;

interface UdpPeer {
  /** As the RTSP connection has it. */
  readonly address: string;
  readonly ports: TransportPair;
  readonly onRtp: Handle;
  readonly onRtcp: Handle;
}

/** A pair that is free is found at once, unless all ports are in use. */
const ATTEMPTS = 20;
/** A whole key frame to many readers at once; more, and the machine can't follow. */
const MAX_QUEUED_BYTES = 8 * 1024 * 1024;
/** What IPv4 carries in one datagram. */
const MAX_DATAGRAM_BYTES = 65_507;
/** Bursts of publishers' key frames come faster than they are read. */
const RECEIVE_BUFFER_BYTES = 2 * 1024 * 1024;

/** `rtpPort` 0 takes any pair. */
export async function openUdpPorts(host: string, rtpPort: number): Promise<UdpPorts> {
  for (let attempt = 0; attempt < (rtpPort === 0 ? ATTEMPTS : 1); attempt++) {
    const rtp = await bind(host, rtpPort);
    const port = rtp?.address().port ?? 0;
    const rtcp = rtp && port % 2 === 0 && (await bind(host, port + 1));
    if (rtp && rtcp) return new UdpPorts(rtp, rtcp);
    rtp?.close();
  }
  const which = rtpPort === 0 ? 'a pair of UDP ports' : `UDP ports ${rtpPort} and ${rtpPort + 1}`;
  throw new UnavailableError(
    `Cannot listen for RTP on ${host}: ${which} could not be opened. The first must be even, and both free.`,
    { code: 'listen_failed' },
  );
}

export class UdpPorts {
  readonly ports: TransportPair;
  readonly slabs = new Slabs();
  readonly #rtp: Socket;
  readonly #rtcp: Socket;
  readonly #rtpPeers = new Map<string, Handle>();
  readonly #rtcpPeers = new Map<string, Handle>();

  constructor(rtp: Socket, rtcp: Socket) {
    this.#rtp = rtp;
    this.#rtcp = rtcp;
    this.ports = [rtp.address().port, rtcp.address().port];
    listen(rtp, this.#rtpPeers);
    listen(rtcp, this.#rtcpPeers);
  }

  /**
   * From now on this peer's packets are known. Returns what forgets it again; undefined if the ports are
   * another's: whoever shares a publisher's address, behind one NAT, could take its packets away.
   */
  admit({ address, ports: [rtp, rtcp], onRtp, onRtcp }: UdpPeer): (() => void) | undefined {
    const keys = [`${address} ${rtp}`, `${address} ${rtcp}`] as const;
    if (this.#rtpPeers.has(keys[0]) || this.#rtcpPeers.has(keys[1])) return undefined;
    this.#rtpPeers.set(keys[0], onRtp);
    this.#rtcpPeers.set(keys[1], onRtcp);
    return () => {
      this.#rtpPeers.delete(keys[0]);
      this.#rtcpPeers.delete(keys[1]);
    };
  }

  /** False if there is no room, or it is too long: it is dropped. The bytes must stay as they are. */
  sendRtp(packet: Uint8Array, port: number, address: string): boolean {
    return send(this.#rtp, packet, { port, address });
  }

  sendRtcp(packet: Uint8Array, port: number, address: string): boolean {
    return send(this.#rtcp, packet, { port, address });
  }

  close(): void {
    this.#rtp.close();
    this.#rtcp.close();
  }
}

function send(socket: Socket, packet: Uint8Array, to: { port: number; address: string }): boolean {
  if (packet.length > MAX_DATAGRAM_BYTES) return false;
  if (socket.getSendQueueSize() + packet.length > MAX_QUEUED_BYTES) return false;
  socket.send(packet, to.port, to.address);
  return true;
}

function listen(socket: Socket, peers: ReadonlyMap<string, Handle>): void {
  socket.on('message', (packet, { address, port }) => peers.get(`${address} ${port}`)?.(packet));
  // A reader whose port is closed answers with ICMP; its RTSP connection says what is to be done.
  socket.on('error', () => {});
}

async function bind(host: string, port: number): Promise<Socket | undefined> {
  const type = host.includes(':') ? 'udp6' : 'udp4';
  const socket = createSocket({ type, recvBufferSize: RECEIVE_BUFFER_BYTES });
  try {
    socket.bind(port, host);
    await once(socket, 'listening');
    return socket;
  } catch {
    socket.close();
    return undefined;
  }
}
