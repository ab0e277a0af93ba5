// A listener as an outsider writes one, by docs/reference/sound.md: WebSocket, HTTP and UDP on loopback,
// with other code than what sends.

import type { Socket } from 'node:dgram';
import type { QosMetrics } from '#contract/audio-meta.ts';
import {
  type ListenerConfig,
  type ListenerEvent,
  type ListeningMessage,
  listeningMessage,
  type StreamConfig,
} from '#contract/listening.ts';
import { freePorts } from './free-ports.ts';
import { JsonSocket } from './json-socket.ts';
import { openRoomySocket } from './roomy-socket.ts';
import { readSent } from './sound-packets.ts';

const PORTS_APART = 2;

/** What arrived, and when, in ms since 1970. */
export type HeardPacket = ReturnType<typeof readSent> & {
  readonly port: number;
  readonly arrivedAtMs: number;
};

interface SoundListenerOptions {
  readonly wish?: ListenerConfig;
  /** Plain streams come to as many ports. */
  readonly ports?: number;
}

export class SoundListener {
  readonly socket: JsonSocket<ListeningMessage>;
  readonly id: string;
  readonly udpPort: number;
  /** Unless `onPacket` takes them. */
  readonly packets: HeardPacket[] = [];
  onPacket: (packet: HeardPacket) => void = (packet) => this.packets.push(packet);
  readonly #url: string;
  readonly #sockets: readonly Socket[];

  private constructor(
    url: string,
    {
      socket,
      id,
      sockets,
    }: { socket: JsonSocket<ListeningMessage>; id: string; sockets: Socket[] },
  ) {
    this.#url = url;
    this.socket = socket;
    this.id = id;
    this.#sockets = sockets;
    this.udpPort = sockets[0]!.address().port;
    for (const each of sockets) {
      const { port } = each.address();
      each.on('message', (datagram) => {
        const arrivedAtMs = performance.timeOrigin + performance.now();
        this.onPacket({ ...readDatagram(datagram), port, arrivedAtMs });
      });
    }
  }

  /** Resolves when it has been told what it gets. */
  static async open(url: string, options: SoundListenerOptions = {}): Promise<SoundListener> {
    const { wish = {}, ports = 1 } = options;
    const sockets = await openSockets(ports);
    const socket = await openAudioSocket(url);
    const { client_id: id } = await socket.get('hello');
    const listener = new SoundListener(url, { socket, id, sockets });
    const answer = await requestAudio(url, `udp_port=${listener.udpPort}&client_id=${id}`);
    if (!answer.ok) throw new Error(await answer.text());
    listener.wish(wish);
    await socket.get('stream_config');
    return listener;
  }

  /** What it was told last. */
  get config(): StreamConfig {
    return this.socket.all('stream_config').at(-1)!.payload;
  }

  get events(): ListenerEvent[] {
    return this.socket.all('event').map(({ payload }) => payload);
  }

  wish(payload: ListenerConfig): void {
    this.socket.send({ type: 'client_config', payload });
  }

  beat(): void {
    this.socket.send({ type: 'heartbeat', timestamp: new Date().toISOString() });
  }

  async report(metrics: Partial<QosMetrics>): Promise<Response> {
    const none = {
      packets_received: 0,
      packets_expected: 0,
      packet_loss_rate: 0,
      jitter_ms: 0,
      latency_ms: 0,
      bandwidth_mbps: 0,
    };
    return fetch(`${this.#url}/qos-metrics`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        client_id: this.id,
        timestamp: new Date().toISOString(),
        metrics: { ...none, ...metrics },
      }),
    });
  }

  close(): void {
    this.socket.socket.terminate();
    for (const socket of this.#sockets) socket.close();
  }
}

/** RFC 3550 §5.3.1: an extension says how many words it has. */
function readDatagram(datagram: Buffer): ReturnType<typeof readSent> {
  const hasExtension = (datagram.readUInt8(0) & 0x10) !== 0;
  const headerBytes = hasExtension ? 16 + 4 * datagram.readUInt16BE(14) : 12;
  return readSent(datagram.subarray(0, headerBytes), datagram.subarray(headerBytes));
}

export function openAudioSocket(
  url: string,
  headers: Record<string, string> = {},
): Promise<JsonSocket<ListeningMessage>> {
  const address = `${url.replace('http', 'ws')}/audio-ws`;
  return JsonSocket.open(address, { schema: listeningMessage, headers });
}

export function requestAudio(url: string, query: string): Promise<Response> {
  return fetch(`${url}/request-audio?${query}`);
}

/** On ports that follow each other, as plain streams are sent. */
async function openSockets(count: number): Promise<Socket[]> {
  const first = await freePorts(count);
  const ports = Array.from({ length: count }, (_, at) => first + at * PORTS_APART);
  return Promise.all(ports.map(openRoomySocket));
}
