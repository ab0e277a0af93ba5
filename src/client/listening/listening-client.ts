// A listener that comes back by itself: what there is to hear, a session, its reports, and after a
// change or a restart of the server all of it again (PRODUCT 2.3, 2.6, 2.7).
//
//   on `config_changed`          dials at once
//   on `reconnect`, `shutdown`   dials when the socket is closed, after 1 s at the latest
//   lost without a word          dials each second for a minute, then as Connection does
//   sent away (4403)             stays away

import type { AudioMeta, QosMetrics, ServerMetrics } from '#contract/audio-meta.ts';
import type { ListenerConfig, ListenerEvent, StreamConfig } from '#contract/listening.ts';
import type { JitterThresholds } from '#media/jitter/jitter-buffer.ts';
import type { Clock, Timer } from '#std/clock.ts';
import type { ClockSync } from '../clock-sync.ts';
import { Connection, type DialContext } from '../connection.ts';
import type { ConnectionState } from '../connection-state.ts';
import type { Fetch } from '../http.ts';
import { ListenerLink, type OpenListeningSocket } from './listener-link.ts';
import { ListeningApi } from './listening-api.ts';

const REPORT_PERIOD_MS = 5_000;
/** A server that says it goes closes its sockets within that; if it does not, it is back already. */
const RESTART_WITHIN_MS = 1_000;
/** A server that restarts is back within some seconds: who listens should not wait 16 s for it. */
const HURRY_PERIOD_MS = 1_000;
const HURRY_FOR_MS = 60_000;
/** What a server that is not there looks like; a refusal stays one however often it is asked for. */
const ABSENT = new Set([
  'lost',
  'unreachable',
  'connect_timeout',
  'silent',
  'closing',
  'unavailable',
]);
/** As in the contract, whose schemas a page does not carry. */
const CLOSE_KICKED = 4403;
/** PRODUCT 2.6. */
const DEFAULT_THRESHOLDS: JitterThresholds = { interpolateMs: 100, dropMs: 200 };

interface ListeningEvents {
  onState(state: ConnectionState): void;
  /** What there is, before each session. */
  onMeta(meta: AudioMeta): void;
  /** A new session: nothing that came before goes on. */
  onSession(clientId: string): void;
  /** What comes from now on; the first one of a session, and later ones. */
  onConfig(config: StreamConfig): void;
  onThresholds(thresholds: JitterThresholds): void;
  onEvent(event: ListenerEvent): void;
  onRefusal(code: string, message: string): void;
  /** The server's answer to a report. */
  onReported(metrics: ServerMetrics): void;
}

export interface ListeningClientOptions {
  /** `http://host:8080` */
  readonly server: string;
  readonly fetch: Fetch;
  readonly openSocket: OpenListeningSocket;
  readonly clock: Clock;
  /** Kept over sessions: the server's clock goes on. */
  readonly sync: ClockSync;
  /** 0 to 1. */
  readonly random: () => number;
  /** Where sound is to come to. */
  readonly udpPort: number;
  readonly wish: ListenerConfig;
  /** They come before the server's. */
  readonly thresholds: Partial<JitterThresholds>;
  /** Since the last call; undefined: there is nothing to report. */
  readonly measure: () => QosMetrics | undefined;
  readonly events: ListeningEvents;
}

export class ListeningClient {
  readonly #options: ListeningClientOptions;
  readonly #api: ListeningApi;
  readonly #connection: Connection<ListenerLink>;
  readonly #timers: Timer[] = [];
  /** The restart that the server has announced. */
  #restart: Timer | undefined;
  /** Since when there is no connection. */
  #lostAtMs: number | undefined;
  /** Of the report that is on its way. */
  #reporting: AbortController | undefined;

  constructor(options: ListeningClientOptions) {
    const { clock, random, server, fetch } = options;
    this.#options = options;
    this.#api = new ListeningApi({ server, fetch });
    const dial = (context: DialContext) => this.#dial(context);
    this.#connection = new Connection({ dial, clock, random });
    this.#connection.subscribe((state) => this.#handleState(state));
  }

