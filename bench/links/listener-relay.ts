// A bad link on loopback between the server and its listeners: each one names a port of the relay's instead
// of its own. All share the link, as they share an access point.
//
//   server ──▶ relay's port for this listener ──▶ delayed, lost, repeated ──▶ listener

import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { BadLink, type LinkQuality } from './link.ts';

const HOST = '127.0.0.1';
/** As much as the system grants. A relay that is late shall not lose packets besides. */
const RECEIVE_BUFFER_BYTES = 4 << 20;
/** More than the configuration allows. */
const MAX_LISTENERS = 200;

interface ListenerRelayOptions {
  readonly quality: LinkQuality;
  /** 0 to 1. */
  readonly random: () => number;
}

export class ListenerRelay {
  readonly #link: BadLink;
  readonly #sockets: Socket[] = [];

  constructor(options: ListenerRelayOptions) {
    this.#link = new BadLink(options);
  }

  get counters(): BadLink['counters'] {
    return this.#link.counters;
  }

  set quality(quality: LinkQuality) {
    this.#link.quality = quality;
  }

  /** The port that is to be named for a listener at that one. */
  async open(listenerPort: number): Promise<number> {
    if (this.#sockets.length >= MAX_LISTENERS) throw new Error('the relay has no more ports');
    const socket = createSocket({ type: 'udp4', recvBufferSize: RECEIVE_BUFFER_BYTES });
    this.#sockets.push(socket);
    socket.on('message', (packet) =>
      // A listener that is gone is nobody's fault.
      this.#link.pass(packet.length, () => socket.send(packet, listenerPort, HOST, () => {})),
    );
    socket.bind(0, HOST);
    await once(socket, 'listening');
    return socket.address().port;
  }

  close(): void {
    this.#link.close();
    for (const socket of this.#sockets) socket.close();
  }
}
