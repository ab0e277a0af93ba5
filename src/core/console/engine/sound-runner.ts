// The sound engine inside its thread: makes of each plan what is opened, encoded and sent. Everything
// that is sent goes out in the turn in which its last sample came in.
//
//   source ─▶ Capture ─▶ Timeline
//                └─▶ SampleFeed (a rate) ─▶ RunningRendition ─▶ PayloadGroup ─▶ RtpStream ─▶ socket
//                                             encodes once       shared          own header

import { CONSOLE_CHANNELS } from '#contract/sound.ts';
import { LevelMeter } from '#media/pcm/level-meter.ts';
import type { Clock, Timer } from '#std/clock.ts';
import type { ConsoleFormat, ConsoleSource, SoundBlock } from '../../ports/console-source.ts';
import type {
  ListenerPlan,
  Rendition,
  SoundEngineEvents,
  SoundPlan,
} from '../../ports/sound-engine.ts';
import type { OpenChannelEncoder, SoundSocket } from '../../ports/sound-output.ts';
import { ActiveListener } from './active-listener.ts';
import { Capture } from './capture.ts';
import { RunningRendition } from './running-rendition.ts';
import { SampleFeed } from './sample-feed.ts';
import { SoundOutput } from './sound-output.ts';
import { Timeline } from './timeline.ts';

const REPORT_PERIOD_MS = 1_000;
const METER_PERIOD_MS = 50;

interface SoundRunnerOptions {
  readonly clock: Clock;
  readonly openSource: (name: string) => ConsoleSource;
  readonly openEncoder: OpenChannelEncoder;
  readonly socket: SoundSocket;
  readonly events: SoundEngineEvents;
  /** 32 random bits. */
  readonly randomWord: () => number;
  /** Of this thread, since its start. */
  readonly cpuSeconds: () => number;
  readonly strayDatagrams: () => number;
}

export class SoundRunner {
  readonly #options: SoundRunnerOptions;
  readonly #output: SoundOutput;
  readonly #capture: Capture;
  readonly #timeline = new Timeline();
  /** By rate. */
  readonly #feeds = new Map<number, SampleFeed>();
  /** At most one for each listener, and another while it moves. */
  readonly #renditions = new Map<string, RunningRendition>();
  readonly #listeners = new Map<string, ActiveListener>();
  #dscp: number | undefined;
  #isClosed = false;
  #meter: LevelMeter | undefined;
  #meterTimer: Timer | undefined;
  #reportTimer: Timer | undefined;

