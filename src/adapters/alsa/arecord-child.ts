// One arecord process: started, listened to, ended.
//
//   opening ── parameters: read() ──▶ reading ── close() ──▶ ending ── exit ──▶ ended
//      │                                 │                     └─ 1 s ─▶ SIGKILL ──▲
//      └────────── exit, error: onEnd ───┴─────────────────────────────────────────┘
//
// It writes to our pipe: if this process or its thread dies in whatever way, the next write ends it.

import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { setPriority } from 'node:os';
import type { Readable } from 'node:stream';
import type { Clock } from '#std/clock.ts';
import { ArecordMessages, explainEnd } from './arecord-messages.ts';
import type { CaptureParameters, HardwareParameters } from './hardware-parameters.ts';

/** They are there already: only a busy machine hands them on later. */
const LAST_WORDS_WITHIN_MS = 500;
/** Until an arecord that does not react, because the driver hangs, is killed. */
const KILL_AFTER_MS = 1_000;
/** It must empty the card's buffer in time, whatever else is done; where the system allows it. */
const NICENESS = -15;
/** What ALSA reads its configuration by: none of our secrets. */
const PASSED_ON = /^(PATH|HOME|ALSA_.*|XDG_CONFIG_HOME|XDG_RUNTIME_DIR|LD_LIBRARY_PATH)$/;

interface ArecordOptions {
  /** A name to be found in `PATH`, or a path. */
  readonly path: string;
  readonly device: string;
  readonly parameters: CaptureParameters;
  /** Each read of arecord's. */
  readonly periodFrames: number;
  readonly bufferFrames: number;
  readonly environment: NodeJS.ProcessEnv;
  readonly clock: Clock;
}

interface ArecordEvents {
  /** What the card can do, before the first sound. */
  onParameters(parameters: HardwareParameters): void;
  onSound(bytes: Buffer): void;
  onOverrun(atLeastMs: number): void;
  /** It ended without being asked to: the reason, as the end of a sentence. */
  onEnd(reason: string): void;
}

export class ArecordChild {
  readonly #process: ChildProcessByStdio<null, Readable, Readable>;
  readonly #clock: Clock;
  readonly #events: ArecordEvents;
  readonly #exited: Promise<void>;
  #isOver = false;

  constructor(options: ArecordOptions, events: ArecordEvents) {
    this.#clock = options.clock;
    this.#events = events;
    this.#process = spawn(options.path, arecordArguments(options), {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: environmentOf(options.environment),
      windowsHide: true,
    });
    raisePriority(this.#process.pid);
    this.#exited = this.#watch();
  }

  /** Until then nothing is: so no sound is taken for something that the card does not give. */
  read(): void {
    this.#process.stdout.on(
      'data',
      (bytes: Buffer) => !this.#isOver && this.#events.onSound(bytes),
    );
  }

  /** Idempotent; resolves when it is gone. */
  async close(): Promise<void> {
    if (!this.#isOver) {
      this.#isOver = true;
      this.#process.kill('SIGTERM');
      const timer = this.#clock.after(KILL_AFTER_MS, () => this.#process.kill('SIGKILL'));
      void this.#exited.then(() => timer.cancel());
      // A write that waits for us would keep it from ending.
      this.#process.stdout.destroy();
    }
    await this.#exited;
  }

  #watch(): Promise<void> {
    const messages = new ArecordMessages(this.#events);
    this.#process.stderr.setEncoding('utf8');
    this.#process.stderr.on('data', (text: string) => !this.#isOver && messages.push(text));
    return new Promise((resolve) => {
      const end = (reason: string): void => {
        resolve();
        if (this.#isOver) return;
        this.#isOver = true;
        this.#events.onEnd(reason);
      };
      this.#process.on('error', (error: Error & { code?: string }) =>
        end(`arecord could not be started (${error.code ?? 'unknown error'}). Install alsa-utils`),
      );
      this.#process.on('exit', (code, signal) => {
        resolve();
        if (this.#isOver) return;
        this.#afterLastWords(() => end(explainEnd(messages.rest, describeExit(code, signal))));
      });
    });
  }

  /** What it said last may still be on its way; what it leaves open must not hold us up. */
  #afterLastWords(then: () => void): void {
    const timer = this.#clock.after(LAST_WORDS_WITHIN_MS, then);
    const { stderr } = this.#process;
    const done = (): void => {
      timer.cancel();
      then();
    };
    if (stderr.closed) done();
    else stderr.once('close', done);
  }
}

function arecordArguments(options: ArecordOptions): string[] {
  const { format, channels, sampleRate } = options.parameters;
  return [
    `--device=${options.device}`,
    '--dump-hw-params',
    '--file-type=raw',
    `--format=${format}`,
    `--channels=${channels}`,
    `--rate=${sampleRate}`,
    `--period-size=${options.periodFrames}`,
    `--buffer-size=${options.bufferFrames}`,
    '-',
  ];
}

/** Its messages are read in English. */
function environmentOf(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const passed = Object.entries(environment).filter(([name]) => PASSED_ON.test(name));
  return { ...Object.fromEntries(passed), LC_ALL: 'C' };
}

function describeExit(code: number | null, signal: string | null): string {
  return signal ? `arecord was ended by ${signal}` : `arecord ended with code ${code}`;
}

function raisePriority(pid: number | undefined): void {
  try {
    if (pid !== undefined) setPriority(pid, NICENESS);
  } catch {
    // Only root, or who was allowed to, may.
  }
}
