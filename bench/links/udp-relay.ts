// A bad link on loopback that passes UDP both ways, for viewers, who send first.
//
//   viewer ──▶ relay's port ──▶ a socket for this viewer ──▶ server
//   viewer ◀── relay's port ◀── delayed, lost, repeated  ◀── server

import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { BadLink, type LinkQuality } from './link.ts';

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
  readonly #socket: Socket;
  readonly #serverPort: number;
  readonly #link: BadLink;
  readonly #farEnds = new Map<number, Socket>();

  constructor(socket: Socket, { serverPort, random, ...quality }: RelayOptions) {
    this.#socket = socket;
    this.#serverPort = serverPort;
    this.#link = new BadLink({ quality, random });
    socket.on('message', (packet, { port }) => {
      const server = this.#serverFor(port);
      this.#link.pass(packet.length, () => server?.send(packet, this.#serverPort, HOST));
    });
  }

  get counters(): Omit<BadLink['counters'], 'full'> {
    const { passed, lost, repeated, overtaken } = this.#link.counters;
    return { passed, lost, repeated, overtaken };
  }

  /** Where viewers are to send instead of to the server. */
  get port(): number {
    return this.#socket.address().port;
  }

  close(): void {
    this.#link.close();
    for (const socket of this.#farEnds.values()) socket.close();
    this.#socket.close();
  }

  #serverFor(port: number): Socket | undefined {
    const known = this.#farEnds.get(port);
    if (known || this.#farEnds.size >= MAX_FAR_ENDS) return known;
    const socket = createSocket('udp4');
    socket.on('message', (packet) =>
      this.#link.pass(packet.length, () => this.#socket.send(packet, port, HOST)),
    );
    this.#farEnds.set(port, socket);
    return socket;
  }
}
