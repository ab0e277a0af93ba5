// The one UDP socket from which all listeners get their RTP, IPv4 and IPv6 alike.

import { type BindOptions, createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { isIPv4 } from 'node:net';
import type { Log } from '#core/ports/log.ts';
import type { SoundDestination, SoundSocket } from '#core/ports/sound-output.ts';
import { loadSystemCalls, type SystemCalls } from './system-calls.ts';
import { isWithoutIpv6, openSystemSocket, type SystemSocket } from './system-socket.ts';

/** A burst to 20 listeners goes to the kernel in one go; what Linux allows by default is less. */
const SEND_BUFFER_BYTES = 1 << 20;
/** Waiting for a network that takes nothing: 60 ms of 20 listeners. Older sound is of no use. */
const MAX_WAITING_DATAGRAMS = 512;

interface UdpSoundSocketOptions {
  /** 0: any free one. */
  readonly port: number;
  readonly log: Log;
  readonly loadCalls?: () => Promise<SystemCalls>;
}

/** What is kept of a destination, so that a packet costs no closure and no text. */
interface Route {
  readonly address: string;
  readonly onSent: (error: Error | null) => void;
}

/** Throws what the system says, such as `EADDRINUSE`. */
export async function openUdpSoundSocket(options: UdpSoundSocketOptions): Promise<UdpSoundSocket> {
  const { port, log, loadCalls = loadSystemCalls } = options;
  try {
    const system = openSystemSocket(await loadCalls(), port);
    return new UdpSoundSocket(await bind(system.type, { fd: system.fd }), system, log);
  } catch (error) {
    // If the port is the reason, this fails too and says so.
    const socket = await openPlain(port);
    sayWithoutDscp(log, error);
    return new UdpSoundSocket(socket, null, log);
  }
}

async function openPlain(port: number): Promise<Socket> {
  try {
    return await bind('udp6', { port });
  } catch (error) {
    if (!isWithoutIpv6(error)) throw error;
    return bind('udp4', { port });
  }
}

async function bind(type: 'udp4' | 'udp6', to: BindOptions): Promise<Socket> {
  const family = type === 'udp6' ? 6 : 4;
  // Listeners are addresses: nothing is ever asked of a name server.
  const socket = createSocket({ type, lookup: (host, _options, done) => done(null, host, family) });
  // Before `bind`, which says it at once when it is given a descriptor.
  const listening = once(socket, 'listening');
  socket.bind(to);
  try {
    await listening;
    return socket;
  } catch (error) {
    socket.close();
    throw error;
  }
}

function sayWithoutDscp(log: Log, error: unknown): void {
  const reason = error instanceof Error ? error.message : String(error);
  log.warn('RTP is sent without DSCP', { reason });
}

export class UdpSoundSocket implements SoundSocket {
  readonly port: number;
  readonly #socket: Socket;
  readonly #system: SystemSocket | null;
  readonly #log: Log;
  readonly #isIpv6: boolean;
  readonly #routes = new WeakMap<SoundDestination, Route>();
  #stray = 0;
  #refused = 0;
  #isClosed = false;
  #hasSaidWhy = false;

  constructor(socket: Socket, system: SystemSocket | null, log: Log) {
    this.#socket = socket;
    this.#system = system;
    this.#log = log;
    this.port = socket.address().port;
    this.#isIpv6 = socket.address().family === 'IPv6';
    socket.setSendBufferSize(SEND_BUFFER_BYTES);
    // Where the kernel does not refuse it.
    socket.on('message', () => {
      this.#stray++;
    });
    // Of receiving, where an ICMP error of an earlier datagram may come up; nothing is received.
    socket.on('error', () => {});
  }

  /** What somebody sent here, so far. */
  get strayDatagrams(): number {
    if (!this.#isClosed) this.#refused = this.#system?.refusedDatagrams() ?? 0;
    return this.#stray + this.#refused;
  }

  send(header: Uint8Array, payload: Uint8Array, to: SoundDestination): void {
    if (this.#isClosed || this.#socket.getSendQueueCount() >= MAX_WAITING_DATAGRAMS) {
      to.onSendError();
      return;
    }
    const { address, onSent } = this.#routes.get(to) ?? this.#open(to);
    try {
      this.#socket.send([header, payload], to.port, address, onSent);
    } catch {
      to.onSendError();
    }
  }

  /** Once it fails it is said why; sound goes on without. */
  setDscp(dscp: number): void {
    if (!this.#system || this.#isClosed || this.#hasSaidWhy) return;
    try {
      this.#system.setDscp(dscp);
    } catch (error) {
      this.#hasSaidWhy = true;
      sayWithoutDscp(this.#log, error);
    }
  }

  /** Idempotent. */
  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#refused = this.#system?.refusedDatagrams() ?? 0;
    this.#isClosed = true;
    const closed = once(this.#socket, 'close');
    this.#socket.close();
    await closed;
  }

  #open(to: SoundDestination): Route {
    const route = {
      address: this.#isIpv6 && isIPv4(to.address) ? `::ffff:${to.address}` : to.address,
      onSent: (error: Error | null) => {
        if (error) to.onSendError();
      },
    };
    this.#routes.set(to, route);
    return route;
  }
}
