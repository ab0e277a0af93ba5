// A console's server of the tests' own: HTTP, WebSocket and UDP as the protocol says, and faults on demand.

import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';
import { type ScriptedFaults, type ScriptedFormat, ScriptedRtp } from './scripted-rtp.ts';

const PUMP_PERIOD_MS = 5;

export interface ScriptedSoundOptions {
  readonly format?: Partial<ScriptedFormat>;
  readonly faults?: ScriptedFaults;
  /** Of the packets to each listener, counted from 0. */
  readonly drop?: (index: number) => boolean;
  /** Undefined: there is no such path. */
  readonly thresholds?: { readonly interpolate: number; readonly drop: number };
  readonly maxListeners?: number;
  /** The server's clock minus that of the test. */
  readonly clockOffsetMs?: number;
  /** False: it never sends. */
  readonly sends?: boolean;
}

interface ScriptedListener {
  readonly id: string;
  readonly socket: WebSocket;
  port: number | undefined;
  rtp: ScriptedRtp | undefined;
  packets: number;
  startedAtMs: number;
  ticks: number;
  readonly messages: Record<string, unknown>[];
}

interface PostedReport {
  readonly client_id: string;
  readonly timestamp: string;
  readonly metrics: Readonly<Record<string, number>>;
}

const DEFAULT_FORMAT: ScriptedFormat = {
  compression: 'pcm',
  rate: 48_000,
  channels: [1, 2, 3],
  packetMs: 5,
};

export class ScriptedSoundServer {
  /** What clients did, in order. */
  readonly steps: string[] = [];
  readonly reports: PostedReport[] = [];
  readonly listeners: ScriptedListener[] = [];
  format: ScriptedFormat;
  readonly #options: ScriptedSoundOptions;
  readonly #http = createServer((request, response) => void this.#answer(request, response));
  readonly #sockets = new WebSocketServer({ noServer: true });
  readonly #udp = createSocket('udp4');
  readonly #timer: NodeJS.Timeout;
  #seed = 1;
  #port = 0;