  constructor(options: SoundRunnerOptions) {
    this.#options = options;
    this.#output = new SoundOutput(options.socket, options.clock);
    this.#capture = new Capture({
      openSource: options.openSource,
      onOpen: () => this.#timeline.expectRestart(),
      onState: (state) => options.events.onCapture(state),
      onBlock: (block, format) => this.#take(block, format),
    });
  }

  /** Takes the place of the plan before. */
  apply(plan: SoundPlan): void {
    if (this.#isClosed) return;
    this.#setDscp(plan.dscp);
    this.#dropListeners(plan.listeners);
    for (const listener of plan.listeners) this.#follow(listener);
    this.#settle();
    for (const rendition of this.#renditions.values()) rendition.isTestMode = plan.isTestMode;
    this.#setMeters(plan.hasMeters);
    this.#setReports(plan.source !== null);
    this.#capture.set(plan.source);
  }

  /** Idempotent; after it resolves nothing is sent any more. */
  close(): Promise<void> {
    if (!this.#isClosed) {
      this.#dropListeners([]);
      this.#settle();
      this.#setMeters(false);
      this.#setReports(false);
    }
    this.#isClosed = true;
    return this.#capture.close();
  }

  #setDscp(dscp: number): void {
    if (dscp !== this.#dscp) this.#output.setDscp(dscp);
    this.#dscp = dscp;
  }

  #dropListeners(wanted: readonly ListenerPlan[]): void {
    const ids = new Set(wanted.map(({ id }) => id));
    for (const [id, listener] of this.#listeners) {
      if (ids.has(id)) continue;
      listener.leave();
      this.#listeners.delete(id);
    }
  }

  #follow(plan: ListenerPlan): void {
    const { randomWord } = this.#options;
    const listener =
      this.#listeners.get(plan.id) ??
      new ActiveListener(plan.id, { output: this.#output, randomWord });
    this.#listeners.set(plan.id, listener);
    const rendition = this.#renditionOf(plan.rendition);
    listener.follow(plan, { rendition, isLive: this.#timeline.hasStarted });
  }

  #renditionOf(wanted: Rendition): RunningRendition {
    const key = keyOf(wanted);
    const known = this.#renditions.get(key);
    if (known) return known;
    const { openEncoder } = this.#options;
    const rendition = new RunningRendition(wanted, { openEncoder, output: this.#output });
    this.#renditions.set(key, rendition);
    this.#feedOf(rendition).attach(rendition);
    return rendition;
  }

  #feedOf({ clockRate }: RunningRendition): SampleFeed {
    const feed = this.#feeds.get(clockRate) ?? new SampleFeed(clockRate, this.#timeline);
    this.#feeds.set(clockRate, feed);
    return feed;
  }

  /** After listeners came, went or moved: what nobody needs any more ends. */
  #settle(): void {
    for (const [key, rendition] of this.#renditions) {
      rendition.settle();
      if (!rendition.isUnused) continue;
      this.#feeds.get(rendition.clockRate)?.detach(rendition);
      this.#renditions.delete(key);
    }
    for (const [rate, feed] of this.#feeds) {
      feed.settle();
      if (feed.isUnused) this.#feeds.delete(rate);
    }
  }

  #take(block: SoundBlock, { sampleRate: sourceRate }: ConsoleFormat): void {
    const nowMs = this.#options.clock.nowMs();
    const continuity = this.#timeline.place(block, { sourceRate, nowMs });
    this.#meter?.push(block.planes, block.frames);
    for (const feed of this.#feeds.values()) {
      if (continuity !== 'follows') {
        feed.goOn(this.#timeline.positionOf(block.firstFrame, feed.rate));
      }
      feed.take(block);
    }
    if (this.#hasLeavers()) this.#settle();
  }

  /** Somebody has moved on. */
  #hasLeavers(): boolean {
    for (const { hasLeavers } of this.#renditions.values()) if (hasLeavers) return true;
    return false;
  }

  #setMeters(isOn: boolean): void {
    if (isOn === (this.#meter !== undefined)) return;
    const { clock } = this.#options;
    this.#meter = isOn ? new LevelMeter(CONSOLE_CHANNELS) : undefined;
    this.#meterTimer?.cancel();
    if (isOn) this.#meterTimer = clock.every(METER_PERIOD_MS, () => this.#tellLevels());
  }

  #tellLevels(): void {
    if (this.#meter && this.#capture.isLive) this.#options.events.onMeters(this.#meter.read());
  }

  #setReports(isOn: boolean): void {
    if (isOn === (this.#reportTimer !== undefined)) return;
    const { clock } = this.#options;
    this.#reportTimer?.cancel();
    this.#reportTimer = isOn ? clock.every(REPORT_PERIOD_MS, () => this.#report()) : undefined;
  }

  #report(): void {
    this.#capture.tellNews();
    let encodings = 0;
    for (const { channels } of this.#renditions.values()) encodings += channels.size;
    this.#options.events.onReport({
      listeners: [...this.#listeners.values()].map(({ counters }) => counters),
      packetsSent: this.#output.packetsSent,
      encodings,
      delay: this.#output.takeDelays(),
      cpuSeconds: this.#options.cpuSeconds(),
      strayDatagrams: this.#options.strayDatagrams(),
    });
  }
}

function keyOf({ codec, sampleRate, packetMs, bitrate }: Rendition): string {
  return `${codec} ${sampleRate} ${packetMs} ${bitrate}`;
}
