// One listener of the load: the real client's parts, with figures that are read when they are asked for.

import { ClockSync } from '#client/clock-sync.ts';
import {
  ListeningClient,
  type ListeningClientOptions,
} from '#client/listening/listening-client.ts';
import { qosMetricsOf } from '#client/listening/qos-metrics.ts';
import { type ListeningFigures, Receiver } from '#client/listening/receiver.ts';
import type { OpenOpusDecoder } from '#client/listening/voices.ts';
import type { ServerMetrics } from '#contract/audio-meta.ts';
import { systemClock as clock } from '../../src/app/system-clock.ts';
import { PLAYBACK_QUANTUM_MS, Playback } from '../../src/cli/playback.ts';
import { openUdpPorts, type UdpPorts } from '../../src/cli/udp-ports.ts';
import { CuttableSockets } from './cuttable-sockets.ts';

/** Since the last reading, where nothing else is said. */
export interface ListenerReading {
  readonly received: number;
  readonly expected: number;
  readonly bytes: number;
  readonly jitters: readonly number[];
  /** Undefined where nothing is played. */
  readonly playing: { readonly concealed: number; readonly dropped: number } | undefined;
  readonly buffersMs: readonly number[];
  /** The longest time without a packet. */
  readonly gapMs: number;
  /** Now: how long ago the last packet came. */
  readonly silentMs: number;
  readonly isConnected: boolean;
  /** Now; 0 before anything is agreed on. */
  readonly packetMs: number;
  readonly sampleRate: number;
  readonly clockErrorMs: number;
}

interface LoadListenerOptions {
  readonly server: string;
  /** Undefined: it only counts. */
  readonly openDecoder: OpenOpusDecoder | undefined;
  readonly onLatency: (latencyMs: number) => void;
  readonly onReported: (metrics: ServerMetrics) => void;
}

const NOTHING = { received: 0, expected: 0, bytes: 0, concealed: 0, dropped: 0 };

export class LoadListener {
  readonly #options: LoadListenerOptions;
  readonly #receiver: Receiver;
  readonly #sockets = new CuttableSockets();
  readonly #sync = new ClockSync();
  #playback: Playback | undefined;
  #ports: UdpPorts | undefined;
  #client: ListeningClient | undefined;
  #isConnected = false;
  #format = { packetMs: 0, sampleRate: 0 };
  #before = NOTHING;
  #jitters: number[] = [];
  #buffersMs: number[] = [];
  #gapMs = 0;
  #heardAtMs = clock.nowMs();

  constructor(options: LoadListenerOptions) {
    const { openDecoder, onLatency } = options;
    this.#options = options;
    this.#receiver = new Receiver({
      // Server and listener have one clock here: by it latency is exact, and the protocol's way to compare
      // clocks is measured beside it.
      sync: {
        latencyOf: (capturedAtMs, receivedAtMs) => {
          onLatency(receivedAtMs - capturedAtMs);
          return receivedAtMs - capturedAtMs;
        },
      },
      player: openDecoder && { openDecoder, quantumMs: PLAYBACK_QUANTUM_MS },
    });
  }

  /** The UDP port that it listens on. */
  async bind(): Promise<number> {
    const onPacket = (packet: Uint8Array) => this.#take(packet);
    this.#ports = await openUdpPorts({ port: 0, count: 1, onPacket });
    return this.#ports.port;
  }

  /** `udpPort` is where the server is to send: its own port, or a relay's. */
  start(udpPort: number): void {
    const receiver = this.#receiver;
    if (this.#options.openDecoder) {
      this.#playback = new Playback({ clock, receiver, recording: undefined, defer: setImmediate });
    }
    this.#client = new ListeningClient({
      server: this.#options.server,
      fetch: (url, request) => fetch(url, request),
      openSocket: this.#sockets.open,
      clock,
      sync: this.#sync,
      random: Math.random,
      udpPort,
      wish: {},
      thresholds: {},
      measure: () => {
        const figures = this.#sample();
        return figures && qosMetricsOf(figures);
      },
      events: this.#events(),
    });
    this.#client.start();
  }

  /** As a network does that forgets a connection. */
  cut(): void {
    this.#sockets.cut();
  }

  get hasHeard(): boolean {
    return (this.#receiver.packets?.received ?? 0) > 0;
  }

  read(): ListenerReading {
    this.#sample();
    const { received, expected, bytes } = this.#receiver.packets ?? NOTHING;
    const now = { received, expected, bytes, ...this.#receiver.counts };
    const before = this.#before;
    const silentMs = clock.nowMs() - this.#heardAtMs;
    const reading: ListenerReading = {
      received: now.received - before.received,
      expected: now.expected - before.expected,
      bytes: now.bytes - before.bytes,
      jitters: this.#jitters,
      playing: this.#playback && {
        concealed: now.concealed - before.concealed,
        dropped: now.dropped - before.dropped,
      },
      buffersMs: this.#buffersMs,
      gapMs: Math.max(this.#gapMs, silentMs),
      silentMs,
      isConnected: this.#isConnected,
      clockErrorMs: Math.abs(this.#sync.offsetMs ?? Number.NaN),
      ...this.#format,
    };
    this.#before = now;
    this.#jitters = [];
    this.#buffersMs = [];
    this.#gapMs = 0;
    return reading;
  }

  close(): void {
    this.#client?.close();
    this.#ports?.close();
    this.#playback?.close();
    this.#receiver.close();
  }

  #take(packet: Uint8Array): void {
    const atMs = clock.nowMs();
    this.#gapMs = Math.max(this.#gapMs, atMs - this.#heardAtMs);
    this.#heardAtMs = atMs;
    this.#receiver.receive(packet, { atMs, wallMs: clock.wallMs() });
  }

  #sample(): ListeningFigures | undefined {
    const figures = this.#receiver.readInterval(clock.nowMs());
    if (figures && figures.jitterMs !== null) this.#jitters.push(figures.jitterMs);
    if (figures && figures.bufferMs !== null) this.#buffersMs.push(figures.bufferMs);
    return figures;
  }

  #events(): ListeningClientOptions['events'] {
    return {
      onState: ({ kind }) => {
        this.#isConnected = kind === 'connected';
      },
      onMeta: () => {},
      onThresholds: (thresholds) => this.#receiver.changeThresholds(thresholds),
      onSession: () => this.#receiver.restart(),
      onConfig: (config) => {
        this.#format = { packetMs: config.packet_time_ms, sampleRate: config.sample_rate };
        this.#receiver.configure(config);
      },
      onEvent: () => {},
      onRefusal: (code) => process.stderr.write(`a listener was refused: ${code}\n`),
      onReported: this.#options.onReported,
    };
  }
}
