// The rules of the console: who listens, what each gets, and what the sound engine shall do for it
// (PRODUCT 2.2 to 2.6). Whatever changes, the engine is given a whole new plan.

import type {
  AudioMeta,
  JitterThresholds,
  QosReport,
  RequestAudioAnswer,
  ServerMetrics,
} from '#contract/audio-meta.ts';
import type {
  ConsoleChannel,
  ConsoleSettings,
  ConsoleView,
  ListenerView,
} from '#contract/console.ts';
import type { ListenerConfig } from '#contract/listening.ts';
import type { SampleRate } from '#contract/sound.ts';
import type { ConsoleStore } from '#core/ports/console-store.ts';
import type { Log } from '#core/ports/log.ts';
import type {
  MeterLevels,
  SoundEngine,
  SoundEngineEvents,
  SoundReport,
} from '#core/ports/sound-engine.ts';
import type { Clock, Timer } from '#std/clock.ts';
import { viewDefaults, viewOwn } from './audio-meta-view.ts';
import { ConsoleSetup } from './console-setup.ts';
import { viewConsole, viewListener } from './console-view.ts';
import { EngineControl } from './engine-control.ts';
import type { Listener, ListenerLink } from './listener.ts';
import { describePlain } from './listener-description.ts';
import { ListenerList } from './listener-list.ts';
import { plainAddress } from './plain-address.ts';
import { RateControl } from './rate-control.ts';
import { logStats } from './rtp-stats.ts';

const STATS_EACH_MS = 10_000;

interface ConsoleOptions {
  readonly clock: Clock;
  readonly log: Log;
  readonly store: ConsoleStore;
  readonly maxListeners: number;
  /** Set in the configuration file: comes before the admin's. */
  readonly device: string | null;
  /** The console's card, `hw:XUSB`; null: there is none. */
  readonly findCard: () => Promise<string | null>;
  /** A short word that nobody can guess. */
  readonly newId: () => string;
  /** 32 random bits. */
  readonly randomWord: () => number;
  readonly version: string;
  /** Of the server: per cent of one core, MB. */
  readonly usage: () => { readonly cpuPercent: number; readonly memoryMb: number };
}

/** The rules' side of one listener: what it said. */
interface ListenerSession {
  readonly id: string;
  heartbeat(timestamp: string): void;
  configure(config: ListenerConfig): void;
  close(): void;
}

interface AudioRequest {
  readonly udpPort: number;
  readonly clientId: string | undefined;
  readonly address: string;
}

export class Console {
  readonly #options: ConsoleOptions;
  readonly #setup: ConsoleSetup;
  readonly #list: ListenerList;
  readonly #control: EngineControl;
  readonly #rate: RateControl;
  readonly #statsTicker: Timer;
  readonly #startedMs: number;

