// The RTSP server (RFC 2326): the same streams for players, recorders and gateways, and a way in for
// those who publish.

import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { RateLimit } from '#std/rate-limit.ts';
import { RtspConnection } from './connection.ts';
import { FrameBuffer } from './frame-buffer.ts';
import type { RtspCounters, RtspServerOptions } from './options.ts';
import { openUdpPorts, type UdpPorts } from './udp-ports.ts';

const TICK_MS = 1_000;
/** Who guesses passwords shall not fill the log. */
const MAX_LOGIN_LINES_PER_SECOND = 5;

export interface RtspServer {
  readonly port: number;
  readonly connections: number;
  readonly counters: RtspCounters;
  /** Throws what the operating system has against it. */
  listen(host: string, port: number): Promise<void>;
  /** Ends all sessions. Idempotent. */
  close(): Promise<void>;
}

export function createRtspServer(options: RtspServerOptions): RtspServer {
  return new Rtsp(options);
}

class Rtsp implements RtspServer {
  readonly counters: RtspCounters = {
    refused: 0,
    malformed: 0,
    wrongPasswords: 0,
    dropped: 0,
    tooSlow: 0,
  };
  readonly #options: RtspServerOptions;
  readonly #server: Server;
  readonly #connections = new Set<RtspConnection>();
  readonly #frames = new FrameBuffer();
  readonly #loginLines = new RateLimit(MAX_LOGIN_LINES_PER_SECOND);
  readonly #ticker;
  #udp: UdpPorts | undefined;

  constructor(options: RtspServerOptions) {
    this.#options = options;
    this.#server = createServer({ noDelay: true }, (socket) => this.#accept(socket));
    this.#server.maxConnections = options.maxConnections;
    this.#server.on('drop', () => {
      this.counters.refused++;
    });
    this.#ticker = options.clock.every(TICK_MS, () => this.#tick());
  }

  get port(): number {
    const address = this.#server.address();
    return typeof address === 'object' && address ? address.port : 0;
  }

  get connections(): number {
    return this.#connections.size;
  }

  async listen(host: string, port: number): Promise<void> {
    if (host !== '0.0.0.0') return this.#bind(host, port);
    try {
      await this.#bind('::', port);
    } catch (error) {
      if (!isWithoutIpv6(error)) throw error;
      await this.#bind(host, port);
    }
  }

  async close(): Promise<void> {
    this.#ticker.cancel();
    for (const connection of this.#connections) connection.close('server is closing');
    this.#udp?.close();
    this.#udp = undefined;
    if (!this.#server.listening) return;
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #bind(host: string, port: number): Promise<void> {
    const { log, rtpPort = 0 } = this.#options;
    this.#server.listen({ host, port });
    await once(this.#server, 'listening');
    // Running out of file descriptors must not end the server.
    this.#server.on('error', ({ message }) => log.warn('RTSP server error', { error: message }));
    try {
      this.#udp = await openUdpPorts(host, rtpPort);
    } catch (error) {
      this.#server.close();
      throw error;
    }
    log.info('RTSP', { port: this.port, rtpPort: this.#udp.ports[0] });
  }

  #accept(socket: Socket): void {
    const udp = this.#udp;
    if (!udp) {
      socket.destroy();
      return;
    }
    const connection = new RtspConnection(socket, {
      options: this.#options,
      counters: this.counters,
      frames: this.#frames,
      udp,
      loginLines: this.#loginLines,
    });
    this.#connections.add(connection);
    socket.once('close', () => this.#connections.delete(connection));
  }

  #tick(): void {
    const nowMs = this.#options.clock.nowMs();
    for (const connection of this.#connections) connection.tick(nowMs);
  }
}

function isWithoutIpv6(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return code === 'EAFNOSUPPORT' || code === 'EADDRNOTAVAIL';
}
