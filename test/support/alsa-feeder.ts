// A sound card that is none: an ALSA device of the `file` plugin, which reads a FIFO that is fed in real time.
//
// arecord opens it like a card; the device takes any format, so what is fed must be what is asked for.
// Each time somebody opens it, feeding goes on at the start of a frame. It is fed in whole periods: what
// the plugin does not get of a period, it takes from the one before, and says nothing.

import { execFileSync } from 'node:child_process';
import {
  closeSync,
  constants,
  mkdtempSync,
  openSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import koffi from 'koffi';

const TICK_MS = 1;
/** Of these, half are used: a page that is partly read takes the place of a whole one. */
const FIFO_BYTES = 1 << 17;
/** Linux: fcntl(2), ioctl_pipe(2). */
const F_SETPIPE_SZ = 1_031;
const FIONREAD = 0x541b;

const libc = koffi.load(null);
const setFifoSize = libc.func('int fcntl(int, int, int)');
const askUnread = libc.func('int ioctl(int, unsigned long, _Out_ int *)');

const SAMPLE_BYTES = { S16_LE: 2, S24_3LE: 3, S32_LE: 4 } as const;

export interface AlsaFeederOptions {
  /** The whole number that a frame (from 0) has in a channel (from 0). */
  readonly sample: (frame: number, channel: number) => number;
  readonly format?: keyof typeof SAMPLE_BYTES;
  readonly channels?: number;
  readonly sampleRate?: number;
  readonly periodFrames?: number;
}

export class AlsaFeeder {
  readonly device = 'm32';
  /** For whoever starts arecord. */
  readonly environment: { readonly PATH: string; readonly HOME: string };
  readonly #folder = mkdtempSync(join(tmpdir(), 'alsa-feeder-'));
  readonly #fifo = join(this.#folder, 'fifo');
  readonly #options: Required<AlsaFeederOptions>;
  readonly #period: Buffer;
  readonly #timer: NodeJS.Timeout;
  #descriptor: number | undefined;
  #frame = 0;
  #dueMs = 0;
  #isPaused = false;

  constructor(options: AlsaFeederOptions) {
    const defaults = { format: 'S32_LE', channels: 32, sampleRate: 48_000, periodFrames: 240 };
    this.#options = { ...defaults, ...options } as Required<AlsaFeederOptions>;
    const { format, channels, periodFrames } = this.#options;
    this.#period = Buffer.alloc(periodFrames * channels * SAMPLE_BYTES[format]);
    execFileSync('mkfifo', [this.#fifo]);
    const slave = 'slave.pcm { type null } file /dev/null';
    const plugin = `type file ${slave} infile "${this.#fifo}" format raw`;
    writeFileSync(join(this.#folder, '.asoundrc'), `pcm.${this.device} { ${plugin} }\n`);
    this.environment = { PATH: process.env['PATH'] ?? '', HOME: this.#folder };
    this.#timer = setInterval(() => this.#feed(), TICK_MS);
  }

  /** Frames made so far. */
  get frames(): number {
    return this.#frame;
  }

  /** As if the console's clock stood still. */
  pause(): void {
    this.#isPaused = true;
  }

  resume(): void {
    this.#isPaused = false;
    this.#dueMs = performance.now();
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#closeFifo();
    rmSync(this.#folder, { recursive: true });
  }

  #feed(): void {
    if (this.#isPaused || !this.#openFifo()) return;
    const periodMs = (this.#options.periodFrames * 1_000) / this.#options.sampleRate;
    try {
      while (this.#dueMs <= performance.now() && this.#hasRoom()) {
        this.#makePeriod();
        this.#dueMs += periodMs;
        writeSync(this.#descriptor ?? -1, this.#period);
      }
    } catch {
      // Nobody reads it any more.
      this.#closeFifo();
    }
  }

  #hasRoom(): boolean {
    const unread = [0];
    askUnread(this.#descriptor, FIONREAD, unread);
    return (unread[0] ?? 0) + this.#period.length <= FIFO_BYTES / 2;
  }

  #makePeriod(): void {
    const { format, channels, periodFrames, sample } = this.#options;
    const bytes = SAMPLE_BYTES[format];
    let at = 0;
    for (let frame = 0; frame < periodFrames; frame++, this.#frame++) {
      for (let channel = 0; channel < channels; channel++, at += bytes) {
        this.#period.writeIntLE(sample(this.#frame, channel), at, bytes);
      }
    }
  }

  /** Possible only while somebody reads. */
  #openFifo(): boolean {
    if (this.#descriptor !== undefined) return true;
    try {
      this.#descriptor = openSync(this.#fifo, constants.O_WRONLY | constants.O_NONBLOCK);
    } catch {
      return false;
    }
    setFifoSize(this.#descriptor, F_SETPIPE_SZ, FIFO_BYTES);
    this.#dueMs = performance.now();
    return true;
  }

  #closeFifo(): void {
    if (this.#descriptor !== undefined) closeSync(this.#descriptor);
    this.#descriptor = undefined;
  }
}