  private constructor(options: ScriptedSoundOptions) {
    this.#options = options;
    this.format = { ...DEFAULT_FORMAT, ...options.format };
    this.#timer = setInterval(() => this.#pump(), PUMP_PERIOD_MS);
    this.#http.on('upgrade', (request, socket, head) => {
      this.#sockets.handleUpgrade(request, socket, head, (each) => this.#welcome(each));
    });
  }

  static async start(options: ScriptedSoundOptions = {}): Promise<ScriptedSoundServer> {
    const server = new ScriptedSoundServer(options);
    await server.listen();
    return server;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** Those whose socket is open. */
  get present(): ScriptedListener[] {
    return this.listeners.filter(({ socket }) => socket.readyState === socket.OPEN);
  }

  /** Starts again, at the same port, after `hangUp`. */
  async listen(): Promise<void> {
    this.#http.listen(this.#port, '127.0.0.1');
    await once(this.#http, 'listening');
    this.#port = (this.#http.address() as AddressInfo).port;
  }

  /** To all. */
  say(message: unknown): void {
    for (const { socket } of this.present) socket.send(JSON.stringify(message));
  }

  /** As `say`, and nothing is sent to them any more. */
  endSessions(event: Record<string, unknown>): void {
    this.say({ type: 'event', payload: event });
    for (const listener of this.listeners) listener.port = undefined;
  }

  /** As a server that is gone. */
  async hangUp(): Promise<void> {
    for (const { socket } of this.listeners) socket.terminate();
    this.#http.closeAllConnections();
    this.#http.close();
    await once(this.#http, 'close');
  }

  /** Every socket gets this code. */
  closeSockets(code: number, reason: string): void {
    for (const { socket } of this.present) socket.close(code, reason);
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    if (this.#http.listening) await this.hangUp();
    for (const { rtp } of this.listeners) rtp?.close();
    this.#udp.close();
  }

  #welcome(socket: WebSocket): void {
    this.steps.push('socket');
    if (this.present.length >= (this.#options.maxListeners ?? 20)) {
      socket.close(4429, 'There are 20 listeners, as many as may be.');
      return;
    }
    const id = `ear-${this.listeners.length + 1}`;
    const listener: ScriptedListener = {
      ...{ id, socket, port: undefined, rtp: undefined },
      ...{ packets: 0, startedAtMs: 0, ticks: 0, messages: [] },
    };
    this.listeners.push(listener);
    socket.on('message', (data) => void this.#hear(listener, JSON.parse(String(data))));
    socket.on('close', () => {
      listener.port = undefined;
    });
    socket.send(JSON.stringify({ type: 'hello', client_id: id }));
  }

  async #hear(listener: ScriptedListener, message: Record<string, unknown>): Promise<void> {
    listener.messages.push(message);
    const { type } = message;
    if (type !== 'ntp_request') this.steps.push(String(type));
    if (type === 'ntp_request') {
      const now = this.#wallMs();
      listener.socket.send(
        JSON.stringify({ type: 'ntp_response', t1: message['t1'], t2: now, t3: now }),
      );
    }
    if (type === 'client_config') await this.#configure(listener);
  }

  async #configure(listener: ScriptedListener): Promise<void> {
    const { format } = this;
    const rtp = await ScriptedRtp.open(format, this.#options.faults ?? {}, this.#seed++);
    const { ssrc, payloadType: payload_type, clockRate: clock_rate } = rtp;
    const channels = [...format.channels];
    const payload = {
      ...{
        compression: format.compression,
        layout: 'bundle',
        sample_rate: format.rate,
        clock_rate,
      },
      ...{
        packet_time_ms: format.packetMs,
        bitrate: format.compression === 'opus' ? 64_000 : null,
      },
      channels: channels.map((id) => ({ id, name: `CH${id}` })),
      left_out: [],
      streams: [{ payload_type, ssrc, channels, port: listener.port ?? null }],
    };
    listener.socket.send(JSON.stringify({ type: 'stream_config', payload }));
    Object.assign(listener, { rtp, startedAtMs: performance.now(), ticks: 0, packets: 0 });
  }

  #pump(): void {
    for (const listener of this.listeners) {
      const { rtp, port } = listener;
      if (!rtp || port === undefined || this.#options.sends === false) continue;
      const elapsedMs = performance.now() - listener.startedAtMs;
      while (listener.ticks * this.format.packetMs < elapsedMs) this.#sendTick(listener, rtp, port);
    }
  }

  #sendTick(listener: ScriptedListener, rtp: ScriptedRtp, port: number): void {
    const offsetMs = listener.startedAtMs + listener.ticks * this.format.packetMs;
    const capturedAtMs = this.#wallMs() - (performance.now() - offsetMs);
    listener.ticks++;
    for (const packet of rtp.nextTick(capturedAtMs)) {
      if (this.#options.drop?.(listener.packets++)) continue;
      this.#udp.send(packet, port, '127.0.0.1');
    }
  }

  #wallMs(): number {
    return performance.timeOrigin + performance.now() + (this.#options.clockOffsetMs ?? 0);
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(request.url ?? '/', this.url);
    const body = await readBody(request);
    const answer = this.#route(`${request.method} ${pathname}`, searchParams, body);
    response.writeHead(answer ? 200 : 404, { 'content-type': 'application/json' });
    response.end(JSON.stringify(answer ?? { code: 'not_found', detail: 'There is nothing.' }));
  }

  #route(route: string, query: URLSearchParams, body: string): object | undefined {
    if (route !== 'POST /qos-metrics') this.steps.push(route);
    switch (route) {
      case 'GET /audio-meta':
        return { layout: 'bundle', channels: [], server: { test_mode: true } };
      case 'GET /jitter-thresholds':
        return this.#options.thresholds;
      case 'GET /request-audio':
        return this.#announce(query);
      case 'POST /qos-metrics':
        this.reports.push(JSON.parse(body));
        return { status: 'ok', server_metrics: { total_clients: this.present.length } };
      default:
        return undefined;
    }
  }

  #announce(query: URLSearchParams): object | undefined {
    const port = Number(query.get('udp_port'));
    const listener = this.listeners.find(({ id }) => id === query.get('client_id'));
    if (!listener) return undefined;
    listener.port = port;
    return { status: 'ok', client_id: listener.id, udp_port: port };
  }
}

async function readBody(request: IncomingMessage): Promise<string> {
  let body = '';
  for await (const chunk of request) body += String(chunk);
  return body;
}
