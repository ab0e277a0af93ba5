// A mixing console's OSC side as its protocol describes it: answers questions, remembers whether anybody
// tried to set something, and can lose what is asked of it.

import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { formatOscMessage, type OscArgument, parseOscMessage } from '#media/osc/osc-message.ts';

export type ConsoleValues = Record<string, OscArgument | readonly OscArgument[]>;

export class ScriptedConsole {
  readonly #socket = createSocket('udp4');
  readonly values: Map<string, readonly OscArgument[]>;
  /** Every question, in order. */
  readonly asked: string[] = [];
  /** Messages with arguments: there must be none. */
  readonly changes: string[] = [];
  /** Whether this question, the how manieth of its address, is lost. */
  loses: (address: string, count: number) => boolean = () => false;

  constructor(values: ConsoleValues) {
    this.values = new Map(
      Object.entries(values).map(([address, value]) => [address, [value].flat() as OscArgument[]]),
    );
    this.#socket.on('message', (bytes, { port, address }) => {
      const message = parseOscMessage(bytes);
      if (message.arguments.length > 0) this.changes.push(message.address);
      this.asked.push(message.address);
      const count = this.asked.filter((each) => each === message.address).length;
      const answer = this.values.get(message.address);
      if (!answer || this.loses(message.address, count)) return;
      this.send(formatOscMessage({ address: message.address, arguments: answer }), port, address);
    });
  }

  async listen(): Promise<number> {
    this.#socket.bind(0, '127.0.0.1');
    await once(this.#socket, 'listening');
    return this.#socket.address().port;
  }

  send(bytes: Uint8Array, port: number, address: string): void {
    this.#socket.send(bytes, port, address);
  }

  async close(): Promise<void> {
    this.#socket.close();
    await once(this.#socket, 'close');
  }
}

/** A console as it leaves the factory: 32 inputs on the strips and, the same, on the card. */
export function factoryConsole(): ConsoleValues {
  const values: ConsoleValues = {
    '/xinfo': ['127.0.0.1', 'FOH', 'M32', '4.06'],
    '/config/routing/routswitch': 0,
    '/-prefs/card/USBmode': 0,
    '/-prefs/clockrate': 0,
    '/-stat/xcardtype': 2,
  };
  for (const [index, block] of ['1-8', '9-16', '17-24', '25-32'].entries()) {
    values[`/config/routing/CARD/${block}`] = index;
    values[`/config/routing/IN/${block}`] = index;
    values[`/config/routing/PLAY/${block}`] = 16 + index;
  }
  for (let strip = 1; strip <= 32; strip++) {
    const number = String(strip).padStart(2, '0');
    values[`/ch/${number}/config/name`] = `Name ${strip}`;
    values[`/ch/${number}/config/color`] = strip % 16;
    values[`/ch/${number}/config/source`] = strip;
  }
  return values;
}
