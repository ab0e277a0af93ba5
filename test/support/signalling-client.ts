// A client of `WS /ws/{streamId}` that keeps what it is told.

import { once } from 'node:events';
import { WebSocket } from 'ws';
import { type ClientMessage, type ServerMessage, serverMessage } from '#contract/signalling.ts';
import { until } from './until.ts';

type MessageOf<Type extends ServerMessage['type']> = Extract<ServerMessage, { type: Type }>;

export class SignallingClient {
  readonly socket: WebSocket;
  readonly messages: ServerMessage[] = [];
  readonly binary: Uint8Array[] = [];
  closed: { code: number; reason: string } | undefined;

  private constructor(url: string, headers: Record<string, string>) {
    this.socket = new WebSocket(url, { headers });
    this.socket.on('message', (data: Buffer, isBinary) => {
      if (isBinary) this.binary.push(Uint8Array.from(data));
      // What the contract does not know is an error of the server.
      else this.messages.push(serverMessage.parse(JSON.parse(data.toString())));
    });
    this.socket.on('close', (code, reason) => {
      this.closed = { code, reason: reason.toString() };
    });
  }

  /** Rejects with "Unexpected server response: 503" and the like. */
  static async open(url: string, headers: Record<string, string> = {}): Promise<SignallingClient> {
    const client = new SignallingClient(url, headers);
    await once(client.socket, 'open');
    return client;
  }

  send(message: ClientMessage): void {
    this.socket.send(JSON.stringify(message));
  }

  sendText(text: string | Uint8Array): void {
    this.socket.send(text);
  }

  all<Type extends ServerMessage['type']>(type: Type): MessageOf<Type>[] {
    return this.messages.filter((message) => message.type === type) as MessageOf<Type>[];
  }

  /** The `count`th message of this type, once it is there. */
  async get<Type extends ServerMessage['type']>(type: Type, count = 1): Promise<MessageOf<Type>> {
    await until(() => this.all(type).length >= count, { what: `${type} number ${count}` });
    return this.all(type)[count - 1]!;
  }

  /** The newest event of this kind, once there is one. */
  async event<Kind extends MessageOf<'event'>['event']>(kind: Kind) {
    const find = () => this.all('event').findLast(({ event }) => event === kind);
    await until(() => find() !== undefined, { what: `event ${kind}` });
    return find() as Extract<MessageOf<'event'>, { event: Kind }>;
  }

  /** Everything sent before has been answered. */
  async settle(): Promise<void> {
    const pongs = this.all('pong').length;
    this.send({ type: 'ping' });
    await this.get('pong', pongs + 1);
  }

  async untilClosed(): Promise<{ code: number; reason: string }> {
    await until(() => this.closed !== undefined, { what: 'the socket to be closed' });
    return this.closed!;
  }

  close(): void {
    this.socket.close();
  }
}
