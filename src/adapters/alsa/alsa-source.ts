// The console's USB card as a source: arecord kept alive, its bytes made into dated blocks.
//
//   opening ── sound ──▶ live ── 1 s silent, end ──▶ failed ── 1, 2, 4, 8, 16 s ──▶ opening
//     │  ▲                                             ▲
//     │  └── the card offers something else ──┐        │
//     └── parameters ─────────────────────────┴── 5 s without sound, end, nothing fits
//
// The first try is what consoles usually offer. arecord tells what the card can do before it opens it;
// if something else is better, it is started once more with that. So the card is opened once, mostly.

import type { ConsoleSource, ConsoleSourceSink, SoundBlock } from '#core/ports/console-source.ts';
import type { Clock, Timer } from '#std/clock.ts';
import { assert } from '#std/errors.ts';
import { WallTime } from '#std/wall-time.ts';
import { ArecordChild } from './arecord-child.ts';
import { FrameCutter } from './frame-cutter.ts';
import {
  type CaptureParameters,
  chooseParameters,
  type HardwareParameters,
  remarkOn,
  USUAL_PARAMETERS,
} from './hardware-parameters.ts';
import { SampleTimeline } from './sample-timeline.ts';

/** One packet of 5 ms at 48 kHz. */
const PERIOD_FRAMES = 240;
/** 40 ms at 48 kHz: so long may the reader be held up. It costs no delay while it is not. */
const BUFFER_FRAMES = 1_920;
const CHECK_PERIOD_MS = 250;
/**
 * Checks in a row without sound; counted, because after a stall of our own there is one check before
 * what waits is read. A live card is given 1 s, one that is opened 5 s: USB has to reserve its bandwidth.
 */
const MAX_SILENT_CHECKS = 4;
const MAX_OPENING_CHECKS = 20;
/**
 * What is read in a row is never more than the buffers hold, some 50 ms. ALSA's `null`, and what is built
 * upon it, has no clock: it gives as much as is read, and listeners would get all of it.
 */
const MAX_AHEAD_MS = 2_000;
/** A card's clock is off by 0.01 %: only what is far too fast shall add up. */
const FAST = 2;
const FIRST_RETRY_MS = 1_000;
/** 16 s: a console that is switched on is heard soon, and a missing one costs little. */
const MAX_DOUBLINGS = 4;
/** Live for so long, the next failure is a new one. */
const STABLE_AFTER_MS = 10_000;

interface AlsaOptions {
  readonly clock: Clock;
  /** A name to be found in `PATH`, or a path. */
  readonly arecord: string;
  /** 120 halves what arecord adds to the delay. */
  readonly periodFrames?: number;
  /** Of which ALSA's own variables are passed on. */
  readonly environment?: NodeJS.ProcessEnv;
}

/** `device`: `hw:XUSB`, or any other name that ALSA knows. */
export function createAlsaSource(device: string, options: AlsaOptions): ConsoleSource {
  return new AlsaSource(device, options);
}

class AlsaSource implements ConsoleSource {
  readonly #device: string;
  readonly #options: AlsaOptions;
  readonly #clock: Clock;
  readonly #wallTime: WallTime;
  readonly #block: { -readonly [Key in keyof SoundBlock]: SoundBlock[Key] };
  readonly #onFrames = (frames: number): void => this.#deliver(frames);
  #sink: ConsoleSourceSink | undefined;
  #child: ArecordChild | undefined;
  #parameters = USUAL_PARAMETERS;
  #cutter = new FrameCutter(USUAL_PARAMETERS);
  #timeline: SampleTimeline | undefined;
  #timer: Timer | undefined;
  /** How much more sound came than a source of twice the speed gives. */
  #aheadMs = 0;
  #readAtMs = 0;
  /** When the first sound came. */
  #liveSinceMs: number | undefined;
  #silentChecks = 0;
  /** Whether these parameters come from the card. */
  #isChosen = false;
  #hasOverrun = false;
  #failures = 0;
  #isClosed = false;

  constructor(device: string, options: AlsaOptions) {
    this.#device = device;
    this.#options = options;
    this.#clock = options.clock;
    this.#wallTime = new WallTime(options.clock);
    this.#block = { planes: [], frames: 0, firstFrame: 0, capturedAtMs: 0 };
  }