  /** Throws what the store throws. */
  constructor(options: ConsoleOptions) {
    const { clock } = options;
    this.#options = options;
    this.#startedMs = clock.nowMs();
    const setup = new ConsoleSetup(options);
    this.#setup = setup;
    this.#control = new EngineControl({ ...options, setup });
    this.#list = new ListenerList({
      ...options,
      setup,
      onChange: () => this.#plan(),
      onGone: (id) => this.#rate.remove(id),
    });
    this.#rate = new RateControl({
      ...options,
      setup,
      onStep: (reason, before) => {
        this.#endSessions(reason, before);
        this.#plan();
      },
    });
    this.#statsTicker = clock.every(STATS_EACH_MS, () => {
      logStats(this.#list, this.soundReport, options.log);
    });
  }

  /** For the engine to call. */
  get events(): SoundEngineEvents {
    return { ...this.#control.events, onLost: () => this.#restart() };
  }

  /** What the engine said last. */
  get soundReport(): SoundReport {
    return this.#control.report;
  }

  /** From now on plans go to it. */
  start(engine: SoundEngine): void {
    this.#control.start(engine);
  }

  /** Says hello. Throws `too_many_listeners`, and `closing` while the server shuts down. */
  open(link: ListenerLink): ListenerSession {
    const listener = this.#list.admit(link);
    return {
      id: listener.id,
      heartbeat: (timestamp) => {
        if (listener.beat(timestamp)) this.#plan();
      },
      configure: (config) => {
        listener.configure(config);
        this.#plan();
      },
      close: () => {
        this.#list.leave(listener);
        this.#plan();
      },
    };
  }

  /** Throws `listener_not_found`, `foreign_listener`, and `invalid_input` for a port too high. */
  requestAudio(request: AudioRequest): RequestAudioAnswer {
    const { id } = this.#list.bind(request);
    this.#plan();
    return { status: 'ok', client_id: id, udp_port: request.udpPort };
  }

  /** Throws `listener_not_found`. */
  meta(clientId: string | undefined): AudioMeta {
    const of = { setup: this.#setup, server: this.#viewServer() };
    const own = clientId === undefined ? undefined : this.#list.getEnded(clientId);
    // Whoever's session has ended asks what is new.
    return own && own.state !== 'ended' ? viewOwn(of, own) : viewDefaults(of, this.#list);
  }

  /** SDP for players. Throws `listener_not_found`, `not_plain`. */
  description(clientId: string): string {
    return describePlain(this.#list.get(clientId));
  }

  jitterThresholds(): JitterThresholds {
    const { jitter_interpolate_ms, jitter_drop_ms } = this.#setup.settings;
    return { interpolate: jitter_interpolate_ms, drop: jitter_drop_ms };
  }

  setJitterThresholds({ interpolate, drop }: JitterThresholds): void {
    this.changeSettings({ jitter_interpolate_ms: interpolate, jitter_drop_ms: drop });
  }

  /** A report for an unknown id, or from another address than the listener's, steers nothing. */
  report({ client_id, metrics }: QosReport, address: string): ServerMetrics {
    const listener = this.#list.find(client_id);
    if (listener?.address === plainAddress(address)) {
      if (listener.take(metrics)) this.#plan();
      if (listener.state === 'listening') this.#rate.take(listener.id, metrics);
    }
    const { cpuPercent, memoryMb } = this.#options.usage();
    return {
      total_clients: this.#list.size,
      total_packets_sent: this.soundReport.packetsSent,
      server_cpu_usage: cpuPercent,
      server_memory_usage: memoryMb,
    };
  }

  console(): ConsoleView {
    return viewConsole({
      setup: this.#setup,
      listeners: this.#list,
      maxListeners: this.#options.maxListeners,
      capture: this.#control.capture,
      report: this.soundReport,
      rtpPort: this.#control.rtpPort,
    });
  }

  listeners(): ListenerView[] {
    return Array.from(this.#list, (listener) => this.#viewListener(listener));
  }

  /** Throws `listener_not_found`. */
  listener(id: string): ListenerView {
    return this.#viewListener(this.#list.get(id));
  }

  /** Throws `set_in_file` for a device that the configuration file sets, and what the store throws. */
  changeSettings(changes: Partial<ConsoleSettings>): void {
    const rateBefore = this.#setup.settings.sample_rate;
    const reason = this.#setup.change(changes);
    const changed = Object.keys(changes).join(', ');
    this.#options.log.info('Console settings changed', { changed });
    if (reason !== undefined) this.#endSessions(reason, rateBefore);
    for (const listener of this.#list) listener.refresh();
    this.#plan();
  }

  /** Throws what the store throws. */
  changeChannels(channels: readonly ConsoleChannel[]): void {
    const reason = this.#setup.changeChannels(channels);
    this.#options.log.info('Console channels changed');
    if (reason !== undefined) this.#endSessions(reason, this.#setup.settings.sample_rate);
    this.#plan();
  }

  /** Throws `listener_not_found`. */
  kick(id: string): void {
    this.#list.kick(id);
    this.#plan();
  }

  /** To one listener, or to all; how many were told. Throws `listener_not_found`. */
  sendMessage(message: string, id: string | undefined): number {
    const told = id === undefined ? [...this.#list] : [this.#list.get(id)];
    for (const listener of told) listener.tell({ type: 'custom_message', message });
    this.#plan();
    return told.length;
  }

  /** Keeps capture and levels on until it is closed. */
  watchMeters(sink: (levels: MeterLevels) => void): { close(): void } {
    return this.#control.watchMeters(sink);
  }

  /** `reconnect`: the server comes back. All are told and sent away; nothing is sent any more. Idempotent. */
  close(event: 'server_shutdown' | 'reconnect' = 'server_shutdown'): void {
    this.#rate.close();
    this.#statsTicker.cancel();
    const reason = event === 'reconnect' ? 'the server restarts' : 'the server shuts down';
    this.#list.close({ type: event, reason });
    this.#control.close();
  }

  #plan(): void {
    const plans = Array.from(this.#list, (listener) => listener.plan());
    const sent = plans.filter((plan) => plan !== undefined);
    this.#control.send(sent, (id) => whyStopped(this.#list.find(id)));
  }

  /** Everybody needs a session of which the engine that comes next knows. */
  #restart(): void {
    this.#control.keepCapture();
    this.#list.endAll({ type: 'reconnect', reason: 'the sound engine starts again' });
    this.#plan();
  }

  #endSessions(reason: string, rateBefore: SampleRate): void {
    const rate = this.#setup.settings.sample_rate;
    const newRate = rate === rateBefore ? {} : { new_sample_rate: rate };
    this.#control.keepCapture();
    this.#list.endAll({ type: 'config_changed', reason, ...newRate });
  }

  #viewListener(listener: Listener): ListenerView {
    return viewListener(listener, this.#setup, this.soundReport);
  }

  #viewServer(): AudioMeta['server'] {
    const { clock, maxListeners, version } = this.#options;
    const { capture, isTestMode } = this.#control;
    return {
      state: capture.state,
      reason: capture.reason,
      test_mode: isTestMode,
      listeners: this.#list.size,
      max_listeners: maxListeners,
      uptime_seconds: Math.floor((clock.nowMs() - this.#startedMs) / 1_000),
      version,
    };
  }
}

function whyStopped(listener: Listener | undefined): string {
  switch (listener?.state) {
    case 'silent':
      return 'no heartbeat';
    case 'listening':
      return 'it wants no channel';
    case 'waiting':
      return 'another listener has its port';
    default:
      return 'its session has ended';
  }
}
