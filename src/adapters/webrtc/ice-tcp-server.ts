// ICE over TCP (RFC 6544, passive side) for an engine that only speaks UDP: each connection gets a
// UDP socket on loopback, and packets go to and fro between it and the engine's port.
//
//   browser ══ TCP, framed ══ IceTcpServer ── UDP on loopback ── engine (UDP port of all viewers)

import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import type { Log } from '#core/ports/log.ts';
import type { Clock } from '#std/clock.ts';
import { IceTcpBridge } from './ice-tcp-bridge.ts';

/** Beyond this somebody is collecting sockets. */
const MAX_CONNECTIONS = 4_096;
/** A browser opens one for each of our addresses that it tries, and keeps one. */
const MAX_CONNECTIONS_PER_PEER = 4;

interface IceTcpOptions {
  readonly host: string;
  readonly port: number;
  /** How many packets a second the peer with this ufrag of ours may send; undefined: there is none. */
  readonly limitOf: (ufrag: string) => number | undefined;
  readonly clock: Clock;
  readonly log: Log;
}

export class IceTcpServer {
  readonly #options: IceTcpOptions;
  readonly #server: Server;
  readonly #bridges = new Map<Socket, IceTcpBridge>();
  readonly #addresses = new Map<number, string>();
  readonly #admitted = new Map<string, Set<IceTcpBridge>>();
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
    const bridge: IceTcpBridge = new IceTcpBridge(socket, {
      engine: { host: host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host, port },
      clock,
      admit: (ufrag) => this.#admit(ufrag, bridge),
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

  #admit(ufrag: string, bridge: IceTcpBridge): number | undefined {
    const packetsPerSecond = this.#options.limitOf(ufrag);
    if (packetsPerSecond === undefined) return undefined;
    const bridges = this.#admitted.get(ufrag) ?? new Set();
    if (bridges.size >= MAX_CONNECTIONS_PER_PEER) return undefined;
    this.#admitted.set(ufrag, bridges.add(bridge));
    bridge.ufrag = ufrag;
    return packetsPerSecond;
  }

  #dismiss(bridge: IceTcpBridge): void {
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
