// A WebSocket client that keeps what it is told; what the contract does not know fails the test.

import { once } from 'node:events';
import { type ClientOptions, WebSocket } from 'ws';
import { until } from './until.ts';

interface Told {
  readonly type: string;
}

export class JsonSocket<Message extends Told> {
  readonly socket: WebSocket;
  readonly messages: Message[] = [];
  readonly binary: Uint8Array[] = [];
  closed: { code: number; reason: string } | undefined;
  /** Set if the server said what the contract does not know. */
  failure: unknown;

  private constructor(
    url: string,
    { schema, ...options }: ClientOptions & { schema: { parse(value: unknown): Message } },
  ) {
    this.socket = new WebSocket(url, options);
    this.socket.on('message', (data: Buffer, isBinary) => {
      if (isBinary) this.binary.push(Uint8Array.from(data));
      else this.#keep(data.toString(), schema);
    });
    this.socket.on('close', (code, reason) => {
      this.closed = { code, reason: reason.toString() };
    });
  }

  /** Rejects with "Unexpected server response: 503" and the like. */
  static async open<Message extends Told>(
    url: string,
    options: ClientOptions & { schema: { parse(value: unknown): Message } },
  ): Promise<JsonSocket<Message>> {
    const client = new JsonSocket(url, options);
    await once(client.socket, 'open');
    return client;
  }

  send(message: unknown): void {
    this.socket.send(JSON.stringify(message));
  }

  sendText(text: string | Uint8Array): void {
    this.socket.send(text);
  }

  all<Type extends Message['type']>(type: Type): Extract<Message, { type: Type }>[] {
    if (this.failure !== undefined) throw this.failure;
    return this.messages.filter((message) => message.type === type) as never;
  }

  /** The `count`th message of this type, once it is there. */
  async get<Type extends Message['type']>(
    type: Type,
    count = 1,
  ): Promise<Extract<Message, { type: Type }>> {
    await until(() => this.all(type).length >= count, { what: `${type} number ${count}` });
    return this.all(type)[count - 1]!;
  }

  async untilClosed(): Promise<{ code: number; reason: string }> {
    await until(() => this.closed !== undefined, { what: 'the socket to be closed' });
    return this.closed!;
  }

  #keep(text: string, schema: { parse(value: unknown): Message }): void {
    try {
      this.messages.push(schema.parse(JSON.parse(text)));
    } catch (error) {
      this.failure = error;
    }
  }
}
