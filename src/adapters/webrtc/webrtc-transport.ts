// The WebRTC engine behind `PeerTransport`: one UDP port for all peers, ICE-TCP beside it.

import { IceUdpMuxListener, initLogger, type RtcConfig } from 'node-datachannel';
import type { Log } from '#core/ports/log.ts';
import type {
  Peer,
  PeerEvents,
  PeerPath,
  PeerTransport,
  RemoteTransport,
  SendBatch,
} from '#core/ports/peer-transport.ts';
import { writeWord } from '#media/rtp/header.ts';
import type { Clock } from '#std/clock.ts';
import { ClosedError, InputError, UnavailableError } from '#std/errors.ts';
import type { WebrtcConfig } from './config.ts';
import { EngineLog } from './engine-log.ts';
import { completeCandidates, resolveHosts } from './ice-candidates.ts';
import { IceTcpServer } from './ice-tcp-server.ts';
import { PumpPeer, type PumpPeerOptions } from './pump-peer.ts';
import { isLoopback } from './remote-candidates.ts';
import { stunServersOf } from './stun-servers.ts';
import { findUdpPort } from './udp-port.ts';

/** STUN answers within some 100 ms; without one the viewer's own candidates have to do. */
const GATHER_WITHIN_MS = 2_000;
/** Port 0 is any port that is free for UDP; one that TCP has taken is not tried twice in a row. */
const ANY_PORT_ATTEMPTS = 10;
const ANY_HOST = '0.0.0.0';
const WORDS_PER_ROW = 3;

interface WebrtcTransportOptions {
  readonly config: WebrtcConfig;
  readonly clock: Clock;
  readonly log: Log;
}

/** Checks ports and names first: what is wrong in the configuration shows at the start. */
export async function openWebrtcTransport(
  options: WebrtcTransportOptions,
): Promise<WebrtcTransport> {
  const hosts = await resolveHosts(options.config.hosts);
  const attempts = options.config.port === 0 ? ANY_PORT_ATTEMPTS : 1;
  for (let attempt = 1; ; attempt++) {
    const port = await findUdpPort(options.config.host, options.config.port);
    const transport = new WebrtcTransport(
      { ...options, config: { ...options.config, port } },
      hosts,
    );
    try {
      await transport.listen();
      return transport;
    } catch (error) {
      await transport.close();
      if (attempt === attempts) throw error;
    }
  }
}

export class WebrtcTransport implements PeerTransport {
  readonly #options: WebrtcTransportOptions;
  readonly #engine: RtcConfig;
  readonly #hosts: readonly string[];
  readonly #tcp: IceTcpServer | undefined;
  readonly #log: EngineLog;
  /**
   * Holds the UDP port: without it the engine lets go of it with its last peer. It does so until the
   * process ends; stopping it frees nothing.
   */
  #port: IceUdpMuxListener | undefined;
  readonly #peers = new Map<string, PumpPeer>();
  /** No STUN server answered the last time. */
  #silent = false;
  #closed = false;

  constructor(options: WebrtcTransportOptions, hosts: readonly string[]) {
    this.#options = options;
    const { host, port, iceServers, tcp } = options.config;
    this.#hosts = host === ANY_HOST ? hosts : [host, ...hosts];
    this.#engine = {
      iceServers: stunServersOf(iceServers),
      enableIceUdpMux: true,
      portRangeBegin: port,
      portRangeEnd: port,
      disableAutoNegotiation: true,
      ...(host === ANY_HOST ? {} : { bindAddress: host }),
    };
    const limitOf = (ufrag: string) => this.#peers.get(ufrag)?.packetsPerSecond;
    const { clock, log } = options;
    this.#tcp = tcp ? new IceTcpServer({ host, port, limitOf, clock, log }) : undefined;
    this.#log = new EngineLog(clock, log);
    // The engine has one log for the process; below this level it tells only what the states tell.
    initLogger('Error', (_level, message) => this.#log.add(message));
  }

  /** The UDP port that is open; 0 before `listen`. */
  get port(): number {
    return this.#port?.port() ?? 0;
  }

  get tcpConnections(): number {
    return this.#tcp?.connections ?? 0;
  }

  /** Packets that did not fit into slow TCP connections. */
  get tcpDropped(): number {
    return this.#tcp?.dropped ?? 0;
  }

  async listen(): Promise<void> {
    await this.#tcp?.listen();
    const { host, port } = this.#options.config;
    this.#port =
      host === ANY_HOST ? new IceUdpMuxListener(port) : new IceUdpMuxListener(port, host);
  }

