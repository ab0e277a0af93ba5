// ICE over TCP (RFC 6544, passive side) for an engine that only speaks UDP: each connection gets a
// UDP socket on loopback, and packets go to and fro between it and the engine's port.
//
//   browser ══ TCP, framed ══ IceTcpServer ── UDP on loopback ── engine (UDP port of all viewers)

import { createSocket, type Socket as UdpSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import type { Log } from '#core/ports/log.ts';
import type { Clock } from '#std/clock.ts';
import { RateLimit } from '#std/rate-limit.ts';
import { readStunUserName } from './stun-user-name.ts';
import { formatTcpFrame, TcpFrames } from './tcp-frames.ts';

/** Who connects and says nothing holds a socket no longer than this. */
const HELLO_WITHIN_MS = 5_000;
/** A browser checks its connection every few seconds. */
const IDLE_AFTER_MS = 30_000;
/** Half a second of a 4 Mb/s stream: what waits longer is too old to be worth sending. */
const MAX_WAITING_BYTES = 256 * 1024;
/**
 * A large key frame in one burst. Linux gives at most twice `net.core.rmem_max` (416 KiB unless the
 * administrator raised it, some 180 packets); what does not fit is asked for again like any loss.
 */
const LOOPBACK_BUFFER_BYTES = 4 * 1024 * 1024;
/** Beyond this somebody is collecting sockets. */
const MAX_CONNECTIONS = 4_096;
/** A browser opens one for each of our addresses that it tries, and keeps one. */
const MAX_CONNECTIONS_PER_PEER = 4;
/** Checks, DTLS and RTCP of a viewer are some ten packets a second; who sends this many floods us. */
const MAX_PACKETS_PER_SECOND = 500;

export interface IceTcpOptions {
  readonly host: string;
  readonly port: number;
  /** Whether a peer with this ufrag of ours exists. */
  readonly isKnown: (ufrag: string) => boolean;
  readonly clock: Clock;
  readonly log: Log;
}

export class IceTcpServer {
  readonly #options: IceTcpOptions;
  readonly #server: Server;
  readonly #bridges = new Map<Socket, Bridge>();
  readonly #addresses = new Map<number, string>();
  readonly #admitted = new Map<string, Set<Bridge>>();
  /** Packets that did not fit into a slow connection. */
  dropped = 0;

  constructor(options: IceTcpOptions) {
    this.#options = options;
    this.#server = createServer({ noDelay: true }, (socket) => this.#accept(socket));
    this.#server.maxConnections = MAX_CONNECTIONS;
  }

  async listen(): Promise<void> {
    const { host, port } = this.#options;
    if (host !== '0.0.0.0') return this.#bind(host, port);
    try {
      // Both families, as the engine does for UDP.
      await this.#bind('::', port);
    } catch (error) {
      if (!isWithoutIpv6(error)) throw error;
      await this.#bind(host, port);
    }
  }

  /** The far end of the connection that this loopback port stands for. */
  remoteOf(loopbackPort: number): string | undefined {
    return this.#addresses.get(loopbackPort);
  }

  get connections(): number {
    return this.#bridges.size;
  }

  /** Connections that stand for a peer of ours. */
  get admitted(): number {
    return this.#addresses.size;
  }

  /** The peer with this ufrag of ours is gone, and so is what its connections were for. */
  release(ufrag: string): void {
    for (const bridge of this.#admitted.get(ufrag) ?? []) bridge.close();
  }

  async close(): Promise<void> {
    for (const bridge of this.#bridges.values()) bridge.close();
    if (!this.#server.listening) return;
    await new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
    });
  }

  async #bind(host: string, port: number): Promise<void> {
    const { log } = this.#options;
    this.#server.listen({ host, port });
    await once(this.#server, 'listening');
    // Running out of file descriptors must not end the server.
    this.#server.on('error', ({ message }) => log.warn('ICE-TCP error', { error: message }));
  }

  #accept(socket: Socket): void {
    const { host, port, clock } = this.#options;
    const bridge: Bridge = new Bridge(socket, {
      engine: { host: host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host, port },
      clock,
      admits: (ufrag) => this.#admit(ufrag, bridge),
      onDropped: () => {
        this.dropped++;
      },
      onOpen: (loopbackPort) => {
        this.#addresses.set(loopbackPort, `${socket.remoteAddress}:${socket.remotePort}`);
      },
      onClose: (loopbackPort) => {
        this.#bridges.delete(socket);
        this.#dismiss(bridge);
        if (loopbackPort !== undefined) this.#addresses.delete(loopbackPort);
      },
    });
    this.#bridges.set(socket, bridge);
  }

  #admit(ufrag: string, bridge: Bridge): boolean {
    if (!this.#options.isKnown(ufrag)) return false;
    const bridges = this.#admitted.get(ufrag) ?? new Set();
    if (bridges.size >= MAX_CONNECTIONS_PER_PEER) return false;
    this.#admitted.set(ufrag, bridges.add(bridge));
    bridge.ufrag = ufrag;
    return true;
  }

  #dismiss(bridge: Bridge): void {
    const { ufrag } = bridge;
    const bridges = ufrag === undefined ? undefined : this.#admitted.get(ufrag);
    if (ufrag === undefined || !bridges?.delete(bridge)) return;
    if (bridges.size === 0) this.#admitted.delete(ufrag);
  }
}

