// The source that the plan wants: one after the other, and its state for people.
//
//            ┌──────────── set(null) ─────────────┐
//            ▼                                    │
//          idle ── set ──▶ opening ── format ──▶ live ◀─┐
//                             │                   │     │ format or block: the source
//                             └──── onFailed ──▶ failed ┘ tries again by itself

import type {
  ConsoleFormat,
  ConsoleSource,
  ConsoleSourceSink,
  SoundBlock,
} from '../../ports/console-source.ts';
import type { CaptureState } from '../../ports/sound-engine.ts';

interface CaptureOptions {
  /** `hw:XUSB`, `tones:` … */
  readonly openSource: (name: string) => ConsoleSource;
  /** What it delivers has nothing to do with what came before. */
  readonly onOpen: () => void;
  readonly onState: (state: CaptureState) => void;
  readonly onBlock: (block: SoundBlock, format: ConsoleFormat) => void;
}

export class Capture {
  readonly #options: CaptureOptions;
  #wanted: string | null = null;
  #source: ConsoleSource | undefined;
  /** A card can be opened again only when it has been closed. */
  #closing: Promise<void> | undefined;
  #format: ConsoleFormat | undefined;
  #state: CaptureState['state'] = 'idle';
  #reason: string | null = null;
  readonly #counters = { overruns: 0, lostFrames: 0, restarts: 0 };
  #hasNews = false;

  constructor(options: CaptureOptions) {
    this.#options = options;
  }

  get isLive(): boolean {
    return this.#state === 'live';
  }

  /** Null: none. */
  set(name: string | null): void {
    if (name === this.#wanted) return;
    this.#wanted = name;
    if (this.#source) this.#closing = this.#stop(this.#source);
    this.#change(name === null ? 'idle' : 'opening', null);
    if (!this.#closing) this.#open();
  }

  /** Says what was counted, if anything was. */
  tellNews(): void {
    if (this.#hasNews) this.#tell();
  }

  close(): Promise<void> {
    this.set(null);
    return this.#closing ?? Promise.resolve();
  }

  async #stop(source: ConsoleSource): Promise<void> {
    this.#source = undefined;
    this.#format = undefined;
    // What cannot be closed is of no use any more all the same.
    await source.close().catch(() => {});
    this.#closing = undefined;
    this.#open();
  }

  #open(): void {
    if (this.#wanted === null) return;
    try {
      const source = this.#options.openSource(this.#wanted);
      this.#source = source;
      this.#options.onOpen();
      source.start(this.#sinkOf(source));
    } catch (error) {
      this.#change('failed', error instanceof Error ? error.message : String(error));
    }
  }

  /** What a source says that is being closed does not count. */
  #sinkOf(source: ConsoleSource): ConsoleSourceSink {
    const ifCurrent =
      <T extends unknown[]>(take: (...said: T) => void) =>
      (...said: T) => {
        if (this.#source === source) take(...said);
      };
    return {
      onFormat: ifCurrent((format) => this.#takeFormat(format)),
      onBlock: ifCurrent((block) => this.#takeBlock(block)),
      onOverrun: ifCurrent((lostFrames) => this.#takeOverrun(lostFrames)),
      onFailed: ifCurrent((reason) => this.#change('failed', reason)),
    };
  }

  #takeFormat(format: ConsoleFormat): void {
    this.#format = format;
    this.#goLive(format);
  }

  #takeBlock(block: SoundBlock): void {
    if (!this.#format) return;
    if (this.#state !== 'live') this.#goLive(this.#format);
    this.#options.onBlock(block, this.#format);
  }

  #takeOverrun(lostFrames: number): void {
    this.#counters.overruns++;
    this.#counters.lostFrames += lostFrames;
    this.#hasNews = true;
  }

  #goLive(format: ConsoleFormat): void {
    if (this.#state === 'failed') this.#counters.restarts++;
    this.#change('live', format.remark);
  }

  #change(state: CaptureState['state'], reason: string | null): void {
    this.#state = state;
    this.#reason = reason;
    this.#tell();
  }

  #tell(): void {
    this.#hasNews = false;
    const format = this.#format;
    this.#options.onState({
      state: this.#state,
      source: this.#wanted,
      reason: this.#reason,
      sampleRate: format?.sampleRate ?? null,
      channels: format?.channels ?? null,
      format: format?.name ?? null,
      ...this.#counters,
    });
  }
}