  async open(id: string, remote: RemoteTransport, events: PeerEvents): Promise<Peer> {
    if (this.#closed) throw new ClosedError('The WebRTC transport is closed.');
    const pump = this.#createPump(id, events);
    try {
      await this.#gather(pump, remote);
    } catch (error) {
      pump.close();
      if (error instanceof InputError) throw error;
      const reason = error instanceof Error ? error.message : String(error);
      throw new InputError(`The offer's transport is unusable: ${reason}. Send a fresh offer.`, {
        code: 'invalid_sdp',
        cause: error,
      });
    }
    return this.#adopt(pump);
  }

  send(batch: SendBatch): void {
    for (let row = 0; row < batch.length; row++) {
      const packet = batch.packets[row];
      const peer = batch.peers[row];
      if (!packet || !(peer instanceof PumpPeer)) continue;
      writeHeader(packet, batch.headers, row * WORDS_PER_ROW);
      peer.send(packet);
    }
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    for (const pump of this.#peers.values()) pump.close();
    this.#peers.clear();
    this.#log.close();
    await this.#tcp?.close();
  }

  #createPump(id: string, events: PeerEvents): PumpPeer {
    const { clock } = this.#options;
    const options: PumpPeerOptions = {
      id,
      config: this.#engine,
      events,
      clock,
      pathOf: (pair) => this.#pathOf(pair),
      completeCandidates: (own) => completeCandidates(own, this.#candidateOptions()),
      fromLoopback: isLoopback(this.#options.config.host),
      onClose: (pump) => this.#forget(pump.local.ufrag),
      onFault: (pump, error) => this.#bury(pump, events, error),
    };
    try {
      return new PumpPeer(options);
    } catch (cause) {
      throw new UnavailableError(
        'The WebRTC engine takes no more connections: the machine is short of files or memory. Try again later.',
        { cause },
      );
    }
  }

  #bury(pump: PumpPeer, events: PeerEvents, error: unknown): void {
    const cause = error instanceof Error ? (error.stack ?? error.message) : String(error);
    this.#options.log.error('Viewer ended by an unexpected error', {
      viewer: pump.id,
      error: cause,
    });
    pump.close();
    try {
      events.onState('failed');
    } catch {
      // It is what failed already.
    }
  }

  #forget(ufrag: string): void {
    this.#peers.delete(ufrag);
    this.#tcp?.release(ufrag);
  }

  async #gather(pump: PumpPeer, remote: RemoteTransport): Promise<void> {
    const gathered = pump.answer(remote);
    await new Promise<void>((resolve) => {
      const timer = this.#options.clock.after(GATHER_WITHIN_MS, () => {
        this.#noteSilence();
        resolve();
      });
      gathered.then(() => {
        timer.cancel();
        this.#silent = false;
        resolve();
      });
    });
  }

  /** Each viewer waits for it: said when it begins, not for every one of them. */
  #noteSilence(): void {
    if (!this.#silent) {
      const withinMs = GATHER_WITHIN_MS;
      this.#options.log.warn('No answer from the STUN servers of webrtc.ice_servers', { withinMs });
    }
    this.#silent = true;
  }

  #adopt(pump: PumpPeer): Peer {
    if (this.#closed) {
      pump.close();
      throw new ClosedError('The WebRTC transport is closed.');
    }
    this.#peers.set(pump.local.ufrag, pump);
    return pump;
  }

  #candidateOptions() {
    const { port } = this.#options.config;
    return { port, tcp: this.#tcp !== undefined, hosts: this.#hosts };
  }

  #pathOf({
    local,
    remote,
    remotePort,
  }: {
    local: string;
    remote: string;
    remotePort: number;
  }): PeerPath {
    const tcp = isLoopback(remote) ? this.#tcp?.remoteOf(remotePort) : undefined;
    return tcp
      ? { protocol: 'tcp', local, remote: tcp }
      : { protocol: 'udp', local, remote: `${remote}:${remotePort}` };
  }
}

/** Marker and payload type, sequence number, timestamp and SSRC; the rest stays as it came. */
function writeHeader(packet: Uint8Array, headers: Uint32Array, at: number): void {
  const first = headers[at] ?? 0;
  packet[1] = first >>> 16;
  packet[2] = first >>> 8;
  packet[3] = first;
  writeWord(packet, 4, headers[at + 1] ?? 0);
  writeWord(packet, 8, headers[at + 2] ?? 0);
}
