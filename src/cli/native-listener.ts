// One native listener: UDP ports, the conversation with the server, and what is made of the sound.

import { ClockSync } from '#client/clock-sync.ts';
import type { ConnectionState } from '#client/connection-state.ts';
import {
  ListeningClient,
  type ListeningClientOptions,
} from '#client/listening/listening-client.ts';
import { qosMetricsOf } from '#client/listening/qos-metrics.ts';
import { type ListeningFigures, Receiver } from '#client/listening/receiver.ts';
import type { OpenOpusDecoder } from '#client/listening/voices.ts';
import type { QosMetrics } from '#contract/audio-meta.ts';
import type { ListenerConfig, StreamConfig } from '#contract/listening.ts';
import type { JitterThresholds } from '#media/jitter/jitter-buffer.ts';
import type { Clock } from '#std/clock.ts';
import { DelayLine } from './delay-line.ts';
import type { ListenOptions } from './listen-arguments.ts';
import type { ListenEntry, ListenerSummary, StatsFigures } from './listen-entry.ts';
import { PLAYBACK_QUANTUM_MS, Playback } from './playback.ts';
import { Recording } from './recording.ts';
import { openUdpPorts, type UdpPorts } from './udp-ports.ts';
import { Verification } from './verification.ts';
import { openWebSocket } from './web-socket.ts';

interface NativeListenerOptions {
  readonly number: number;
  readonly server: string;
  readonly udpPort: number;
  /** As many as there are plain streams. */
  readonly udpPorts: number;
  readonly listen: ListenOptions;
  /** Undefined: it only counts. */
  readonly openDecoder: OpenOpusDecoder | undefined;
  readonly clock: Clock;
  readonly tell: (entry: ListenEntry) => void;
  readonly onStats: (listener: number, stats: StatsFigures) => void;
  /** The server wants it no more. */
  readonly onEnd: () => void;
}

export class NativeListener {
  readonly number: number;
  /** Of the last report. */
  latest: StatsFigures | undefined;
  readonly #options: NativeListenerOptions;
  readonly #receiver: Receiver;
  readonly #verification: Verification | undefined;
  readonly #recording: Recording | undefined;
  readonly #playback: Playback | undefined;
  readonly #delayLine: DelayLine;
  readonly #sync = new ClockSync();
  #ports: UdpPorts | undefined;
  #client: ListeningClient | undefined;
  #sessions = 0;
  #worstJitterMs: number | null = null;
  #isClosed = false;

