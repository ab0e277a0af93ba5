// The door of one kind of WebSocket: handshakes, how many may be open at once, refusals in words.

import { type IncomingMessage, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import { type ProblemCode, problemStatus, problemTitle } from '#contract/problem.ts';

const MAX_USER_AGENT_CHARACTERS = 256;
const RETRY_AFTER_SECONDS = 5;
const BUSY = 'The server has as many WebSockets as it may, or is shutting down. Try again later.';

interface DoorOptions {
  readonly maxSockets: number;
  /** A larger message is closed with 1009. */
  readonly maxMessageBytes: number;
  readonly counters: { refused: number };
  readonly onOpen: (socket: WebSocket, client: Client) => void;
}

/** Who is at the other end. */
export interface Client {
  /** Without the port. */
  readonly address: string;
  /** Address and port, for people. */
  readonly remote: string;
  readonly userAgent: string | undefined;
  readonly request: IncomingMessage;
}

export class Door {
  readonly #options: DoorOptions;
  readonly #server: WebSocketServer;
  #sockets = 0;
  #isClosed = false;

  constructor(options: DoorOptions) {
    this.#options = options;
    this.#server = new WebSocketServer({
      noServer: true,
      clientTracking: false,
      maxPayload: options.maxMessageBytes,
      // Media does not get smaller, and each socket's deflater would cost 300 KB.
      perMessageDeflate: false,
    });
  }

  get sockets(): number {
    return this.#sockets;
  }

  upgrade(request: IncomingMessage, connection: Duplex, head: Buffer): void {
    if (this.#isClosed || this.#sockets >= this.#options.maxSockets) {
      this.refuse(connection, 'unavailable', BUSY);
      return;
    }
    this.#server.handleUpgrade(request, connection, head, (socket) => {
      this.#sockets++;
      socket.on('close', () => this.#sockets--);
      this.#options.onOpen(socket, clientOf(request));
    });
  }

  refuse(connection: Duplex, code: ProblemCode, detail: string): void {
    this.#options.counters.refused++;
    connection.end(formatRefusal(code, detail), () => connection.destroy());
  }

  /** Handshakes are refused from now on; those that are open are their owner's to close. */
  close(): void {
    this.#isClosed = true;
  }
}

function clientOf(request: IncomingMessage): Client {
  const { remoteAddress = '', remotePort } = request.socket;
  return {
    address: remoteAddress,
    remote: `${remoteAddress}:${remotePort}`,
    userAgent: request.headers['user-agent']?.slice(0, MAX_USER_AGENT_CHARACTERS),
    request,
  };
}

function formatRefusal(code: ProblemCode, detail: string): string {
  const status = problemStatus[code];
  const type = `/docs#problem-${code}`;
  return [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    'Content-Type: application/problem+json',
    ...(status === 503 ? [`Retry-After: ${RETRY_AFTER_SECONDS}`] : []),
    'Connection: close',
    '',
    JSON.stringify({ type, title: problemTitle[code], status, code, detail }),
  ].join('\r\n');
}
