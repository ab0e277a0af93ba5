// What the sound engine shall do, and what it says: the plan goes to it, captures, figures and levels
// come back.

import type { Log } from '#core/ports/log.ts';
import type {
  CaptureState,
  ListenerPlan,
  MeterLevels,
  SoundEngine,
  SoundEngineEvents,
  SoundReport,
} from '#core/ports/sound-engine.ts';
import type { Clock } from '#std/clock.ts';
import { UnavailableError } from '#std/errors.ts';
import { CaptureSource } from './capture-source.ts';
import type { ConsoleSetup } from './console-setup.ts';

/** Open admin pages; a band has one or two. */
const MAX_METER_WATCHERS = 64;
/** This source has no channels of its own, only test mode. */
const TEST_SOURCE = 'test:';

interface EngineControlOptions {
  readonly clock: Clock;
  readonly log: Log;
  readonly setup: ConsoleSetup;
  readonly findCard: () => Promise<string | null>;
}

type MeterSink = (levels: MeterLevels) => void;

const NOTHING_CAPTURED: CaptureState = {
  state: 'idle',
  source: null,
  reason: null,
  sampleRate: null,
  channels: null,
  format: null,
  overruns: 0,
  lostFrames: 0,
  restarts: 0,
};

const NOTHING_SENT: SoundReport = {
  listeners: [],
  packetsSent: 0,
  encodings: 0,
  delay: null,
  cpuSeconds: 0,
  strayDatagrams: 0,
};

export class EngineControl {
  readonly #options: EngineControlOptions;
  readonly #source: CaptureSource;
  readonly #meterSinks = new Set<MeterSink>();
  #engine: SoundEngine | undefined;
  #listeners: readonly ListenerPlan[] = [];
  #capture = NOTHING_CAPTURED;
  #report = NOTHING_SENT;

  constructor(options: EngineControlOptions) {
    this.#options = options;
    const { clock, findCard, setup } = options;
    this.#source = new CaptureSource({
      clock,
      device: () => setup.device,
      findCard,
      onChange: () => this.#apply(),
    });
  }

  /** For the engine to call. */
  readonly events: SoundEngineEvents = {
    onCapture: (capture) => this.#takeCapture(capture),
    onReport: (report) => {
      this.#report = report;
    },
    onMeters: (levels) => {
      for (const sink of this.#meterSinks) sink(levels);
    },
  };

  get capture(): CaptureState {
    return this.#capture;
  }

  /** The last one. */
  get report(): SoundReport {
    return this.#report;
  }

  get rtpPort(): number {
    return this.#engine?.port ?? 0;
  }

  get isTestMode(): boolean {
    const { settings, device } = this.#options.setup;
    return settings.test_mode || device === TEST_SOURCE;
  }

  start(engine: SoundEngine): void {
    this.#engine = engine;
    this.#apply();
  }

  /** They get sound from now on, and nobody else; `whyStopped` is asked of those who got it before. */
  send(listeners: readonly ListenerPlan[], whyStopped: (id: string) => string): void {
    this.#logStops(listeners, whyStopped);
    this.#logStarts(listeners);
    this.#listeners = listeners;
    this.#apply();
  }

  /** Those who listened will be back in a moment. */
  keepCapture(): void {
    this.#source.keep();
  }

  /** Keeps capture and meters on until it is closed. */
  watchMeters(sink: MeterSink): { close(): void } {
    if (this.#meterSinks.size >= MAX_METER_WATCHERS) {
      throw new UnavailableError(`Levels are watched ${MAX_METER_WATCHERS} times already.`);
    }
    // Two watchers may share one function.
    const own: MeterSink = (levels) => sink(levels);
    this.#meterSinks.add(own);
    this.#apply();
    return {
      close: () => {
        if (this.#meterSinks.delete(own)) this.#apply();
      },
    };
  }

  /** The engine is somebody else's; it gets a plan without anything in it. */
  close(): void {
    this.#meterSinks.clear();
    this.#listeners = [];
    this.#source.close();
    this.#apply();
  }

  #apply(): void {
    const hasMeters = this.#meterSinks.size > 0;
    this.#source.need(hasMeters || this.#listeners.length > 0);
    this.#engine?.apply({
      source: this.#source.current,
      isTestMode: this.isTestMode,
      dscp: this.#options.setup.settings.dscp,
      hasMeters,
      listeners: this.#listeners,
    });
  }

  #takeCapture(capture: CaptureState): void {
    const { state, reason } = this.#capture;
    this.#capture = capture;
    // No report follows that would say so.
    if (capture.state === 'idle') this.#report = { ...this.#report, encodings: 0, delay: null };
    if (capture.state === state && capture.reason === reason) return;
    const { source, sampleRate, channels, format } = capture;
    const level = capture.state === 'failed' ? 'warn' : 'info';
    this.#options.log[level](`Capture ${capture.state}`, {
      source,
      reason: capture.reason,
      sampleRate,
      channels,
      format,
    });
  }

  #logStops(next: readonly ListenerPlan[], whyStopped: (id: string) => string): void {
    const ids = new Set(next.map(({ id }) => id));
    for (const { id } of this.#listeners) {
      if (ids.has(id)) continue;
      this.#options.log.info('Sound stopped', { listener: id, reason: whyStopped(id) });
    }
  }

  #logStarts(next: readonly ListenerPlan[]): void {
    const ids = new Set(this.#listeners.map(({ id }) => id));
    for (const { id, address, rtpStreams, rendition, layout } of next) {
      if (ids.has(id)) continue;
      const { codec, sampleRate, packetMs } = rendition;
      this.#options.log.info('Sound started', {
        listener: id,
        remote: address,
        port: rtpStreams[0]?.port,
        channels: rtpStreams.reduce((sum, { channels }) => sum + channels.length, 0),
        layout,
        codec,
        sampleRate,
        packetMs,
      });
    }
  }
}