  private constructor(options: NativeListenerOptions) {
    const { number, clock, openDecoder, listen } = options;
    this.number = number;
    this.#options = options;
    const verification = openDecoder && listen.verify ? new Verification() : undefined;
    const player = openDecoder && {
      openDecoder,
      quantumMs: PLAYBACK_QUANTUM_MS,
      tap: verification,
    };
    const receiver = new Receiver({ sync: this.#sync, player });
    this.#receiver = receiver;
    this.#verification = verification;
    if (number === 1 && listen.wav !== undefined) {
      this.#recording = new Recording({ path: listen.wav, mix: listen.mix });
    }
    const [recording, defer] = [this.#recording, setImmediate];
    if (openDecoder) this.#playback = new Playback({ clock, receiver, recording, defer });
    this.#delayLine = new DelayLine({
      clock,
      delayMs: listen.forceDelayMs,
      onPacket: (packet, atMs) => this.#receive(packet, atMs),
    });
  }

  /** Rejects with `port_taken`. */
  static async open(options: NativeListenerOptions): Promise<NativeListener> {
    const listener = new NativeListener(options);
    try {
      await listener.#start();
    } catch (cause) {
      await listener.close();
      throw cause;
    }
    return listener;
  }

  get summary(): ListenerSummary {
    const { packets, latency, counts, strays } = this.#receiver;
    return {
      packets: packets?.received ?? 0,
      expected: packets?.expected ?? 0,
      lost: packets?.lost ?? 0,
      loss_percent: packets?.lossPercent ?? null,
      jitter_ms: this.#worstJitterMs,
      latency_p50_ms: latency?.p50Ms ?? null,
      latency_p95_ms: latency?.p95Ms ?? null,
      latency_p99_ms: latency?.p99Ms ?? null,
      concealed: counts.concealed,
      dropped: counts.dropped,
      strays: strays + this.#delayLine.overflow,
      sessions: this.#sessions,
      verification: this.#verification?.verdict ?? null,
    };
  }

  /** It heard something, that was what it should be, and it was recorded where that was asked for. */
  get isGood(): boolean {
    const { packets } = this.#receiver;
    if (!packets || packets.received === 0 || this.#recording?.failure) return false;
    return this.#verification?.verdict.ok ?? true;
  }

  /** Idempotent. */
  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#client?.close();
    this.#ports?.close();
    this.#delayLine.close();
    this.#playback?.close();
    this.#noteJitter(this.#receiver.readInterval(this.#options.clock.nowMs()));
    const recording = this.#recording;
    await recording?.close();
    this.#receiver.close();
    if (!recording) return;
    const failure = recording.failure?.message ?? null;
    this.#options.tell({ type: 'recording', paths: recording.paths, failure });
  }

  async #start(): Promise<void> {
    const { clock, server, udpPort, udpPorts, listen } = this.#options;
    this.#ports = await openUdpPorts({
      port: udpPort,
      count: udpPorts,
      onPacket: (packet) => this.#delayLine.add(packet, clock.nowMs()),
    });
    this.#client = new ListeningClient({
      server,
      fetch: (url, request) => fetch(url, request),
      openSocket: openWebSocket,
      clock,
      sync: this.#sync,
      random: Math.random,
      udpPort: this.#ports.port,
      wish: wishOf(listen),
      thresholds: thresholdsOf(listen),
      measure: () => this.#measure(),
      events: this.#events(this.#ports.port),
    });
    this.#client.start();
  }

  #events(udpPort: number): ListeningClientOptions['events'] {
    const { number: listener } = this;
    const { tell, clock } = this.#options;
    const receiver = this.#receiver;
    return {
      onState: (state) => this.#tellState(state),
      onMeta: () => {},
      onThresholds: (thresholds) => {
        receiver.changeThresholds(thresholds);
        const { interpolateMs: interpolate_ms, dropMs: drop_ms } = thresholds;
        tell({ type: 'thresholds', listener, interpolate_ms, drop_ms });
      },
      onSession: (clientId) => {
        this.#sessions++;
        // How the session before was says nothing of the next one.
        this.#noteJitter(receiver.readInterval(clock.nowMs()));
        receiver.restart();
        tell({ type: 'session', listener, client_id: clientId, udp_port: udpPort });
      },
      onConfig: (config) => this.#configure(config),
      onEvent: (event) => tell({ type: 'event', listener, event }),
      onRefusal: (code, message) => tell({ type: 'refusal', listener, code, message }),
      onReported: () => {},
    };
  }

  #configure(config: StreamConfig): void {
    this.#options.tell({ type: 'config', listener: this.number, config });
    this.#receiver.configure(config);
    const { format } = this.#receiver;
    if (format) this.#verification?.expect(format);
  }

  #receive(packet: Uint8Array, atMs: number): void {
    const { clock } = this.#options;
    const wallMs = clock.wallMs() - (clock.nowMs() - atMs);
    this.#receiver.receive(packet, { atMs, wallMs });
  }

  #measure(): QosMetrics | undefined {
    const figures = this.#receiver.readInterval(this.#options.clock.nowMs());
    if (!figures) return undefined;
    this.#noteJitter(figures);
    this.latest = statsOf(figures);
    this.#options.onStats(this.number, this.latest);
    return qosMetricsOf(figures);
  }

  #noteJitter(figures: ListeningFigures | undefined): void {
    const jitterMs = figures?.jitterMs ?? null;
    if (jitterMs !== null) this.#worstJitterMs = Math.max(this.#worstJitterMs ?? 0, jitterMs);
  }

  #tellState(state: ConnectionState): void {
    const { tell, onEnd } = this.#options;
    if (this.#isClosed || state.kind === 'connecting') return;
    if (state.kind !== 'connected') this.latest = undefined;
    const reason = 'failure' in state ? (state.failure?.reason ?? null) : null;
    tell({
      type: 'state',
      listener: this.number,
      state: state.kind,
      reason: 'reason' in state ? state.reason : reason,
    });
    if (state.kind === 'closed' || state.kind === 'gave-up') onEnd();
  }
}

function wishOf({ channels, rate, compression, layout }: ListenOptions): ListenerConfig {
  return {
    ...(channels && { channels: channels.map((id) => ({ id })) }),
    ...(rate && { sample_rate: rate }),
    ...(compression && { compression }),
    ...(layout && { layout }),
  };
}

function thresholdsOf({ interpolateMs, dropMs }: ListenOptions): Partial<JitterThresholds> {
  return {
    ...(interpolateMs !== undefined && { interpolateMs }),
    ...(dropMs !== undefined && { dropMs }),
  };
}

function statsOf(figures: ListeningFigures): StatsFigures {
  const { received, lossPercent, jitterMs, latency, bandwidthMbps, bufferMs } = figures;
  return {
    packets: received,
    expected: figures.expected,
    loss_percent: lossPercent,
    jitter_ms: jitterMs,
    latency_p50_ms: latency?.p50Ms ?? null,
    latency_p95_ms: latency?.p95Ms ?? null,
    bandwidth_mbps: bandwidthMbps,
    buffer_ms: bufferMs,
    concealed: figures.concealed,
    dropped: figures.dropped,
  };
}
