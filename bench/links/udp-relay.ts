// A bad link on loopback: passes UDP both ways, late, out of order, or not at all, as a seed says.
//
//   viewer ──▶ relay's port ──▶ a socket for this viewer ──▶ server
//   viewer ◀── relay's port ◀── delayed, lost, repeated  ◀── server

import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';

interface LinkQuality {
  /** One way. */
  readonly delayMs: number;
  /** Each packet takes up to so much longer: more than the pause between two puts them out of order. */
  readonly jitterMs: number;
  /** 0 to 1. */
  readonly lossRatio: number;
  readonly repeatRatio: number;
}

interface RelayOptions extends LinkQuality {
  readonly serverPort: number;
  /** 0 to 1. */
  readonly random: () => number;
}

/** More far ends than a measurement has. */
const MAX_FAR_ENDS = 100;
const HOST = '127.0.0.1';

export async function openUdpRelay(options: RelayOptions): Promise<UdpRelay> {
  const socket = createSocket('udp4');
  socket.bind(0, HOST);
  await once(socket, 'listening');
  return new UdpRelay(socket, options);
}

class UdpRelay {
  readonly counters = { passed: 0, lost: 0, repeated: 0, overtaken: 0 };
  readonly #socket: Socket;
  readonly #options: RelayOptions;
  readonly #farEnds = new Map<number, Socket>();
  readonly #timers = new Set<NodeJS.Timeout>();
  #latestDueMs = 0;

  constructor(socket: Socket, options: RelayOptions) {
    this.#socket = socket;
    this.#options = options;
    socket.on('message', (packet, { port }) => {
      const server = this.#serverFor(port);
      this.#pass(() => server?.send(packet, options.serverPort, HOST));
    });
  }

  /** Where viewers are to send instead of to the server. */
  get port(): number {
    return this.#socket.address().port;
  }

  close(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    for (const socket of this.#farEnds.values()) socket.close();
    this.#socket.close();
  }

  #serverFor(port: number): Socket | undefined {
    const known = this.#farEnds.get(port);
    if (known || this.#farEnds.size >= MAX_FAR_ENDS) return known;
    const socket = createSocket('udp4');
    socket.on('message', (packet) => this.#pass(() => this.#socket.send(packet, port, HOST)));
    this.#farEnds.set(port, socket);
    return socket;
  }

  #pass(send: () => void): void {
    const { random, lossRatio, repeatRatio } = this.#options;
    if (random() < lossRatio) {
      this.counters.lost++;
      return;
    }
    this.counters.passed++;
    this.#sendLater(send);
    if (random() >= repeatRatio) return;
    this.counters.repeated++;
    this.#sendLater(send);
  }

  #sendLater(send: () => void): void {
    const { random, delayMs, jitterMs } = this.#options;
    const waitMs = delayMs + random() * jitterMs;
    const dueMs = performance.now() + waitMs;
    if (dueMs < this.#latestDueMs) this.counters.overtaken++;
    this.#latestDueMs = Math.max(this.#latestDueMs, dueMs);
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      send();
    }, waitMs);
    this.#timers.add(timer);
  }
}
