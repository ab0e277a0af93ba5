// A bad link between listeners and the server: what they say passes as it is, what they get by UDP late or
// not at all.
//
//   listener ──── TCP ───▶ port ── udp_port is ours ──▶ server
//   listener ◀─── UDP, late or never ──── relay ◀────── server

import { createSocket, type Socket as UdpSocket } from 'node:dgram';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { openRoomySocket } from './roomy-socket.ts';

const HOST = '127.0.0.1';
const PORT_NAMED = /udp_port=(\d+)/;
const REPORT = /\{"client_id":[^{}]*"metrics":\{[^{}]*\}\}/g;
/** Of what one connection says: reports are looked for in it. */
const MAX_TEXT = 1 << 20;

export class BadAir {
  /** Each datagram so much later. */
  delayMs = 0;
  /** Of the datagrams to each port: is the one with this number, from 0, lost? */
  isLost: (number: number) => boolean = () => false;
  /** Bodies of `POST /qos-metrics`, as they were sent. */
  readonly reports: string[] = [];
  readonly #serverPort: number;
  readonly #server: Server;
  readonly #connections = new Set<Socket>();
  readonly #relays = new Map<number, Promise<UdpSocket>>();
  readonly #out = createSocket('udp4');
  readonly #timers = new Set<NodeJS.Timeout>();

  private constructor(serverPort: number) {
    this.#serverPort = serverPort;
    this.#server = createServer((near) => this.#pass(near));
  }

  static async open({ httpPort }: { readonly httpPort: number }): Promise<BadAir> {
    const air = new BadAir(httpPort);
    air.#server.listen(0, HOST);
    await once(air.#server, 'listening');
    return air;
  }

  /** What listeners take for the server’s. */
  get url(): string {
    return `http://${HOST}:${(this.#server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.#server.close();
    for (const each of this.#connections) each.destroy();
    for (const timer of this.#timers) clearTimeout(timer);
    for (const relay of await Promise.all(this.#relays.values())) relay.close();
    this.#out.close();
  }

  #pass(near: Socket): void {
    const far = connect(this.#serverPort, HOST);
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      this.#connections.add(one);
      one.on('error', () => other.destroy());
      one.on('close', () => {
        other.destroy();
        this.#connections.delete(one);
      });
    }
    far.on('data', (bytes) => near.write(bytes));
    let said = '';
    let turn = Promise.resolve();
    near.on('data', (bytes) => {
      const text = bytes.toString('latin1');
      said = `${said}${text}`.slice(-MAX_TEXT).replaceAll(REPORT, (report) => {
        this.reports.push(report);
        return '';
      });
      turn = turn.then(async () => {
        far.write(await this.#renamePort(text), 'latin1');
      });
    });
  }

  async #renamePort(text: string): Promise<string> {
    const port = Number(PORT_NAMED.exec(text)?.[1]);
    if (Number.isNaN(port)) return text;
    const relay = this.#relays.get(port) ?? this.#openRelay(port);
    this.#relays.set(port, relay);
    return text.replace(PORT_NAMED, `udp_port=${(await relay).address().port}`);
  }

  async #openRelay(port: number): Promise<UdpSocket> {
    const relay = await openRoomySocket();
    let number = 0;
    relay.on('message', (datagram) => {
      if (!this.isLost(number++)) this.#sendLater(datagram, port);
    });
    return relay;
  }

  #sendLater(datagram: Buffer, port: number): void {
    if (this.delayMs === 0) {
      this.#out.send(datagram, port, HOST);
      return;
    }
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      this.#out.send(datagram, port, HOST);
    }, this.delayMs);
    this.#timers.add(timer);
  }
}
