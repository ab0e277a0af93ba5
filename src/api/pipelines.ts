// Requests that a client sends without reading the answers: each open one costs memory, and one
// connection can send a thousand in a packet's time (RFC 9112 §9.3.2).

import type { Socket } from 'node:net';
import type { FastifyReply, FastifyRequest } from 'fastify';

/** Browsers send one after the other; the libraries that do pipeline send a few. */
const MAX_OPEN_REQUESTS = 8;

export class Pipelines {
  readonly #open = new WeakMap<Socket, number>();

  /** Counts the request; false if it is one too many, and then it and its connection are done with. */
  admits({ raw: { socket } }: FastifyRequest, reply: FastifyReply): boolean {
    const open = (this.#open.get(socket) ?? 0) + 1;
    if (socket.destroyed || open > MAX_OPEN_REQUESTS) {
      reply.hijack();
      socket.destroy();
      return false;
    }
    this.#open.set(socket, open);
    reply.raw.once('close', () => this.#open.set(socket, (this.#open.get(socket) ?? 1) - 1));
    return true;
  }
}
