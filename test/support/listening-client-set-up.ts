// A listening client whose server, clock and sockets are the test's.

import { ClockSync } from '#client/clock-sync.ts';
import type { ConnectionState } from '#client/connection-state.ts';
import type { ListeningSocketEvents } from '#client/listening/listener-link.ts';
import {
  ListeningClient,
  type ListeningClientOptions,
} from '#client/listening/listening-client.ts';
import type { QosMetrics, QosReport } from '#contract/audio-meta.ts';
import type { ListeningMessage } from '#contract/listening.ts';
import { VirtualClock } from './virtual-clock.ts';

export const FIGURES: QosMetrics = {
  packets_received: 97,
  packets_expected: 100,
  packet_loss_rate: 3,
  jitter_ms: 1,
  latency_ms: 10,
  bandwidth_mbps: 1,
};

const STREAM_CONFIG = {
  type: 'stream_config',
  payload: {
    ...{ compression: 'opus', layout: 'bundle', sample_rate: 48_000, clock_rate: 48_000 },
    ...{ packet_time_ms: 5, bitrate: 64_000, channels: [], left_out: [], streams: [] },
  },
} as const;

type Sent = Readonly<Record<string, unknown>> & { readonly type: string };

/** One WebSocket, whose other end is the test. */
class ScriptedSocket {
  readonly sent: Sent[] = [];
  isClosed = false;
  readonly #events: ListeningSocketEvents;

  constructor(events: ListeningSocketEvents) {
    this.#events = events;
  }

  send(text: string): void {
    this.sent.push(JSON.parse(text));
  }

  close(): void {
    this.isClosed = true;
  }

  all(type: string): Sent[] {
    return this.sent.filter((message) => message.type === type);
  }

  say(message: ListeningMessage): void {
    this.#events.onMessage(JSON.stringify(message));
  }

  sayText(text: string): void {
    this.#events.onMessage(text);
  }

  hangUp(code = 1006, reason = ''): void {
    this.#events.onClose(code, reason);
  }
}

interface ClientWorldOptions {
  readonly thresholds?: ListeningClientOptions['thresholds'];
  readonly measure?: ListeningClientOptions['measure'];
  /** By path; a number is a status. */
  readonly answers?: Readonly<Record<string, unknown>>;
}

export class ClientWorld {
  readonly clock = new VirtualClock();
  readonly sync = new ClockSync();
  readonly sockets: ScriptedSocket[] = [];
  /** `GET /audio-meta`, in order. */
  readonly requests: string[] = [];
  readonly reports: QosReport[] = [];
  readonly states: ConnectionState[] = [];
  readonly told: [name: string, value: unknown][] = [];
  answers: Readonly<Record<string, unknown>>;
  readonly client: ListeningClient;

  constructor({ thresholds = {}, measure = () => FIGURES, answers = {} }: ClientWorldOptions = {}) {
    this.answers = {
      '/audio-meta': { channels: [] },
      '/jitter-thresholds': { interpolate: 30, drop: 60 },
      '/request-audio': { status: 'ok' },
      '/qos-metrics': { status: 'ok', server_metrics: { total_clients: 1 } },
      ...answers,
    };
    const tell = (name: string) => (value: unknown) => this.told.push([name, value]);
    this.client = new ListeningClient({
      server: 'http://console:8080',
      fetch: (url, { method, body }) => this.#fetch(`${method} ${url}`, body),
      openSocket: (_, events) => {
        const socket = new ScriptedSocket(events);
        this.sockets.push(socket);
        return socket;
      },
      clock: this.clock,
      sync: this.sync,
      random: () => 0.5,
      udpPort: 5_004,
      wish: { compression: 'opus' },
      thresholds,
      measure,
      events: {
        onState: (state) => this.states.push(state),
        onMeta: tell('meta'),
        onSession: tell('session'),
        onConfig: tell('config'),
        onThresholds: tell('thresholds'),
        onEvent: tell('event'),
        onRefusal: (code, message) => tell('refusal')({ code, message }),
        onReported: tell('reported'),
      },
    });
  }

  get socket(): ScriptedSocket {
    return this.sockets.at(-1)!;
  }

  get kinds(): string[] {
    return this.states.map(({ kind }) => kind);
  }

  all(name: string): unknown[] {
    return this.told.filter(([each]) => each === name).map(([, value]) => value);
  }

  settle(): Promise<void> {
    return this.clock.advanceAsync(0);
  }

  /** Up to the first `stream_config`. */
  async connect(): Promise<void> {
    if (this.sockets.length === 0) this.client.start();
    await this.settle();
    await this.agree();
  }

  async agree(): Promise<void> {
    this.socket.say({ type: 'hello', client_id: `ear-${this.sockets.length}` });
    await this.settle();
    this.socket.sayText(JSON.stringify(STREAM_CONFIG));
    await this.settle();
  }

  async #fetch(request: string, body: string | undefined) {
    const [method = '', url = ''] = request.split(' ');
    const path = url.replace('http://console:8080', '');
    this.requests.push(`${method} ${path}`);
    if (path === '/qos-metrics') this.reports.push(JSON.parse(body ?? ''));
    const answer = this.answers[path.replace(/\?.*/, '')];
    if (answer === 'nothing') throw new Error('refused');
    const status = typeof answer === 'number' ? answer : 200;
    const text = typeof answer === 'string' ? answer : JSON.stringify(answer);
    return { status, headers: { get: () => null }, text: async () => text };
  }
}
