// A camera on loopback that does what a test tells it: a real RTSP server with real media.

import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import type { Clock } from '#std/clock.ts';
import { systemClock } from '../../../src/app/system-clock.ts';
import { type Behaviour, GOOD } from './behaviour.ts';
import { makeCertificate } from './certificate.ts';
import type { CameraClip } from './clip.ts';
import { CameraConnection } from './connection.ts';
import { type CameraCounters, type CameraDesk, emptyCounters } from './desk.ts';
import { Account } from './login.ts';
import { CameraPlayer } from './player.ts';
import { Tunnels } from './tunnel.ts';

interface CameraOptions extends Partial<Behaviour> {
  readonly clip: CameraClip;
  /** What is played where the address ends with `/sub`. Default: the same clip. */
  readonly sub?: CameraClip;
  /** Default: real time. */
  readonly clock?: Clock;
  /** RTSPS, with a certificate of its own. */
  readonly tls?: boolean;
  /** Default: any that is free. */
  readonly port?: number;
}

export async function openScriptedCamera(options: CameraOptions): Promise<ScriptedCamera> {
  const certificate = options.tls ? await makeCertificate() : undefined;
  const server = certificate ? createTlsServer(certificate) : createServer();
  const fingerprint = certificate && new X509Certificate(certificate.cert).fingerprint256;
  const camera = new ScriptedCamera(server, { ...options, fingerprint });
  server.listen(options.port ?? 0, '127.0.0.1');
  await once(server, 'listening');
  return camera;
}

export class ScriptedCamera {
  readonly counters: CameraCounters = emptyCounters();
  /** SHA-256 of the certificate; only with `tls`. */
  readonly fingerprint: string | undefined;
  readonly #server: Server;
  readonly #account = new Account();
  readonly #desk: CameraDesk;
  readonly #tunnels: Tunnels;
  readonly #sockets = new Set<Socket>();
  readonly #connections = new Set<CameraConnection>();
  /** Of all connections there ever were: a test makes few. */
  readonly #players: CameraPlayer[] = [];
  readonly #sub: CameraClip | undefined;
  #clip: CameraClip;
  #behaviour: Behaviour;

  constructor(server: Server, options: CameraOptions & { fingerprint: string | undefined }) {
    const { clip, sub, clock = systemClock, fingerprint, tls, port, ...behaviour } = options;
    this.#server = server;
    this.#clip = clip;
    this.#sub = sub;
    this.#behaviour = { ...GOOD, ...behaviour };
    this.fingerprint = fingerprint;
    this.#desk = {
      behaviour: () => this.#behaviour,
      clipFor: (uri) => (/\/sub\b/.test(uri) ? (this.#sub ?? this.#clip) : this.#clip),
      counters: this.counters,
      account: this.#account,
      clock,
      createPlayer: (wanted) => {
        const player = new CameraPlayer(wanted);
        this.#players.push(player);
        return player;
      },
    };
    this.#tunnels = new Tunnels(this.#desk);
    server.on(fingerprint ? 'secureConnection' : 'connection', (socket) => this.#accept(socket));
    server.on('tlsClientError', () => {});
  }

  get port(): number {
    const address = this.#server.address();
    return typeof address === 'object' && address ? address.port : 0;
  }

  get address(): string {
    return `${this.fingerprint ? 'rtsps' : 'rtsp'}://127.0.0.1:${this.port}/live`;
  }

  get subAddress(): string {
    return this.address.replace(/live$/, 'sub');
  }

  get wrongPasswords(): number {
    return this.#account.wrongPasswords;
  }

  get locked(): boolean {
    const { login } = this.#behaviour;
    return login !== undefined && this.#account.isLocked(login);
  }

  /** From now on; what is not named stays as it is. */
  behave(change: Partial<Behaviour>): void {
    this.#behaviour = { ...this.#behaviour, ...change };
    for (const socket of this.#sockets) {
      if (this.#behaviour.halfOpen) socket.pause();
      else socket.resume();
    }
  }

  /** Whoever connects from now on gets this clip: another codec, another size. */
  use(clip: CameraClip): void {
    this.#clip = clip;
  }

  /** Those who watch now get it too, in mid-stream. */
  switchTo(clip: CameraClip): void {
    this.use(clip);
    for (const player of this.#players) player.use(clip);
  }

  renewSsrcs(): void {
    for (const sender of this.#senders()) sender.renewSsrc();
  }

  /** Timestamps from now on are so much later, or earlier. */
  jump(seconds: number): void {
    for (const sender of this.#senders()) sender.jump(seconds);
  }

  /** So many packets of each track are lost before they are sent. */
  lose(packets: number): void {
    for (const sender of this.#senders()) sender.lose(packets);
  }

  sendTornFrame(): void {
    for (const connection of this.#connections) connection.sendTornFrame();
  }

  /** Every nonce that was given out is stale. */
  expireNonces(): void {
    this.#account.generation++;
  }

  unlock(): void {
    this.#account.wrongPasswords = 0;
  }

  /** Drops every connection without a word. */
  hangUp(): void {
    for (const connection of this.#connections) connection.close();
    for (const socket of this.#sockets) socket.destroy();
  }

  async close(): Promise<void> {
    this.hangUp();
    if (!this.#server.listening) return;
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #senders() {
    return this.#players.flatMap((player) => [...player.senders().values()]);
  }

  #accept(socket: Socket): void {
    const { counters } = this;
    counters.connectionsEver++;
    socket.setNoDelay(true);
    // A client that resets the connection is no fault of the test's.
    socket.on('error', () => {});
    if (this.#sockets.size >= this.#behaviour.maxConnections) {
      socket.destroy();
      return;
    }
    this.#sockets.add(socket);
    counters.connections++;
    socket.once('close', () => {
      this.#sockets.delete(socket);
      counters.connections--;
    });
    socket.once('data', (first) => this.#begin(socket, first));
  }

  /** The first bytes say whether it is RTSP or one half of a tunnel. */
  #begin(socket: Socket, first: Buffer): void {
    const end = first.indexOf('\r\n\r\n') + 4;
    const head = first.toString('latin1', 0, end);
    if (head.startsWith('POST ')) {
      const take = this.#tunnels.join(head);
      if (!take) return void socket.destroy();
      take(first.subarray(end));
      socket.on('data', take);
      return;
    }
    const isTunnel = head.startsWith('GET ');
    const connection = isTunnel
      ? this.#tunnels.open(head, socket)
      : new CameraConnection(socket, this.#desk);
    this.#connections.add(connection);
    socket.once('close', () => {
      this.#connections.delete(connection);
      connection.close();
    });
    if (isTunnel) return;
    connection.receive(first);
    socket.on('data', (chunk) => connection.receive(chunk));
  }
}
