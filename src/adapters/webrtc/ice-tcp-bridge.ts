// One TCP connection of a viewer and the UDP socket that stands for it towards the engine.

import { createSocket, type Socket as UdpSocket } from 'node:dgram';
import type { Socket } from 'node:net';
import type { Clock, Timer } from '#std/clock.ts';
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
/** Connectivity checks and DTLS, beside the media and RTCP that the peer may send. */
const MAX_CHECKS_PER_SECOND = 250;

interface BridgeOptions {
  readonly engine: { readonly host: string; readonly port: number };
  readonly clock: Clock;
  /** How many packets a second the peer with this ufrag of ours may send; undefined: there is none. */
  readonly admit: (ufrag: string) => number | undefined;
  readonly onDropped: () => void;
  readonly onOpen: (loopbackPort: number) => void;
  readonly onClose: (loopbackPort: number | undefined) => void;
}

/** Either end closes both. */
export class IceTcpBridge {
  readonly #tcp: Socket;
  readonly #options: BridgeOptions;
  readonly #frames = new TcpFrames();
  #packets = new RateLimit(MAX_CHECKS_PER_SECOND);
  readonly #hello: Timer;
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
    const packetsPerSecond = ufrag && this.#options.admit(ufrag);
    if (!packetsPerSecond) return false;
    this.#packets = new RateLimit(MAX_CHECKS_PER_SECOND + packetsPerSecond);
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
