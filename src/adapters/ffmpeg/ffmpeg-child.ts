// One ffmpeg process: started, fed, listened to, ended.
//
//   running ── close() ──▶ ending ── exit ──▶ ended
//      │                     └─ 2 s ─▶ SIGKILL ──▲
//      └──────────── exit, error: onEnd ─────────┘
//
// It reads from our pipe to the end: if this process dies in whatever way, so does it.

import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { setPriority } from 'node:os';
import type { Readable, Writable } from 'node:stream';
import type { Clock } from '#std/clock.ts';
import { readCpuSeconds } from './process-cpu.ts';

/** Until an ffmpeg that does not react is killed. */
const KILL_AFTER_MS = 2_000;
/** Packets must go out in time; a transcoded picture may wait for them. */
const NICENESS = 5;
/** Of what it says on stderr; the last line is the reason that people get to read. */
const MAX_MESSAGE_CHARACTERS = 200;

interface ChildOptions {
  readonly path: string;
  readonly arguments: readonly string[];
  readonly clock: Clock;
  readonly onOutput: (chunk: Buffer) => void;
  /** It ended without being asked to. */
  readonly onEnd: (reason: string) => void;
}

export class FfmpegChild {
  readonly #process: ChildProcessByStdio<Writable, Readable, Readable>;
  readonly #clock: Clock;
  readonly #exited: Promise<void>;
  #closing = false;
  #lastLine = '';
  #cpuSeconds: number | undefined;

  constructor(options: ChildOptions) {
    this.#clock = options.clock;
    this.#process = spawn(options.path, options.arguments, {
      stdio: ['pipe', 'pipe', 'pipe'],
      // Nothing of ours but where programs are: no secrets, no settings for ffmpeg.
      env: { PATH: process.env['PATH'] ?? '' },
      windowsHide: true,
    });
    lowerPriority(this.#process.pid);
    this.#exited = this.#watch(options);
  }

  get pid(): number | undefined {
    return this.#process.pid;
  }

  /** What it has not taken yet. */
  get queuedBytes(): number {
    return this.#process.stdin.writableLength;
  }

  /** Of its life so far, or of all of it. */
  get cpuSeconds(): number | undefined {
    const { pid } = this.#process;
    if (pid !== undefined) this.#cpuSeconds = readCpuSeconds(pid) ?? this.#cpuSeconds;
    return this.#cpuSeconds;
  }

  write(bytes: Buffer): void {
    if (!this.#closing) this.#process.stdin.write(bytes);
  }

  async close(): Promise<void> {
    if (!this.#closing) {
      this.#closing = true;
      this.#process.stdin.destroy();
      this.#process.kill('SIGTERM');
      const timer = this.#clock.after(KILL_AFTER_MS, () => this.#process.kill('SIGKILL'));
      void this.#exited.then(() => timer.cancel());
    }
    await this.#exited;
  }

  #watch({ onOutput, onEnd }: ChildOptions): Promise<void> {
    const { stdin, stdout, stderr } = this.#process;
    stdout.on('data', (chunk: Buffer) => !this.#closing && onOutput(chunk));
    stderr.on('data', (chunk: Buffer) => this.#keepLastLine(chunk));
    // Writing to a process that has just died; its exit is what counts.
    stdin.on('error', () => {});
    return new Promise((resolve) => {
      const end = (reason: string): void => {
        resolve();
        if (this.#closing) return;
        this.#closing = true;
        onEnd(reason);
      };
      this.#process.on('error', (error: Error & { code?: string }) =>
        end(`ffmpeg could not be started (${error.code ?? 'unknown error'})`),
      );
      this.#process.on('close', (code, signal) => end(this.#describeEnd(code, signal)));
    });
  }

  #describeEnd(code: number | null, signal: string | null): string {
    const end = signal ? `ffmpeg was ended by ${signal}` : `ffmpeg ended with code ${code}`;
    return this.#lastLine ? `${end}: ${this.#lastLine}` : end;
  }

  #keepLastLine(chunk: Buffer): void {
    const line = chunk.toString('utf8').trimEnd().split('\n').at(-1) ?? '';
    // Without the address of ffmpeg's object, and without what terminals would act upon.
    const text = line.replace(/^\[[^\]]*\] /, '').replace(/[^\x20-\x7e]/g, '?');
    if (text) this.#lastLine = text.slice(0, MAX_MESSAGE_CHARACTERS);
  }
}

function lowerPriority(pid: number | undefined): void {
  try {
    if (pid !== undefined) setPriority(pid, NICENESS);
  } catch {
    // It is gone already, or the system has no such thing.
  }
}