  /** Once. */
  start(): void {
    const { clock } = this.#options;
    this.#timers.push(
      clock.every(HURRY_PERIOD_MS, () => this.#hurry()),
      clock.every(REPORT_PERIOD_MS, () => void this.#report()),
    );
    this.#connection.connect();
  }

  /** Idempotent. */
  close(reason = 'closed'): void {
    for (const timer of this.#timers.splice(0)) timer.cancel();
    this.#restart?.cancel();
    this.#reporting?.abort();
    this.#connection.close(reason);
  }

  async #dial({ signal, lost }: DialContext): Promise<ListenerLink> {
    const { openSocket, clock, sync, wish, udpPort, events } = this.#options;
    events.onMeta(await this.#api.readMeta(signal));
    const thresholds = await this.#chooseThresholds(signal);
    // An attempt that was given up meanwhile must not take a place.
    signal.throwIfAborted();
    events.onThresholds(thresholds);
    const link = new ListenerLink({
      url: this.#api.socketUrl,
      openSocket,
      clock,
      sync,
      wish,
      announce: (clientId, stop) => {
        events.onSession(clientId);
        return this.#api.requestAudio({ udpPort, clientId }, stop);
      },
      events: {
        onConfig: events.onConfig,
        onRefusal: events.onRefusal,
        onEvent: (event) => this.#handleEvent(event),
        onEnd: (code, reason) => this.#handleEnd(code, reason, lost),
      },
    });
    await link.open(signal);
    return link;
  }

  /** Each of the two by itself: given, else the server's, else 100 and 200 ms. What is given decides. */
  async #chooseThresholds(signal: AbortSignal): Promise<JitterThresholds> {
    const { interpolateMs, dropMs } = this.#options.thresholds;
    if (interpolateMs !== undefined && dropMs !== undefined) return { interpolateMs, dropMs };
    const told = await this.#api.readThresholds(signal).catch(() => DEFAULT_THRESHOLDS);
    if (interpolateMs !== undefined) {
      return { interpolateMs, dropMs: Math.max(interpolateMs, told.dropMs) };
    }
    if (dropMs === undefined) return told;
    return { interpolateMs: Math.min(told.interpolateMs, dropMs), dropMs };
  }

  #handleState(state: ConnectionState): void {
    if (state.kind === 'connected') this.#lostAtMs = undefined;
    else this.#lostAtMs ??= this.#options.clock.nowMs();
    this.#options.events.onState(state);
  }

  #handleEvent(event: ListenerEvent): void {
    this.#options.events.onEvent(event);
    if (event.type === 'config_changed') this.#connection.retryNow(event.reason);
    if (event.type === 'reconnect' || event.type === 'server_shutdown') this.#expectRestart();
  }

  #expectRestart(): void {
    const { link } = this.#connection;
    this.#restart?.cancel();
    this.#restart = this.#options.clock.after(RESTART_WITHIN_MS, () => {
      if (link && this.#connection.link === link) this.#connection.retryNow('the server restarts');
    });
  }

  #handleEnd(code: number, reason: string, lost: (reason: string) => void): void {
    if (code === CLOSE_KICKED) this.close(reason || 'sent away');
    else lost(reason || `The server closed the connection (${code}).`);
  }

  #hurry(): void {
    const { state } = this.#connection;
    if (state.kind !== 'waiting' || !ABSENT.has(state.failure.code ?? '')) return;
    const lostForMs = this.#options.clock.nowMs() - (this.#lostAtMs ?? 0);
    if (lostForMs < HURRY_FOR_MS) this.#connection.wake();
  }

  /** One at a time: figures of a report that could not be sent are lost, and the next ones are newer. */
  async #report(): Promise<void> {
    const { measure, clock, events } = this.#options;
    const clientId = this.#connection.link?.clientId;
    if (clientId === undefined || this.#reporting) return;
    const metrics = measure();
    if (!metrics) return;
    const timestamp = new Date(clock.wallMs()).toISOString();
    this.#reporting = new AbortController();
    const timer = clock.after(REPORT_PERIOD_MS, () => this.#reporting?.abort());
    try {
      const report = { client_id: clientId, timestamp, metrics };
      events.onReported(await this.#api.report(report, this.#reporting.signal));
    } catch {
      // The connection itself finds out whether the server is gone.
    } finally {
      timer.cancel();
      this.#reporting = undefined;
    }
  }
}