function isWithoutIpv6(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return code === 'EAFNOSUPPORT' || code === 'EADDRNOTAVAIL';
}

interface BridgeOptions {
  readonly engine: { readonly host: string; readonly port: number };
  readonly clock: Clock;
  readonly admits: (ufrag: string) => boolean;
  readonly onDropped: () => void;
  readonly onOpen: (loopbackPort: number) => void;
  readonly onClose: (loopbackPort: number | undefined) => void;
}

/** One TCP connection and its UDP socket. Either end closes both. */
class Bridge {
  readonly #tcp: Socket;
  readonly #options: BridgeOptions;
  readonly #frames = new TcpFrames();
  readonly #packets = new RateLimit(MAX_PACKETS_PER_SECOND);
  readonly #hello: { cancel(): void };
  #udp: UdpSocket | undefined;
  #loopbackPort: number | undefined;
  #closed = false;
  /** Of the peer that it stands for, once it is admitted. */
  ufrag: string | undefined;

  constructor(tcp: Socket, options: BridgeOptions) {
    this.#tcp = tcp;
    this.#options = options;
    this.#hello = options.clock.after(HELLO_WITHIN_MS, () => this.close());
    tcp.setTimeout(IDLE_AFTER_MS, () => this.close());
    tcp.on('error', () => this.close());
    tcp.on('close', () => this.close());
    tcp.on('data', (chunk) => this.#read(chunk));
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#hello.cancel();
    this.#tcp.destroy();
    this.#udp?.close();
    this.#options.onClose(this.#loopbackPort);
  }

  #read(chunk: Buffer): void {
    const sane = this.#frames.read(chunk, (packet) => this.#take(packet));
    if (!sane) this.close();
  }

  #take(packet: Buffer): void {
    if (this.#closed) return;
    if (!this.#packets.admits(this.#options.clock.nowMs())) {
      this.close();
      return;
    }
    // The first packet must be a check for a peer of ours: nobody else gets a way into the engine.
    if (!this.#udp && !this.#admit(packet)) {
      this.close();
      return;
    }
    const { host, port } = this.#options.engine;
    this.#udp?.send(packet, port, host);
  }

  #admit(packet: Buffer): boolean {
    const ufrag = readStunUserName(packet)?.split(':')[0];
    if (!ufrag || !this.#options.admits(ufrag)) return false;
    this.#hello.cancel();
    this.#udp = this.#openUdp();
    return true;
  }

  #openUdp(): UdpSocket {
    const { engine, onOpen } = this.#options;
    const type = engine.host.includes(':') ? 'udp6' : 'udp4';
    const udp = createSocket({ type, recvBufferSize: LOOPBACK_BUFFER_BYTES });
    udp.on('error', () => this.close());
    udp.on('message', (packet) => this.#write(packet));
    udp.bind({ address: engine.host, port: 0 }, () => {
      if (this.#closed) return;
      this.#loopbackPort = udp.address().port;
      onOpen(this.#loopbackPort);
    });
    return udp;
  }

  #write(packet: Buffer): void {
    if (this.#tcp.writableLength > MAX_WAITING_BYTES) this.#options.onDropped();
    else this.#tcp.write(formatTcpFrame(packet));
  }
}
