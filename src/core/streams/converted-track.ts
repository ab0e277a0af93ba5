// A track made of another one by a converter, while somebody needs it.
//
//             acquire()             ready()                released, 10 s
//     idle ─────────────▶ opening ───────────▶ converting ────────────────▶ idle
//                            └── failed() ──────────┴──▶ failed: not tried again for 5 s

import type { Conversion, ConversionSink, Converter } from '#core/ports/converter.ts';
import type { TrackSink } from '#core/ports/source.ts';
import type { Clock, Timer } from '#std/clock.ts';
import type { Demand } from './profile.ts';
import { Track } from './track.ts';
import type { TrackFormat } from './track-format.ts';
import { Waiters } from './waiters.ts';

/** A viewer that reloads its page finds it running; nobody pays for it much longer. */
const LINGER_MS = 10_000;
/** A converter that dies at once must not be started by every viewer's next try. */
const REST_AFTER_FAILURE_MS = 5_000;

interface ConvertedTrackOptions {
  readonly clock: Clock;
  readonly converter: Converter;
  readonly flush: () => void;
  readonly onGone: (tracks: readonly Track[], reason: string) => void;
}

export class ConvertedTrack implements ConversionSink {
  readonly from: Track;
  readonly to: 'H264' | 'opus';
  readonly #options: ConvertedTrackOptions;
  readonly #ready: Waiters;
  #conversion: Conversion | undefined;
  #output: Track | undefined;
  #cursor = 0;
  #users = 0;
  #timer: Timer | undefined;
  #failure: { readonly reason: string; readonly atMs: number } | undefined;

  constructor(from: Track, options: ConvertedTrackOptions) {
    this.from = from;
    this.to = from.format.kind === 'video' ? 'H264' : 'opus';
    this.#options = options;
    this.#ready = new Waiters(options.clock);
  }

  get users(): number {
    return this.#users;
  }

  get state(): 'idle' | 'opening' | 'converting' | 'failed' {
    if (this.#output) return 'converting';
    if (this.#conversion) return 'opening';
    return this.#failure ? 'failed' : 'idle';
  }

  get reason(): string | undefined {
    return this.#failure?.reason;
  }

  get cpuSeconds(): number | undefined {
    return this.#conversion?.cpuSeconds;
  }

  get output(): Track | undefined {
    return this.#output;
  }

  /** Why it is not to be tried just now. */
  refusal(): string | undefined {
    if (!this.#failure) return undefined;
    const restMs = this.#options.clock.nowMs() - this.#failure.atMs;
    return restMs < REST_AFTER_FAILURE_MS ? this.#failure.reason : undefined;
  }

  acquire(): Demand {
    this.#timer?.cancel();
    if (!this.#conversion) this.#open();
    this.#users++;
    let released = false;
    return {
      release: () => {
        if (released) return;
        released = true;
        this.#users--;
        if (this.#users === 0) this.#linger();
      },
    };
  }

  async waitReady(withinMs: number): Promise<Track | undefined> {
    if (!this.#output && this.#conversion) await this.#ready.wait(withinMs);
    return this.#output;
  }

  ready(format: TrackFormat): TrackSink {
    this.#output = new Track(format);
    this.#ready.settle(true);
    return this.#output;
  }

  flush(): void {
    this.#output?.flush();
    this.#options.flush();
  }

  failed(reason: string): void {
    this.#failure = { reason, atMs: this.#options.clock.nowMs() };
    void this.#end(`the conversion failed: ${reason}`);
  }

  /** The track it is made of has something new. */
  deliver(): void {
    const { ring } = this.from;
    if (this.#cursor < ring.first) this.#cursor = this.#startOfInput();
    for (; this.#cursor < ring.next; this.#cursor++) this.#forward(this.#cursor);
  }

  tick(nowMs: number): void {
    this.#output?.sample(nowMs);
  }

  async close(reason: string): Promise<void> {
    this.#timer?.cancel();
    await this.#end(reason);
  }

  #open(): void {
    this.#failure = undefined;
    const { converter } = this.#options;
    // Who writes before it is assigned would write to nobody: a converter answers later.
    this.#conversion = converter.convert(this.from.format, this.to, this);
    this.#cursor = this.#startOfInput();
    this.from.add(this);
    this.deliver();
  }

  /** A picture can only be decoded from a key frame on; old sound, which has none, nobody wants. */
  #startOfInput(): number {
    return this.from.gopStart ?? this.from.ring.next;
  }

  #forward(index: number): void {
    const { ring } = this.from;
    const packet = ring.packet(index);
    if (!packet) return;
    const timestamp = ring.timestamp(index);
    this.#conversion?.write({
      packet,
      timestamp,
      marker: ring.marker(index),
      capturedAtMs: this.from.capturedAtOf(timestamp),
    });
  }

  #linger(): void {
    this.#timer = this.#options.clock.after(LINGER_MS, () => void this.#end('nobody watched'));
  }

  async #end(reason: string): Promise<void> {
    const conversion = this.#conversion;
    const output = this.#output;
    this.#conversion = undefined;
    this.#output = undefined;
    this.from.remove(this);
    this.#ready.settle(false);
    if (output) this.#options.onGone([output], reason);
    await conversion?.close();
  }
}