  start(sink: ConsoleSourceSink): void {
    assert(!this.#sink && !this.#isClosed, 'an ALSA source starts once, before it is closed');
    this.#sink = sink;
    this.#open();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#timer?.cancel();
    await this.#child?.close();
  }

  #open(): void {
    this.#silentChecks = 0;
    this.#liveSinceMs = undefined;
    this.#cutter = new FrameCutter(this.#parameters);
    this.#timer = this.#clock.every(CHECK_PERIOD_MS, () => this.#check());
    const { arecord, environment = process.env, periodFrames = PERIOD_FRAMES } = this.#options;
    this.#child = new ArecordChild(
      {
        path: arecord,
        device: this.#device,
        parameters: this.#parameters,
        periodFrames,
        bufferFrames: BUFFER_FRAMES,
        environment,
        clock: this.#clock,
      },
      {
        onParameters: (card) => this.#choose(card),
        onSound: (bytes) => this.#take(bytes),
        onOverrun: (atLeastMs) => this.#breakTimeline(atLeastMs),
        onEnd: (reason) => this.#fail(reason),
      },
    );
  }

  #choose(card: HardwareParameters): void {
    const chosen = chooseParameters(card);
    if ('refusal' in chosen) this.#fail(chosen.refusal);
    else if (isSame(chosen, this.#parameters)) this.#child?.read();
    else if (this.#isChosen) this.#fail('it offers something else each time it is asked');
    else this.#openAgain(chosen);
  }

  #openAgain(parameters: CaptureParameters): void {
    this.#parameters = parameters;
    this.#isChosen = true;
    this.#timer?.cancel();
    void this.#child?.close().then(() => !this.#isClosed && this.#open());
  }

  #take(bytes: Buffer): void {
    this.#silentChecks = 0;
    if (this.#liveSinceMs === undefined) this.#goLive();
    this.#cutter.cut(bytes, this.#onFrames);
  }

  #goLive(): void {
    const { sampleRate, channels, format } = this.#parameters;
    this.#liveSinceMs = this.#clock.nowMs();
    this.#readAtMs = this.#liveSinceMs;
    this.#aheadMs = 0;
    this.#isChosen = false;
    this.#timeline ??= new SampleTimeline(sampleRate);
    if (this.#timeline.sampleRate === sampleRate) this.#timeline.break();
    else this.#timeline = new SampleTimeline(sampleRate, this.#timeline.originMs);
    this.#block.planes = this.#cutter.planes;
    const remark = remarkOn(this.#parameters);
    this.#sink?.onFormat({ sampleRate, channels, name: format, remark });
  }

  #deliver(frames: number): void {
    const timeline = this.#timeline;
    const nowMs = this.#clock.nowMs();
    if (!timeline || this.#isClosed || this.#runsAway(frames, nowMs)) return;
    const lost = timeline.read(frames, nowMs);
    if (this.#hasOverrun) this.#sink?.onOverrun(lost);
    this.#hasOverrun = false;
    const firstFrame = timeline.nextFrame - frames;
    this.#block.frames = frames;
    this.#block.firstFrame = firstFrame;
    this.#block.capturedAtMs = this.#wallTime.of(timeline.captureMs(firstFrame));
    this.#sink?.onBlock(this.#block);
  }

  /** Fails once it does. */
  #runsAway(frames: number, nowMs: number): boolean {
    const playedMs = (frames * 1_000) / this.#parameters.sampleRate;
    const passedMs = FAST * (nowMs - this.#readAtMs);
    this.#readAtMs = nowMs;
    if (this.#aheadMs > MAX_AHEAD_MS) return true;
    this.#aheadMs = Math.max(0, this.#aheadMs + playedMs - passedMs);
    if (this.#aheadMs <= MAX_AHEAD_MS) return false;
    this.#fail('it gives sound faster than time passes, so it is no card. Choose another device');
    return true;
  }

  #breakTimeline(atLeastMs: number): void {
    if (!this.#timeline) return;
    this.#hasOverrun = true;
    this.#timeline.break(Math.round((atLeastMs * this.#parameters.sampleRate) / 1_000));
  }

  #check(): void {
    const isLive = this.#liveSinceMs !== undefined;
    this.#silentChecks++;
    if (isLive && this.#silentChecks > MAX_SILENT_CHECKS) this.#fail('it gives no sound any more');
    if (!isLive && this.#silentChecks >= MAX_OPENING_CHECKS) this.#fail('it gives no sound');
  }

  #fail(reason: string): void {
    const child = this.#child;
    const liveMs = this.#clock.nowMs() - (this.#liveSinceMs ?? Infinity);
    if (liveMs >= STABLE_AFTER_MS) this.#failures = 0;
    const delayMs = FIRST_RETRY_MS * 2 ** Math.min(this.#failures++, MAX_DOUBLINGS);
    this.#timer?.cancel();
    this.#isChosen = false;
    this.#hasOverrun = false;
    this.#sink?.onFailed(
      `Cannot capture from "${this.#device}": ${reason}. Trying again in ${delayMs / 1_000} s.`,
    );
    // A card that is still open would be busy.
    void child?.close().then(() => this.#retryAfter(delayMs));
  }

  #retryAfter(delayMs: number): void {
    if (!this.#isClosed) this.#timer = this.#clock.after(delayMs, () => this.#open());
  }
}

function isSame(a: CaptureParameters, b: CaptureParameters): boolean {
  return a.format === b.format && a.channels === b.channels && a.sampleRate === b.sampleRate;
}
